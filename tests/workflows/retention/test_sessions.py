"""Sessions that are kept no longer go, all of them and a week after it was said; others stay whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from callboard.cases import operations as cases
from callboard.cases.models import Case, CaseDay, CaseEntry, TouchDay
from callboard.expectations import operations as expectations
from callboard.expectations.models import PromiseDay
from callboard.lib import clock
from callboard.lib.backups import after
from callboard.lib.backups.after import Restored
from callboard.lib.clock import VirtualClock
from callboard.lib.errors import Conflict
from callboard.lib.store import StoreFailed, documents
from callboard.live import log
from callboard.people.models import Organization, SettingChange
from callboard.sessions.models import Recording, Room, Session, SessionStatus
from callboard.sessions.operations import recorders
from callboard.sessions.operations.recorders import set_recording_policy
from callboard.sessions.operations.retention import lift_hold, place_hold
from callboard.sessions.recording_models import RecordingWish
from callboard.sessions.retention_models import Announced, DeletedDay, Hold
from callboard.workflows import retention
from callboard.workflows.retention.sessions import delete as delete_sessions
from tests.support.rows import sums
from tests.workflows.retention.conftest import DAY, LINES, School

pytestmark = pytest.mark.django_db(transaction=True)

EVERYWHERE = {
    "row", "series", "people", "promises", "signals", "cases", "incident", "recording", "lines", "files"
}  # fmt: skip


def test_what_is_too_old_is_announced_and_goes_whole_a_week_later(
    school: School, other_organization: Organization, admin_connection: psycopg.Connection[Any]
) -> None:
    old, young = school.session(400 * DAY), school.session(300 * DAY)
    before = sums(admin_connection, other_organization.pk)
    school.run()
    assert ("sessions", old.pk) not in school.announced()
    school.keep(sessions=365)
    school.run()
    assert ("sessions", old.pk) in school.announced()
    school.run(6 * DAY)
    assert school.left(old) == EVERYWHERE
    school.run(7 * DAY + timedelta(minutes=1))
    assert school.left(old) == set()
    assert school.left(young) == EVERYWHERE
    assert sums(admin_connection, other_organization.pk) == before
    with school.scope():
        day = DeletedDay.objects.get(kind="sessions")
        assert (day.items, day.rows["callboard_live_event"]) == (1, LINES)
        assert day.rows["callboard_cases_case"] == 1
        noted = SettingChange.objects.filter(what="data", login=None)
        assert {"sessions": 1} in [row.after.get("deleted") for row in noted]


POINTS = ("begun", "file_gone", "files_gone", "lines_gone", "rows_gone", "before_note", "announced_some")


@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_the_next_run_ends_it_and_counts_everything_once(
    school: School, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    gone = [school.session(400 * DAY), school.session(401 * DAY)]
    stays = school.session(300 * DAY)
    school.keep(sessions=365)
    if point == "file_gone":  # a file that arrived late is younger than its session
        with school.scope():
            Recording.objects.update(file_at=clock.now())

    class Killed(BaseException):
        pass

    def dies(name: str) -> None:
        if name == f"retention.{point}":
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("callboard.lib.crash.point", dies)
        with pytest.raises(Killed):
            twice(school)
    if point == "announced_some":
        school.run()
    school.run(8 * DAY)
    school.run(8 * DAY)
    assert [school.left(each) for each in gone] == [set(), set()]
    assert school.left(stays) == EVERYWHERE
    with school.scope():
        day = DeletedDay.objects.get(kind="sessions")
        assert (day.items, day.rows["callboard_live_event"], day.noted) == (2, 2 * LINES, 2)
        noted = SettingChange.objects.filter(what="data", login=None)
        told = [row.after["deleted"] for row in noted if "sessions" in row.after.get("deleted", {})]
        assert told == [{"sessions": 2}]
        assert not Announced.objects.exists()


def twice(school: School) -> None:
    school.run()
    school.run(8 * DAY)
    raise AssertionError("nothing passed there")


def test_what_is_held_or_not_over_or_has_an_open_case_stays(school: School) -> None:
    held = school.session(400 * DAY)
    with school.scope():
        hold = place_hold(school.nora, "session", "The insurer asked.", session=held.key)
    school.keep(sessions=365)
    live = school.session(400 * DAY, status=SessionStatus.LIVE)
    open_case = school.session(400 * DAY)
    called_off = school.session(-20 * DAY, status=SessionStatus.CANCELLED)
    late = school.session(400 * DAY)
    with school.scope():
        Case.objects.filter(session=open_case).update(over_at=None)
        Session.objects.filter(pk=called_off.pk).update(cancelled_at=clock.now() - 400 * DAY)
    school.run()
    assert [each for each in school.announced() if each[0] == "sessions"] == [("sessions", late.pk)]
    now = int((clock.now() + 7 * DAY).timestamp() * 1_000_000)
    with school.scope():
        line = log.Line(school.organization.pk, late.key, "x", "recording.file", now, now)
        log.append([line])
    school.run(8 * DAY)
    assert [school.left(each) for each in (held, live, open_case, late)] == [EVERYWHERE] * 4
    # What kept it is over: it is announced anew, and a week begins anew.
    with school.scope():
        lift_hold(school.nora, hold.pk)
    school.run(8 * DAY)
    school.run(14 * DAY)
    assert school.left(held) == EVERYWHERE
    school.run(16 * DAY)
    assert school.left(held) == set()
    assert school.left(open_case) == EVERYWHERE


def test_a_hold_a_case_or_a_longer_policy_takes_out_again_what_was_announced(school: School) -> None:
    one, two, three = (school.session(400 * DAY) for _ in range(3))
    school.keep(sessions=365)
    school.run()
    with school.scope():
        place_hold(school.nora, "person", "A complaint.", person=school.ana.key)
    school.run(8 * DAY)
    assert [school.left(each) for each in (one, two, three)] == [EVERYWHERE] * 3
    with school.scope():
        assert not Announced.objects.exists()
        lift_hold(school.nora, 1)
    school.run()
    school.keep(sessions=730)
    school.run(8 * DAY)
    assert school.left(one) == EVERYWHERE
    assert school.announced() == []


def test_what_was_held_between_two_runs_has_a_week_of_its_own(school: School) -> None:
    session = school.session(400 * DAY)
    school.keep(sessions=365)
    school.run()
    with clock.using(VirtualClock(clock.now() + 7 * DAY)), school.scope():
        lift_hold(school.nora, place_hold(school.nora, "session", "A court.", session=session.key).pk)
    school.run(7 * DAY + timedelta(minutes=5))
    school.run(8 * DAY)
    school.run(14 * DAY)
    assert "row" in school.left(session)
    school.run(16 * DAY)
    assert school.left(session) == set()


def test_whoever_comes_after_another_has_finished_the_same_does_nothing(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = school.session(400 * DAY)
    school.keep(sessions=365)
    school.run()
    with monkeypatch.context() as patched:
        patched.setattr("callboard.lib.store.Store.delete", _down)
        with pytest.raises(StoreFailed):
            school.run(8 * DAY)
    with school.scope():
        begun = list(Announced.objects.exclude(begun_at=None).filter(kind="sessions"))
    assert [each.ref for each in begun] == [session.pk]
    school.run()
    with school.scope():
        figures = list(DeletedDay.objects.order_by("pk").values())
    delete_sessions(school.organization.pk, begun)
    with school.scope():
        assert not Session.objects.filter(pk=session.pk).exists()
        assert list(DeletedDay.objects.order_by("pk").values()) == figures


def test_a_hold_on_a_session_whose_recording_is_being_deleted_is_refused(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = school.session(400 * DAY)
    school.run()
    with monkeypatch.context() as patched:
        patched.setattr("callboard.lib.store.Store.delete", _down)
        with pytest.raises(StoreFailed):
            school.run(8 * DAY)
    with school.scope():
        with pytest.raises(Conflict):
            place_hold(school.nora, "session", "A court.", session=session.key)
        with pytest.raises(Conflict):
            place_hold(school.nora, "person", "A court.", person=school.ana.key)
        assert not Hold.objects.exists()


def _down(*_name: object) -> None:
    raise StoreFailed("no answer")


def test_a_shorter_policy_deletes_nothing_at_once(school: School) -> None:
    session = school.session(400 * DAY)
    school.keep(sessions=500, recordings=90)
    school.run()
    school.keep(sessions=90)
    school.run()
    school.run(6 * DAY)
    assert school.left(session) == EVERYWHERE
    school.run(8 * DAY)
    assert school.left(session) == set()


def test_the_database_refuses_to_begin_early_and_to_let_go_of_other_lines(
    school: School, admin_connection: psycopg.Connection[Any], settings: Any
) -> None:
    old, other = school.session(400 * DAY), school.session(300 * DAY)
    school.keep(sessions=365)
    school.run()
    with pytest.raises(psycopg.errors.CheckViolation):
        admin_connection.execute("UPDATE callboard_sessions_announced SET begun_at = announced_at + '6 days'")
    admin_connection.execute("UPDATE callboard_sessions_announced SET begun_at = announced_at + '7 days'")
    with psycopg.connect(settings.ENGINE_DATABASE_URL, autocommit=True) as engine:
        engine.execute("SELECT set_config('app.organization', %s, false)", [str(school.organization.pk)])
        with pytest.raises(psycopg.errors.RestrictViolation):
            engine.execute("DELETE FROM callboard_live_event WHERE session = %s", [other.key])
        assert (
            engine.execute("DELETE FROM callboard_live_event WHERE session = %s", [old.key]).rowcount == LINES
        )


def figures(school: School) -> list[Any]:
    """Counted anew, all days there are: as when the organization's zone is another."""
    with school.scope():
        expectations.roll_up("UTC", None)
        cases.roll_up("UTC", None)
        cases.roll_up_touches("UTC", None)
        return [
            list(model.objects.order_by("day", "kind").values_list("day", "kind", "kept"))
            for model in (PromiseDay, CaseDay)
        ]


def test_figures_of_days_stay_where_nothing_is_left_to_count_them_from(school: School) -> None:
    school.session(400 * DAY)
    school.session(100 * DAY)
    school.keep(sessions=365)
    before = figures(school)
    school.run()
    school.run(8 * DAY)
    assert [len(each) for each in before] == [2, 2]
    assert figures(school) == before


def test_figures_stay_of_cases_that_were_closed_or_touched_late(school: School) -> None:
    late, noted = school.session(70 * DAY), school.session(70 * DAY)
    with school.scope():
        for session in (late, noted):
            case = Case.objects.get(session=session)
            Case.objects.filter(pk=case.pk).update(over_at=clock.now() - 2 * DAY)
            CaseEntry.objects.create(
                case=case, kind="resolved", actor_id=school.nora.member, at=clock.now() - 2 * DAY
            )
    school.keep(sessions=60, recordings=30)
    school.run()
    with clock.using(VirtualClock(clock.now() + 7 * DAY)), school.scope():
        CaseEntry.objects.create(case=case, kind="noted", actor_id=school.nora.member)
    before = touches(school, 9 * DAY)
    school.run(8 * DAY)
    assert school.left(late) == set()
    assert "cases" in school.left(noted)
    assert touches(school, 9 * DAY) == before
    school.run(9 * DAY)
    school.run(17 * DAY)
    assert school.left(noted) == set()
    assert touches(school, 18 * DAY) == before


def touches(school: School, after: timedelta) -> list[Any]:
    """As the nightly run counts them, so much later."""
    with clock.using(VirtualClock(clock.now() + after)), school.scope():
        cases.roll_up_touches("UTC", 40)
        rows = TouchDay.objects.exclude(kind="").order_by("day")
        return list(rows.values_list("day", "kind", "touches"))


def test_a_store_that_does_not_answer_holds_it_up_and_loses_nothing(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = school.session(400 * DAY)
    school.keep(sessions=365, recordings=365)
    school.run()

    def down(*_of: Any) -> None:
        raise StoreFailed("it does not answer")

    with monkeypatch.context() as patch:
        patch.setattr("callboard.lib.store.Store.delete", down)
        with pytest.raises(StoreFailed):
            school.run(8 * DAY)
    assert school.left(session) == EVERYWHERE
    school.run(8 * DAY)
    assert school.left(session) == set()


def test_files_in_the_folders_of_rooms_go_too_though_killed_and_others_stay(school: School) -> None:
    session = school.session(400 * DAY)
    files = ("room-2/EG_1.mp4", "room-1/req_b.mp4", "room-2/req_c.mp4", "room-2/req_other.mp4")
    for name in files:
        documents().put(name, b"file")
    with school.scope():
        Room.objects.filter(session=session).update(external_id="room-2", former=[{"external_id": "room-1"}])
        for request in ("req_b", "req_c"):
            RecordingWish.objects.create(session=session, request=request, by="provider", why="live")
        recording = Recording.objects.get(session=session)
        Recording.objects.filter(pk=recording.pk).update(location=files[0])
        recorders.forgotten(recording.pk, clock.now())  # and killed before its file went
    school.keep(sessions=365)
    school.run()
    school.run(8 * DAY)
    assert school.left(session) == set()
    lie = [name for folder in ("room-1", "room-2") for name, _size in documents().names(folder)]
    assert lie == ["room-2/req_other.mp4"]


def test_what_a_restored_backup_had_announced_has_a_week_of_its_own(school: School) -> None:
    session = school.session(400 * DAY)
    school.keep(sessions=365)
    school.run()
    with clock.using(VirtualClock(clock.now() + 8 * DAY)):
        steps = after.run(Restored(taken_at=clock.now() - 8 * DAY))
        assert (steps["announcements"], school.announced()) == (2, [])
    school.run(8 * DAY)
    assert school.left(session) == EVERYWHERE
    school.run(15 * DAY + timedelta(minutes=5))
    assert school.left(session) == set()


def test_the_clock_looks_once_a_day_and_again_while_something_is_due(school: School) -> None:
    school.session(400 * DAY)
    school.keep(sessions=365)
    assert [looks(), looks()] == [1, 0]
    all_done()
    school.run()
    assert looks() == 0
    with clock.using(VirtualClock(clock.now() + 8 * DAY)):
        assert [looks(), looks()] == [1, 0]  # it is in line still
        all_done()
        assert looks() == 1


def looks() -> int:
    """How many runs a look puts in line."""
    before = ProcrastinateJob.objects.filter(task_name="retention.run").count()
    retention.look(0)
    return ProcrastinateJob.objects.filter(task_name="retention.run").count() - before


def all_done() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded'")


def test_what_is_decided_is_looked_into_at_once(school: School) -> None:
    session = school.session(400 * DAY)
    school.keep(sessions=365)
    waiting = ProcrastinateJob.objects.get(task_name="retention.changed")
    retention.changed(**waiting.args)
    (run,) = ProcrastinateJob.objects.filter(task_name="retention.run")
    assert run.lock == f"retention:{school.organization.pk}"
    retention.run(**run.args)
    assert ("sessions", session.pk) in school.announced()


def test_days_of_recordings_decided_on_their_own_page_are_looked_into_at_once(school: School) -> None:
    with school.scope():
        set_recording_policy({"own": "beside"}, school.nora)
        assert not ProcrastinateJob.objects.filter(task_name="retention.changed").exists()
        set_recording_policy({"kept_days": 30}, school.nora)
    assert ProcrastinateJob.objects.filter(task_name="retention.changed").count() == 1
