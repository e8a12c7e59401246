"""What a browser may send with the pass it got at the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from callboard.lib import clock
from callboard.lib.errors import Unauthorized
from callboard.lib.tenancy import organization_scope
from callboard.live.ingest import limits, passes
from callboard.live.ingest.app import IngestApp
from callboard.people.leaving_models import Departure, DepartureStatus
from callboard.sessions.models import Session
from tests.live.ingest.conftest import Caller, make_session

pytestmark = pytest.mark.django_db(transaction=True)

JOAN = "per_joan"


@pytest.fixture
def browser(database_place: Any, session: Session) -> Caller:
    return Caller(database_place.logins.ingest, joans_pass(session.organization_id))


def joans_pass(organization: int | None) -> str:
    assert organization is not None
    return passes.issue(organization, "s-17", JOAN, clock.now() + timedelta(hours=1))


def report(number: int, **changes: Any) -> dict[str, Any]:
    usual = {
        "id": f"own-{JOAN}-{number}",
        "session": "s-17",
        "participant": JOAN,
        "kind": "connection.report",
        "at": clock.now().isoformat(),
        "data": {"interval": 10, "direction": "up", "loss": 0.01},
    }
    return usual | changes


def codes(answer: Any) -> list[str]:
    return [each["code"] for each in answer.json()["rejected"]]


def test_a_participants_own_reports_are_taken(browser: Caller) -> None:
    engaged = report(2, kind="engagement", data={"tool": "hand"})
    spoken = report(3, kind="speech", data={"ends_at": (clock.now() + timedelta(seconds=4)).isoformat()})
    answer = browser.send([report(1), engaged, spoken])
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 3, "duplicate": 0, "rejected": []}


def test_nothing_is_taken_of_another_or_of_another_session(browser: Caller, organization: Any) -> None:
    make_session(organization.pk, "s-18")
    answer = browser.send([report(1, participant="per_iris"), report(2, session="s-18"), report(3)])
    assert answer.json()["accepted"] == 1
    assert codes(answer) == ["not_yours", "not_yours"]


@pytest.mark.parametrize("kind", ["participant.joined", "participant.left", "room.ended", "recording.file"])
def test_a_pass_never_says_who_is_in_or_what_the_room_does(browser: Caller, kind: str) -> None:
    assert codes(browser.send([report(1, kind=kind, data={})])) == ["kind_forbidden"]


def test_the_id_of_anothers_evidence_cannot_be_taken(browser: Caller) -> None:
    assert codes(browser.send([report(1, id="join-PA_1")])) == ["id_foreign"]


def test_a_pass_opens_nothing_once_it_is_over_or_changed(session: Session, database_place: Any) -> None:
    over = passes.issue(session.organization_id or 0, "s-17", JOAN, clock.now() - timedelta(seconds=1))
    changed = joans_pass(session.organization_id)[:-2] + "xx"
    for token in (over, changed, "nonsense.of.a.token"):
        assert Caller(database_place.logins.ingest, token).send([report(1)]).status_code == 401


def test_an_organization_that_is_being_deleted_takes_nothing_by_pass_or_key(
    session: Session, browser: Caller, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "KEY_CACHED_S", 0.0)
    app = IngestApp(browser.url)
    assert browser.send([report(1)], app=app).status_code == 202
    with organization_scope(session.organization_id or 0):
        Departure.objects.create(status=DepartureStatus.RUNNING, due_at=clock.now())
    assert browser.send([report(2)], app=app).status_code == 401
    assert caller.send([report(3)], app=app).status_code == 401


def test_a_flood_from_one_browser_is_refused(browser: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PASS_EVENTS", 3)
    app = IngestApp(browser.url)
    assert browser.send([report(1), report(2)], app=app).status_code == 202
    refused = browser.send([report(3), report(4)], app=app)
    assert refused.status_code == 429
    assert refused.headers["retry-after"]


def test_names_with_any_characters_survive_a_pass() -> None:
    token = passes.issue(7, "s:1.7/ä", "joan.p", clock.now() + timedelta(minutes=1))
    assert passes.read(token) == passes.Pass(7, "s:1.7/ä", "joan.p")
    with pytest.raises(Unauthorized):
        passes.read("")
