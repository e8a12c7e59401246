"""From the log to cases, once, whatever happens to the process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from callboard.cases.models import Case
from callboard.expectations.models import Expectation
from callboard.lib.tenancy import organization_scope
from callboard.live.models import Attendance, PartitionLease
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
