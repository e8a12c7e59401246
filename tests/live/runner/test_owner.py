"""From the log to cases, once, whatever happens to the process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from callboard.cases.models import Case, Incident
from callboard.expectations.models import Expectation
from callboard.lib.tenancy import organization_scope
from callboard.live.engine.outputs import AttendanceChanged
from callboard.live.models import Attendance, EngineSnapshot, EngineTick, LiveState, PartitionLease
from callboard.live.runner import told, writing
from callboard.live.runner.boards import Boards
from callboard.live.runner.leases import LeaseLost
from callboard.live.runner.owner import Owner
from callboard.sessions.models import Recording, Session
from tests.live.runner.conftest import School, new_owner

At = Callable[[float], None]


def cases(school: School, **which: Any) -> list[tuple[str, str, str]]:
    with organization_scope(school.organization):
        rows = Case.objects.filter(**which).order_by("raised_at", "kind")
        return [(case.kind, case.participant, case.status) for case in rows]


def work(owner: Owner, at: At, seconds: float) -> None:
    """Let it be that late, and let the owner do all that there is to do."""
    at(seconds)
    for _ in range(4):
        owner._committed_at = 0.0
        owner.step()


def snapshot_all(owner: Owner) -> None:
    """A snapshot of every partition and of the overseer, as of now."""
    owner.snapshots.wait()
    owner._snapshots_at = {}
    for _ in range(9):
        owner._snapshot_at = 0.0
        owner._snapshot()
        owner.snapshots.wait()


def test_an_instructor_who_is_not_in_is_a_case_and_clears_when_they_come(
    owner: Owner, school: School, at: At
) -> None:
    school.book()
    school.happens("room.ready", -1000)
    work(owner, at, 119)
    assert cases(school) == []
    work(owner, at, 121)
    assert cases(school) == [("instructor_missing", "s-1-instructor", "open")]
    school.happens("participant.joined", 150, "s-1-instructor")
    work(owner, at, 151)
    assert cases(school) == [("instructor_missing", "s-1-instructor", "cleared")]


def test_a_session_goes_live_and_ends_by_its_evidence(owner: Owner, school: School, at: At) -> None:
    session = school.book()
    school.arrive(0)
    work(owner, at, 1)
    assert _fresh(school, session).status == "live"
    school.happens("room.ended", 3600)
    work(owner, at, 3601)
    assert _fresh(school, session).status == "ended"
    with organization_scope(school.organization):
        rows = list(
            Attendance.objects.order_by("participant").values_list("participant", "joins", "present_s")
        )
    assert rows == [("s-1-instructor", 1, 3600.0), ("s-1-learner", 1, 3600.0)]


def test_late_evidence_withdraws_what_never_held(owner: Owner, school: School, at: At) -> None:
    school.book()
    school.happens("room.ready", -1000)
    work(owner, at, 125)
    school.happens("participant.joined", 60, "s-1-instructor", received=126)
    work(owner, at, 127)
    assert cases(school) == [("instructor_missing", "s-1-instructor", "withdrawn")]


def test_a_second_owner_waits_until_the_first_has_let_go(owner: Owner, school: School, at: At) -> None:
    school.book()
    work(owner, at, 0)
    second = new_owner()
    work(second, at, 1)
    assert second.shards == {}
    owner.let_go()
    second.drop()
    work(second, at, 121)
    assert len(second.shards) == 8
    assert [kind for kind, _, _ in cases(school)] == ["room_not_ready", "instructor_missing"]


def test_an_owner_whose_lease_was_taken_writes_nothing(owner: Owner, school: School, at: At) -> None:
    school.book()
    school.happens("room.ready", -1000)
    work(owner, at, 0)
    PartitionLease.objects.update(held_until=None)
    second = new_owner()
    work(second, at, 1)
    with pytest.raises(LeaseLost):
        work(owner, at, 121)
    assert cases(school) == []
    work(second, at, 122)
    assert cases(school) == [("instructor_missing", "s-1-instructor", "open")]


def test_whoever_resumes_says_what_was_not_said_and_nothing_twice(
    owner: Owner, school: School, at: At
) -> None:
    school.book()
    school.arrive(0)
    work(owner, at, 10)
    school.happens("participant.left", 20, "s-1-learner")
    work(owner, at, 111)
    assert [kind for kind, _, _ in cases(school)] == ["room_not_ready", "dropped"]
    PartitionLease.objects.update(held_until=None)  # killed
    second = new_owner()
    school.happens("participant.joined", 112, "s-1-learner")
    work(second, at, 113)
    assert cases(school, kind="dropped") == [("dropped", "s-1-learner", "cleared")]
    school.happens("participant.left", 200, "s-1-instructor")
    work(second, at, 291)
    assert len(cases(school, kind="dropped")) == 2


def test_a_provider_that_goes_quiet_is_one_case(owner: Owner, school: School, at: At) -> None:
    for key in ("s-1", "s-2", "s-3"):
        school.book(key)
        school.arrive(0, key)
    work(owner, at, 1)
    work(owner, at, 92)
    work(owner, at, 93)
    assert cases(school, kind="provider_quiet") == [("provider_quiet", "", "open")]
    school.happens("speech", 94, "s-1-learner", "s-1", '{"ends_at": "2026-03-02T16:01:35Z"}')
    work(owner, at, 96)
    work(owner, at, 97)
    assert cases(school, kind="provider_quiet") == [("provider_quiet", "", "cleared")]


def _fresh(school: School, session: Session) -> Session:
    with organization_scope(school.organization):
        return Session.objects.get(pk=session.pk)


def test_what_was_promised_is_kept_by_its_evidence(owner: Owner, school: School, at: At) -> None:
    school.book()
    school.happens("room.ready", -1000)
    school.happens("participant.joined", 0, "s-1-instructor")
    school.happens("participant.joined", 700, "s-1-learner")
    work(owner, at, 701)
    with organization_scope(school.organization):
        found = dict(Expectation.objects.values_list("kind", "status"))
    assert found == {"room_ready": "met", "instructor_in": "met", "learner_in": "late", "lasted": "due"}


def test_a_recorder_is_known_by_its_evidence(owner: Owner, school: School, at: At) -> None:
    school.book()
    school.happens("recording.started", 0, data='{"recorder": "r-1"}')
    school.happens("recording.progress", 30, data='{"recorder": "r-1", "seconds": 30}')
    school.happens("recording.stopped", 45, data='{"recorder": "r-1"}')
    work(owner, at, 46)
    school.happens(
        "recording.file", 100, data='{"recorder": "r-1", "seconds": 44.5, "bytes": 9, "silent": false}'
    )
    work(owner, at, 101)
    with organization_scope(school.organization):
        row = Recording.objects.get()
    assert (row.recorder, row.status, row.seconds, row.file_seconds) == ("r-1", "stopped", 30, 44.5)


def test_whoever_resumes_from_snapshots_goes_on_as_if_nothing_had_been(
    owner: Owner, school: School, at: At
) -> None:
    for key in ("s-1", "s-2"):
        school.book(key)
        school.arrive(0, key)
    work(owner, at, 1)
    snapshot_all(owner)
    assert EngineSnapshot.objects.count() == 9
    assert EngineTick.objects.count() == 0
    school.happens("participant.left", 20, "s-1-learner")
    work(owner, at, 30)
    PartitionLease.objects.update(held_until=None)  # killed
    second = new_owner()
    work(second, at, 111)
    work(second, at, 112)
    assert cases(school, kind="dropped") == [("dropped", "s-1-learner", "open")]
    work(second, at, 130)
    work(second, at, 131)
    assert cases(school, kind="provider_quiet") == [("provider_quiet", "", "open")]


def test_two_owners_share_the_partitions_and_say_the_same(engine: None, school: School, at: At) -> None:
    sessions = [f"s-{number}" for number in range(6)]
    for key in sessions:
        school.book(key)
        school.arrive(0, key)
    owners = [new_owner(at_most=5), new_owner(at_most=5)]
    for one in owners:
        work(one, at, 1)
    assert sorted(len(one.shards) + (one.oversight is not None) for one in owners) == [4, 5]
    for key in sessions[:3]:
        school.happens("participant.joined", 10, "stranger", key)
    for _ in range(2):
        for one in owners:
            work(one, at, 12)
    assert cases(school, kind="stranger") == [("stranger", "stranger", "open")] * 3
    with organization_scope(school.organization):
        assert Incident.objects.filter(kind="stranger").count() == 1


def test_evidence_that_comes_later_than_the_engine_keeps_is_judged_from_the_log(
    owner: Owner, school: School, at: At
) -> None:
    school.book()
    school.arrive(0)
    for minute in range(1, 31):
        for index in range(20):
            at_second = 60 * minute + 2 * index
            school.happens("connection.report", at_second, "s-1-learner", data='{"interval": 2, "loss": 0}')
    school.happens("participant.left", 1500, "s-1-learner")
    work(owner, at, 1860)
    assert cases(school, kind="dropped") == [("dropped", "s-1-learner", "open")]
    school.happens("participant.left", 400, "s-1-learner", received=1861)
    school.happens("participant.joined", 600, "s-1-learner", received=1861)
    work(owner, at, 1862)
    assert cases(school, kind="dropped") == [
        ("dropped", "s-1-learner", "cleared"),
        ("dropped", "s-1-learner", "open"),
    ]


def test_a_late_line_of_a_session_long_over_finds_it_as_it_was(owner: Owner, school: School, at: At) -> None:
    school.book()
    school.happens("room.ready", -1000)
    school.arrive(0)
    school.happens("room.ended", 3600)
    work(owner, at, 3601)
    work(owner, at, 3600 + 3 * 3600)
    snapshot_all(owner)
    assert not any(shard.engine.sessions for shard in owner.shards.values())
    school.happens("participant.joined", 1000, "stranger", received=20_000)
    work(owner, at, 20_001)
    assert cases(school, kind="stranger") == [("stranger", "stranger", "cleared")]
    assert cases(school, kind="learner_missing") == []


def test_an_owner_that_lost_its_lease_cannot_replace_its_successors_snapshot(
    owner: Owner, school: School, at: At
) -> None:
    school.book()
    work(owner, at, 0)
    PartitionLease.objects.update(held_until=None)
    second = new_owner()
    work(second, at, 1)
    for one in (second, owner):
        one.snapshots.wait()
        one._snapshot_at = 0.0
        one._snapshots_at = dict.fromkeys(range(-1, 8), 1.0) | {3: 0.0}
        one._snapshot()
        one.snapshots.wait()
    assert EngineSnapshot.objects.get(partition=3).epoch == second.shards[3].lease.epoch


def test_what_one_organization_cannot_keep_does_not_stop_the_others(
    owner: Owner, school: School, other_organization: Any, at: At
) -> None:
    other = School(other_organization.pk)
    for each in (school, other):
        each.book()
        each.happens("room.ready", -1000)
        each.arrive(0)
        each.happens("participant.joined", 1, "stranger")
    bad = told.Told()
    bad.attendance[("s-1", "x" * 300)] = AttendanceChanged(
        school.organization, "s-1", "x" * 300, None, 0, None, 0, 1, 0
    )
    with transaction.atomic():
        writing.write({school.organization: bad}, Boards(lambda *_: None), ())
    work(owner, at, 2)
    for each in (school, other):
        assert cases(each, kind="stranger") == [("stranger", "stranger", "open")]


def test_a_session_whose_row_was_made_anew_has_its_board_again(school: School) -> None:
    school.book()
    boards = Boards(lambda *_: {"last_event_at": None})
    changed = told.Told(changed={"s-1"})
    with transaction.atomic():
        writing.write({school.organization: changed}, boards, ())
    with organization_scope(school.organization):
        session = Session.objects.get()
        session.delete()
        session.save(force_insert=True)
    with transaction.atomic():
        writing.write({school.organization: changed}, boards, ())
    with organization_scope(school.organization):
        assert LiveState.objects.get().session.key == "s-1"
