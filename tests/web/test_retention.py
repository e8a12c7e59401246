"""How long things are kept, on the pages of an admin: decided, shown a week before, held, and told after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from callboard.lib import clock
from callboard.lib.clock import VirtualClock
from callboard.lib.tenancy import organization_scope
from callboard.people.models import Person
from callboard.sessions.models import Session
from callboard.sessions.retention_models import Announced, Hold
from callboard.workflows import retention
from tests.web import cast
from tests.web.test_rules import admin, school, signed_in, text_of

__all__ = ["admin", "school"]

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/settings/data/kept/"
HOLDS = "/settings/data/holds/"
DAY = timedelta(days=1)


@pytest.fixture
def old(school: cast.School, settings: Any, tmp_path: Any) -> Session:
    """A lesson of four hundred days ago."""
    settings.RECORDINGS = str(tmp_path)
    with organization_scope(school.organization.pk):
        return school.session("Long ago", -400 * 24 * 60, 60, ["Marta", "Joan"], status="ended")


def run(school: cast.School, after: timedelta = timedelta()) -> None:
    with clock.using(VirtualClock(clock.now() + after)):
        retention.carry_out(school.organization.pk)


def test_an_admin_decides_sees_what_goes_and_is_told_once(
    school: cast.School, admin: Client, old: Session
) -> None:
    assert "Nothing within the next seven days" in text_of(admin.get(PAGE))
    assert admin.get(PAGE).context["version"].startswith("As it comes")
    decided = admin.post(PAGE, {"sessions": "365", "recordings": "90"}, follow=True)
    assert "Version 1, by Aisha" in text_of(decided)
    run(school)
    shown = text_of(admin.get(PAGE))
    assert "Sessions that are over" in shown
    assert "1 session" in shown
    assert "Long ago" in shown
    listed = admin.get(f"{PAGE}sessions/")
    assert [thing.name.split(",")[0] for thing in listed.context["things"]] == ["Long ago"]
    assert f"{HOLDS}?session={old.key}" in listed.content.decode()
    for page in (PAGE, "/settings/data/", "/start/"):
        assert "To be deleted in a week: Sessions that are over" in text_of(admin.get(page))
    admin.post(f"{PAGE}seen/")
    run(school, DAY)
    assert "To be deleted in a week: Sessions that are over" not in text_of(admin.get("/start/"))
    run(school, 8 * DAY)
    assert "1 session" in text_of(admin.get(PAGE))
    with organization_scope(school.organization.pk):
        assert not Session.objects.filter(pk=old.pk).exists()
    told = text_of(admin.get("/settings/audit/settings/"))
    assert "Deleted by age, Sessions that are over" in told
    assert "Kept, Sessions that are over: from for good to 1 year" in told


def test_what_cannot_be_meant_is_refused_in_words(school: cast.School, admin: Client, old: Session) -> None:
    few = admin.post(PAGE, {"sessions": "7"})
    assert few.status_code == 422
    assert "At least 60 days" in text_of(few)
    before = admin.post(PAGE, {"sessions": "90"})
    assert "Recordings are kept for 365 days" in text_of(before)
    admin.post(PAGE, {"sessions": "90", "recordings": "60"})
    kept = admin.post("/settings/recordings/", {"own": "spare", "kept_days": "400"})
    assert "Sessions are kept for 90 days" in text_of(kept)
    assert admin.post(PAGE, {"people": "soon"}).status_code == 422
    assert admin.get(f"{PAGE}nonsense/").status_code == 404


def test_a_person_or_a_session_is_held_with_a_reason_and_let_go_of(
    school: cast.School, admin: Client, old: Session
) -> None:
    joan = school.people["Joan"]
    page = f"{HOLDS}?person={joan.key}"
    assert "Hold Joan" in text_of(admin.get(page))
    assert admin.post(page, {"reason": " "}).status_code == 422
    past = admin.post(page, {"reason": "A complaint.", "until": "2020-01-01"})
    assert "This day is over" in text_of(past)
    held = admin.post(page, {"reason": "A complaint."}, follow=True)
    assert "A complaint." in text_of(held)
    admin.post(PAGE, {"sessions": "365", "recordings": "90"})
    run(school)
    with organization_scope(school.organization.pk):
        assert not Announced.objects.filter(kind="sessions").exists()
        hold = Hold.objects.get()
    admin.post(f"{HOLDS}{hold.pk}/lift/")
    run(school)
    with organization_scope(school.organization.pk):
        assert Announced.objects.filter(kind="sessions").count() == 1
        assert Person.objects.filter(pk=joan.pk).exists()
    assert admin.get(f"{HOLDS}?session=nowhere").status_code == 404
    admin.post(HOLDS, {"reason": "A court."})
    assert "A hold keeps everything" in text_of(admin.get(PAGE))


def test_a_hold_until_the_end_of_the_calendar_is_refused_in_words(school: cast.School, admin: Client) -> None:
    answer = admin.post("/settings/data/holds/", {"reason": "A court.", "until": "9999-12-31"})
    assert answer.status_code == 422
    assert "At most 36500 days" in answer.content.decode()


def test_only_an_admin_sees_and_decides(school: cast.School) -> None:
    coordinator = signed_in(school, "Nora")
    for address in (PAGE, f"{PAGE}sessions/", HOLDS):
        assert coordinator.get(address).status_code == 403
    assert coordinator.post(PAGE, {"sessions": "365"}).status_code == 403
