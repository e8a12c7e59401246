"""The live rules on the settings pages: read, tried on the past, kept, put back; and why a case is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from callboard.lib.tenancy import organization_scope
from callboard.live import operations, rulebook
from callboard.live.models import Backtest, LivePolicy
from tests.web import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> cast.School:
    organization = cast.new_organization()
    with organization_scope(organization.pk):
        return cast.small_school(organization)


def signed_in(school: cast.School, name: str) -> Client:
    client = Client()
    client.force_login(school.members[name].user)
    return client


@pytest.fixture
def admin(school: cast.School) -> Client:
    return signed_in(school, "Aisha")


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


DROPPED = {"on": "on", "dropped_after_s": "120", "time_left_s": "5", "severity": "soon", "expected": "0"}


def test_every_rule_is_said_in_a_sentence(admin: Client) -> None:
    told = text_of(admin.get("/settings/rules/"))
    assert "Raised when the instructor is not in 2 min after the start." in told
    assert "loses over 5%, or answers take over 500 ms" in told
    assert "Nobody has changed anything here" in told


def test_a_rule_is_kept_with_who_and_when_and_put_back(school: cast.School, admin: Client) -> None:
    kept = admin.post("/settings/rules/dropped/", {**DROPPED, "do": "keep", "claim_minutes": "3"})
    assert kept.status_code == 302
    with organization_scope(school.organization.pk):
        policy = LivePolicy.objects.get()
        assert policy.values == {"dropped_after_s": 120, "rules": {"dropped": {"claim_minutes": 3}}}
    told = text_of(admin.get("/settings/rules/"))
    assert "Aisha" in told
    assert "not back 2 min after leaving" in told
    off = {name: value for name, value in DROPPED.items() if name != "on"} | {"expected": "1", "do": "keep"}
    assert admin.post("/settings/rules/dropped/", off).status_code == 302
    assert "Off." in text_of(admin.get("/settings/rules/"))
    assert admin.post("/settings/rules/versions/1/restore/").status_code == 302
    with organization_scope(school.organization.pk):
        assert rulebook.in_force().setting("dropped").on


def test_what_cannot_be_meant_is_said_beside_its_field(school: cast.School, admin: Client) -> None:
    answer = admin.post("/settings/rules/dropped/", {**DROPPED, "do": "keep", "dropped_after_s": "never"})
    assert answer.status_code == 422
    assert "This should be a number." in text_of(answer)
    answer = admin.post("/settings/rules/bad_connection/", {"on": "on", "loss": "300", "do": "keep"})
    assert "Between 0.5 and 100" in text_of(answer)
    with organization_scope(school.organization.pk):
        assert not LivePolicy.objects.exists()


def test_a_change_is_tried_on_the_past(school: cast.School, admin: Client) -> None:
    asked = admin.post("/settings/rules/dropped/", {**DROPPED, "do": "try"})
    with organization_scope(school.organization.pk):
        row = Backtest.objects.get()
        assert row.values == {"dropped_after_s": 120}
        figures = {"now": 53, "then": 41, "more": 0, "less": 12, "louder": 0}
        found = {
            "change": "less", "session": next(iter(school.sessions.values())).key, "kind": "dropped",
            "participant": "ana", "raised_at": "2026-03-02T16:00:00Z", "cleared_at": None, "severity": "soon",
        }  # fmt: skip
        Backtest.objects.update(
            status="running", total=900, judged=300, figures={"dropped": figures}, found=[found]
        )
    page = admin.get(asked["Location"].partition("#")[0])
    told = text_of(page)
    assert "Over the last 30 days this would have raised 41 cases, 12 fewer than now." in told
    assert "300 of 900 sessions judged" in told
    assert 'value="120"' in page.content.decode()
    assert 'data-topics="backtest"' in page.content.decode()
    stopped = admin.post(f"/settings/rules/trials/{row.pk}/stop/", {"kind": "dropped"})
    assert "Stopped." in text_of(admin.get(stopped["Location"]))


def test_a_subject_has_rules_of_its_own(school: cast.School, admin: Client) -> None:
    admin.post("/settings/rules/dropped/?subject=Algebra", {**DROPPED, "do": "keep"})
    with organization_scope(school.organization.pk):
        assert LivePolicy.objects.get().target == "Algebra"
    assert "sessions of Algebra" in text_of(admin.get("/settings/rules/"))
    assert "only the organization" in text_of(admin.get("/settings/rules/provider_quiet/?subject=Algebra"))


def test_a_coordinator_reads_and_changes_nothing(school: cast.School) -> None:
    nora = signed_in(school, "Nora")
    assert nora.get("/settings/rules/dropped/").status_code == 200
    assert nora.post("/settings/rules/dropped/", {**DROPPED, "do": "keep"}).status_code == 403
    assert nora.get("/settings/rules/nothing/").status_code == 404


def test_why_a_case_was_raised_is_a_page(school: cast.School) -> None:
    with organization_scope(school.organization.pk):
        case = school.case("instructor_missing", "now", next(iter(school.sessions)))
    nora = signed_in(school, "Nora")
    told = text_of(nora.get(f"/cases/{case.pk}/why/"))
    assert "Raised when" in told
    assert "The usual figures held" in told
    with organization_scope(school.organization.pk):
        made = operations.set_policy({"instructor_after_s": 240, "dropped_after_s": 240})
        case.details = {**case.details, "rules": f"{school.organization.pk}:{made.version}"}
        case.save()
    assert "Version 1, for the organization" in text_of(nora.get(f"/cases/{case.pk}/why/"))
