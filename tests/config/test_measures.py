"""Measures cover what can fall behind, name no tenant, and are what dashboard and alerts ask for."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from django.db import connection
from django.test import Client
from prometheus_client import generate_latest

from callboard.config import measures
from callboard.integrations.livekit import about as livekit
from callboard.lib.tenancy import organization_scope
from tests.architecture.sources import CHECKOUT
from tests.config.test_probes import own_all_partitions
from tests.web import cast

pytestmark = pytest.mark.django_db

MONITORING = CHECKOUT / "deploy" / "monitoring"
NAME = re.compile(r"callboard_[a-z_]+")


@pytest.fixture
def told() -> str:
    organization = cast.new_organization()
    with organization_scope(organization.pk):
        cast.busy_school(organization)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    return generate_latest(measures.registry()).decode()


def test_cases_and_sessions_are_counted_over_all_organizations(told: str) -> None:

    assert re.search(r'callboard_cases\{severity="now",status="open"\} [1-9]', told)
    assert re.search(r'callboard_sessions\{status="live"\} [1-9]', told)
    assert "callboard_workers 1.0" in told
    assert "harbour" not in told.lower(), "no tenant is named"


def test_dashboard_and_alerts_ask_for_measures_that_there_are(told: str) -> None:
    types = re.findall(r"^# TYPE (callboard_\w+) (\w+)", told, re.MULTILINE)
    known = {f"{name}_bucket" if kind == "histogram" else name for name, kind in types}
    dashboard = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    alerts = yaml.safe_load((MONITORING / "callboard-alerts.yaml").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for rule in alerts["groups"][0]["rules"]]
    assert {name for expr in asked for name in NAME.findall(expr)} <= known
    assert all(rule["annotations"]["description"] for rule in alerts["groups"][0]["rules"])


def test_requests_are_counted_by_route_and_by_no_address(client: Client) -> None:
    client.get("/j/a-token-that-opens-a-door")
    client.generic("MADE-UP", "/nowhere")
    client.get("/health/live")
    told = generate_latest(measures.registry()).decode()
    assert re.search(
        r'callboard_requests_total\{method="GET",route="j/<str:token>",status="\d+"\} [1-9]', told
    )
    assert 'method="other",route="(none)",status="404"' in told
    assert re.search(r'callboard_request_seconds_count\{part="j"\} [1-9]', told)
    assert not re.search("a-token|MADE-UP|nowhere|health/live", told)


def test_webhooks_may_come_while_they_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes: dict[str, object] = {}

    class Coming:
        def __float__(self) -> float:
            outcomes["unknown"] = 1.0
            return 1.0

    outcomes["used"] = Coming()
    monkeypatch.setattr(livekit, "outcomes", outcomes)
    assert 'callboard_livekit_webhooks{outcome="used"} 1.0' in generate_latest(measures.registry()).decode()


def test_an_engine_that_was_never_there_has_no_lag() -> None:
    from datetime import timedelta

    own_all_partitions(timedelta(hours=1))
    assert "callboard_engine_lag_seconds{" not in generate_latest(measures.registry()).decode()
