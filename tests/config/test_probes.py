"""Machines that ask get a true answer, and no tenant's data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from callboard.config import health, schema
from callboard.lib import clock, stages
from callboard.lib.health import State
from callboard.live.models import PartitionLease
from callboard.live.partitions import PARTITIONS


def own_all_partitions(until: timedelta) -> None:
    PartitionLease.objects.all().delete()
    PartitionLease.objects.bulk_create(
        PartitionLease(partition=number, owner="test", held_until=clock.now() + until)
        for number in range(-1, PARTITIONS)
    )


def test_it_is_alive_without_a_database(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_it_is_ready_when_an_engine_owns_every_partition(client: Client) -> None:
    own_all_partitions(timedelta(hours=1))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.django_db
def test_it_is_not_ready_when_the_engines_leases_have_run_out(client: Client) -> None:
    own_all_partitions(timedelta(seconds=-1))
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "waiting", "database": "ok", "schema": "ok", "engine": "missing"}


@pytest.mark.django_db
def test_it_is_not_ready_on_a_schema_that_lacks_a_migration(client: Client) -> None:
    own_all_partitions(timedelta(hours=1))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'callboard_live'")
    assert client.get("/health/ready").json()["schema"] == "missing"


@pytest.mark.django_db
def test_metrics_tell_the_partitions_and_the_jobs(client: Client) -> None:
    own_all_partitions(timedelta(hours=1))
    answer = client.get("/metrics")
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain")
    assert 'callboard_partition_position{partition="0"} 0.0' in text
    assert "callboard_event_log_last" in text
    assert "process_resident_memory_bytes" in text


@pytest.mark.django_db
def test_metrics_are_for_machines_within_or_for_whoever_has_the_token(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404, (
        "no proxy, and not this machine"
    )
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 200, "past the proxy"
    settings.METRICS_TOKEN = "a token of ours"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a token of ours"}).status_code == 200


@pytest.mark.django_db
def test_it_is_ready_while_a_migration_waits_for_the_end_of_older_processes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_all_partitions(timedelta(hours=1))
    monkeypatch.setattr(schema, "known", lambda: {("callboard_live", "9999_made_up"): stages.AFTER})
    assert client.get("/health/ready").json()["schema"] == "ok"
    found = health.migrations()
    assert (found.state, found.advice) == (State.WARN, "Once that is so, run callboard migrate.")
