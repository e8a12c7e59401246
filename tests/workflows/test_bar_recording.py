"""What may not be recorded is not: judged anew, stopped, and stopped again whatever came between."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from callboard.cases import operations as cases
from callboard.cases.models import Case
from callboard.cases.operations.changes import Raise
from callboard.expectations.models import Expectation
from callboard.lib.errors import Conflict
from callboard.live.models import Event
from callboard.people import operations as people
from callboard.people.access import whose
from callboard.people.models import Person
from callboard.sessions import operations, queries
from callboard.sessions.models import Recording, Session
from callboard.sessions.operations import gate, recorders
from callboard.sessions.ports import Leave, RoomInfo
from callboard.sessions.recording_models import RecordingWish
from callboard.workflows import bar_recording, recover_recording
from tests.sessions.conftest import START, Cast
from tests.workflows.conftest import Moody

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]


@pytest.fixture
def live(cast: Cast, provider: Moody, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Iris and Ana, live, recorded by the provider."""
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START)
    session = operations.book(cast.booking(recording_wanted=True, room=RoomInfo("r-1")))
    operations.went_live(session.key, START)
    operations.restart_recording(session.key)
    run_jobs()
    assert provider.recorders
    return queries.by_key(session.key)


def ana(cast: Cast) -> Person:
    return Person.objects.get(pk=cast.ana)


def statuses(session: Session) -> dict[str, tuple[str, str]]:
    rows = Expectation.objects.filter(session=session)
    return {
        each.kind: (each.status, each.why) for each in rows if "record" in each.kind or "file" in each.kind
    }


def test_a_consent_withdrawn_stops_the_recorder_and_is_not_restarted(
    live: Session, cast: Cast, provider: Moody, run_jobs: RunJobs
) -> None:
    people.withdraw_consent(ana(cast), "recording")
    run_jobs()
    assert provider.recorders == {}
    session = queries.by_key(live.key)
    assert (session.recording_wanted, session.consents_missing) == (False, 1)
    assert session.barred_at == START
    with pytest.raises(Conflict, match="consent of 1 person"):
        operations.restart_recording(live.key)


def test_its_recording_promises_are_waived_with_the_reason_and_the_log_says_so(
    live: Session, cast: Cast, run_jobs: RunJobs
) -> None:
    assert set(statuses(live).values()) == {("due", "")}
    people.withdraw_consent(ana(cast), "recording")
    run_jobs()
    assert set(statuses(live).values()) == {("waived", "consent")}
    plan = Event.objects.filter(session=live.key, kind="session.planned").order_by("seq").last()
    assert plan is not None
    assert json.loads(plan.data)["recording"] is False
    assert json.loads(plan.data)["unrecorded"] == "consent"


def test_a_consent_given_again_lets_the_recording_be(live: Session, cast: Cast, run_jobs: RunJobs) -> None:
    people.withdraw_consent(ana(cast), "recording")
    run_jobs()
    people.give_consent(ana(cast), "recording")
    run_jobs()
    session = queries.by_key(live.key)
    assert session.recording_wanted
    assert session.barred_at is None
    assert set(statuses(live).values()) == {("due", "")}


def test_a_session_booked_without_everyones_consent_promises_no_recording_and_says_why(
    cast: Cast, provider: Moody, run_jobs: RunJobs
) -> None:
    people.withdraw_consent(ana(cast), "recording")
    session = operations.book(cast.booking(recording_wanted=True))
    assert set(statuses(session).values()) == {("waived", "consent")}
    assert operations.book(cast.at(120)).recording_refusal == ""


def test_the_gate_reads_the_consents_themselves_before_any_job_has_run(live: Session, cast: Cast) -> None:
    assert gate.may_record(live)
    people.withdraw_consent(ana(cast), "recording")
    session = queries.by_key(live.key)
    assert session.recording_wanted, "no job has run yet"
    assert not gate.may_record(session)
    for start in (
        lambda: gate.leave(session, "r-1", "req"),
        lambda: recorders.want_recorder(session, "provider", "live"),
        lambda: operations.restart_recording(session.key),
    ):
        with pytest.raises(Conflict) as refusal:
            start()
        assert refusal.value.code == "not_recorded"


def test_a_consent_that_goes_while_a_recorder_starts_stops_it_again(
    live: Session, cast: Cast, provider: Moody, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.stop_recording("r-1")
    started = provider.start_recording

    def withdrawn_meanwhile(leave: Leave) -> str | None:
        people.withdraw_consent(ana(cast), "recording")
        return started(leave)

    monkeypatch.setattr(provider, "start_recording", withdrawn_meanwhile)
    recover_recording.ask(whose(live), live.key, "req-race", "person")
    assert provider.recorders == {}, "stopped by whoever had started it, before any job"
    run_jobs()
    assert provider.recorders == {}


def test_whoever_starts_one_and_is_killed_is_made_good_by_the_next_look(
    live: Session, cast: Cast, provider: Moody, run_jobs: RunJobs
) -> None:
    people.withdraw_consent(ana(cast), "recording")
    run_jobs()
    provider.recorders = {"r-1": {"req-killed"}}  # asked, and killed before the answer was noted
    RecordingWish.objects.create(session=live, request="req-killed", by="provider", why="live")
    bar_recording.look(whose(live))
    run_jobs()
    assert provider.recorders == {}
    assert RecordingWish.objects.get(request="req-killed").status == "refused"


def test_another_instructor_who_has_not_agreed_stops_it_too(
    live: Session, cast: Cast, provider: Moody, run_jobs: RunJobs
) -> None:
    newcomer = people.create_people([people.Draft(name="Nell", skills=["maths:8"])])[0]
    operations.change_instructor(live.key, newcomer.pk)
    run_jobs()
    assert provider.recorders == {}
    assert queries.by_key(live.key).barred_at == START


def stranger(session: Session) -> Case:
    case = cases.raise_case(
        Raise(kind="stranger", severity="now", session_key=session.key, participant="who",
              raised_at=START, noticed_at=START)
    )  # fmt: skip
    assert case is not None
    return case


def test_a_stranger_stops_it_until_they_have_left(live: Session, provider: Moody, run_jobs: RunJobs) -> None:
    case = stranger(live)
    run_jobs()
    assert provider.recorders == {}
    assert queries.by_key(live.key).consents_missing == 1
    cases.clear_case(case.occurrence, START + timedelta(minutes=1))
    bar_recording.look(whose(live))
    assert queries.by_key(live.key).recording_wanted


def test_a_recorder_that_runs_on_is_a_case_until_it_stops(
    live: Session, cast: Cast, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.withdraw_consent(ana(cast), "recording")
    run_jobs()
    operations.note_recording(live.key, "eg-1", status="running", started_at=START)
    bar_recording.look(whose(live))
    assert not Case.objects.filter(kind="still_recorded").exists()
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START + timedelta(seconds=31))
    bar_recording.look(whose(live))
    bar_recording.look(whose(live))
    case = Case.objects.get(kind="still_recorded")
    assert (case.severity, case.raised_at) == ("now", START + timedelta(seconds=30))
    Recording.objects.update(status="stopped")
    bar_recording.look(whose(live))
    case.refresh_from_db()
    assert case.status == "cleared"
