"""What people ask of a running session: offered where it can be, then confirmed by evidence, or failed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail

from callboard.cases import operations as cases
from callboard.cases import registry
from callboard.cases.models import Case, CaseEntry
from callboard.lib import clock, tenancy
from callboard.lib.errors import Conflict, Invalid
from callboard.live import log
from callboard.people.access import Access
from callboard.people.models import Person
from callboard.sessions import operations, queries
from callboard.sessions.models import Deed, Room, Session, SessionStatus
from callboard.sessions.ports import CREATE_ROOM, providers
from callboard.sessions.recording_models import RecordingWish
from callboard.workflows import actions, rooms
from callboard.workflows.actions import asking
from callboard.workflows.actions.asking import ask
from tests.sessions.conftest import START, Cast
from tests.workflows.fleet import Fleet

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]
SCOPES = frozenset({"cases.act", "cases.read", "sessions.read"})


@pytest.fixture
def time() -> Iterator[clock.VirtualClock]:
    virtual = clock.VirtualClock(START + timedelta(minutes=20))
    with clock.using(virtual):
        yield virtual


@pytest.fixture
def asker(in_organization: Any) -> Access:
    """A key that works cases, and so a member once it acts."""
    return Access(
        organization=in_organization.pk,
        organization_slug="maple",
        member=None,
        user=None,
        role="service",
        person=None,
        key=7,
        scopes=SCOPES,
        name="Robot",
    )


@pytest.fixture
def live(cast: Cast, fleet: Fleet, time: clock.VirtualClock, run_jobs: RunJobs) -> Session:
    fleet.add("madrid")
    fleet.add("lisbon", position=1)
    session = operations.book(cast.booking(provider="fleet", recording_wanted=True))
    run_jobs()
    operations.went_live(session.key, START)
    for person in (cast.people[0], cast.people[2]):
        happens(session, "participant.joined", START, person.key)
    return queries.by_key(session.key)


def happens(session: Session, kind: str, at: datetime, who: str | None = None, **data: Any) -> None:
    moment, received = rooms.micros(at), rooms.micros(clock.now())
    id_, organization = f"{kind}-{who}-{moment}", tenancy.current_organization()
    said = json.dumps(data)
    log.append([log.Line(organization, session.key, id_, kind, moment, received, who, said)])


def raised(kind: str, session: Session, participant: str | None = None) -> Case:
    now = clock.now()
    case = cases.raise_case(
        cases.Raise(
            kind=kind,
            severity="now",
            raised_at=now,
            noticed_at=now,
            session_key=session.key,
            participant=participant,
        )
    )
    assert case is not None
    return case


def offered(case: Case) -> list[str]:
    return [action.name for action in registry.actions_for(case)]


def line(case: Case) -> dict[str, Any]:
    """What the case's history says of the last deed."""
    return dict(CaseEntry.objects.filter(case=case, kind="acted").latest("pk").data)


def deed() -> Deed:
    return Deed.objects.latest("pk")


def look(about: Deed) -> None:
    asking.look(tenancy.current_organization(), about.pk)


def test_each_kind_offers_what_helps_and_its_provider_can_do(live: Session, fleet: Fleet) -> None:
    assert "remove" in offered(raised("stranger", live, "someone"))
    assert {"resend_link", "reassign", "extend"} <= set(offered(raised("instructor_missing", live)))
    assert "replace_room" in offered(raised("room_lost", live))
    providers.register_kind("fleet", frozenset({CREATE_ROOM}), fleet.open)
    assert "remove" not in offered(raised("stranger", live, "another"))


def test_nothing_is_offered_once_the_session_is_over(live: Session) -> None:
    operations.ended(live.key, START)
    case = raised("overrun", live)
    assert not {"end_session", "extend", "message"} & set(offered(case))


def test_removing_a_stranger_is_confirmed_when_they_have_left(
    live: Session, asker: Access, fleet: Fleet, run_jobs: RunJobs, time: clock.VirtualClock
) -> None:
    case = raised("stranger", live, "someone")
    cases.act(asker, case.pk, "remove")
    assert (line(case)["state"], deed().state) == ("asked", "asked")
    run_jobs()
    assert fleet["madrid"].removed == [(live.key, "someone")]
    run_jobs(also_scheduled=False)
    assert deed().state == "asked"
    time.advance(timedelta(seconds=2))
    happens(live, "participant.left", time.now(), "someone")
    look(deed())
    assert (line(case)["state"], deed().state) == ("confirmed", "confirmed")
    assert line(case)["evidence"] == deed().evidence != []


def test_a_provider_that_does_not_answer_is_told_of_and_nothing_has_changed(
    live: Session, asker: Access, fleet: Fleet, run_jobs: RunJobs
) -> None:
    case = raised("overrun", live)
    fleet["madrid"].dead = True
    cases.act(asker, case.pk, "end_session")
    run_jobs()
    words = "The room did not end. The provider did not answer in 10 s. Nothing has changed."
    assert (line(case)["state"], line(case)["words"]) == ("failed", words)
    assert queries.by_key(live.key).status == SessionStatus.LIVE


def test_ending_closes_the_room_first_and_is_confirmed_by_its_end(
    live: Session, asker: Access, fleet: Fleet, run_jobs: RunJobs, time: clock.VirtualClock
) -> None:
    ask(asker, live.key, "end_session", {})
    run_jobs()
    assert fleet["madrid"].ended == [live.key, live.key]  # closing out ends what is over, once more
    assert queries.by_key(live.key).status == SessionStatus.ENDED
    happens(live, "room.ended", time.now())
    look(deed())
    assert deed().state == "confirmed"


def test_what_no_evidence_follows_has_failed_and_a_late_confirmation_counts(
    live: Session, asker: Access, run_jobs: RunJobs, time: clock.VirtualClock
) -> None:
    ask(asker, live.key, "restart_recording", {})
    run_jobs()
    time.advance(timedelta(seconds=61))
    look(deed())
    assert (deed().state, deed().words) == (
        "failed",
        "The recording was not restarted. No sign of it has come.",
    )
    happens(live, "recording.started", time.now(), recorder="eg_1")
    look(deed())
    assert (deed().state, deed().words) == ("confirmed", "Recorder eg_1 runs.")


def test_our_own_recorder_is_asked_to_record_too(
    live: Session, asker: Access, time: clock.VirtualClock
) -> None:
    ask(asker, live.key, "add_recording", {})
    wish = RecordingWish.objects.get(session=live, by="own")
    happens(live, "recording.progress", time.now(), recorder="another", seconds=4.0)
    look(deed())
    assert deed().state == "asked"
    happens(live, "recording.started", time.now(), recorder=wish.recorder)
    look(deed())
    assert deed().state == "confirmed"


def test_a_message_is_shown_in_the_room_or_to_one(
    live: Session, asker: Access, cast: Cast, fleet: Fleet, run_jobs: RunJobs
) -> None:
    ana = cast.people[2].key
    ask(asker, live.key, "message", {"text": "One moment please"})
    ask(asker, live.key, "message", {"text": "Your camera is dark", "person": ana})
    run_jobs()
    assert fleet["madrid"].said == [
        (live.key, "One moment please", None),
        (live.key, "Your camera is dark", ana),
    ]
    assert deed().state == "confirmed"
    with pytest.raises(Invalid):
        ask(asker, live.key, "message", {})
    with pytest.raises(Invalid):
        ask(asker, live.key, "message", {"text": "x", "loud": True})


def test_extending_says_how_long_at_most(live: Session, asker: Access, cast: Cast) -> None:
    operations.book(cast.at(90))
    with pytest.raises(Conflict, match="20 min longer at most"):
        ask(asker, live.key, "extend", {"minutes": 30})
    assert ask(asker, live.key, "extend", {"minutes": 20}).state == "confirmed"


def test_someone_else_teaches_and_is_confirmed_when_they_come(
    live: Session, asker: Access, cast: Cast, run_jobs: RunJobs, time: clock.VirtualClock
) -> None:
    ivan = cast.people[1].key
    case = raised("instructor_missing", live, cast.people[0].key)
    with pytest.raises(Invalid):
        cases.act(asker, case.pk, "reassign", person="per_nobody")
    cases.act(asker, case.pk, "reassign", person=ivan)
    instructor = queries.instructor(live)
    assert instructor is not None
    assert instructor.person_id == cast.ivan
    time.advance(timedelta(seconds=40))
    happens(live, "participant.joined", time.now(), ivan)
    look(deed())
    assert line(case)["state"] == "confirmed"


def test_the_link_goes_to_whom_the_case_is_about(
    live: Session, asker: Access, cast: Cast, run_jobs: RunJobs
) -> None:
    ana = cast.people[2]
    case = raised("learner_missing", live, ana.key)
    cases.act(asker, case.pk, "resend_link")
    run_jobs()
    assert (deed().state, "No mail address" in deed().words) == ("failed", True)
    Person.objects.filter(pk=ana.pk).update(email="ana@example.org")
    cases.act(asker, case.pk, "resend_link")
    run_jobs()
    assert deed().state == "confirmed"
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


def test_another_room_is_confirmed_when_everyone_is_in_it(
    live: Session, asker: Access, cast: Cast, fleet: Fleet, run_jobs: RunJobs, time: clock.VirtualClock
) -> None:
    ask(asker, live.key, "replace_room", {})
    run_jobs()
    room = Room.objects.get(session=live)
    assert (room.node, room.generation) == ("lisbon", 2)
    time.advance(timedelta(seconds=5))
    happens(live, "participant.joined", time.now(), cast.people[0].key)
    look(deed())
    assert deed().state == "asked"
    happens(live, "participant.joined", time.now(), cast.people[2].key)
    look(deed())
    assert (deed().state, deed().words) == ("confirmed", "The new room stands, and all 2 are in.")


def test_another_room_that_no_server_can_take_is_said_at_once(
    live: Session, asker: Access, fleet: Fleet, run_jobs: RunJobs
) -> None:
    fleet["lisbon"].dead = True
    ask(asker, live.key, "replace_room", {})
    run_jobs()
    assert (deed().state, "did not answer" in deed().words) == ("failed", True)


def test_marking_absent_is_undone(live: Session, cast: Cast) -> None:
    case = Case(kind="learner_missing", session=live, person_id=cast.ana)
    asker: Any = SimpleNamespace(member=None)
    action = registry.action("mark_absent")
    assert action is not None
    done = dict(action.run(asker, case) or {})
    assert queries.is_marked_absent(live.key, cast.ana)
    assert action.undo is not None
    action.undo(asker, case, done)
    assert not queries.is_marked_absent(live.key, cast.ana)


def test_each_kind_of_deed_has_a_button_on_the_cases_that_it_helps() -> None:
    for kind in actions.KINDS:
        action = registry.action(kind.name)
        assert action is not None
        assert (action.kinds, action.usual_s) == (kind.cases, kind.usual_s)
