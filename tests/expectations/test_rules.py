"""Which promises a plan makes, and what a policy may say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callboard.expectations import policy, rules
from callboard.expectations.policy import Kind
from callboard.expectations.rules import Plan

START = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
READY = Kind("room_ready", "Room ready", "session", "start", -15)
HERE = Kind("learner_in", "Learner in", "learner", "start", 10)
FILE = Kind("file_arrived", "File", "recording", "end", 30)
BRIEF = Kind("brief_delivered", "Brief", "instructor", "start", -60, live=False)
KINDS = {kind.name: kind for kind in (READY, HERE, FILE, BRIEF)}


def plan(*, recording: bool = False, absent: frozenset[int] = frozenset()) -> Plan:
    return Plan(7, START, START + timedelta(hours=1), 1, [2, 3], recording, absent)


def test_a_plan_promises_each_kind_to_those_it_is_about() -> None:
    made = [(each.kind, each.person) for each in rules.promises(KINDS.values(), {}, plan())]
    assert made == [("room_ready", None), ("learner_in", 2), ("learner_in", 3), ("brief_delivered", 1)]


def test_a_recorded_session_promises_its_file_after_its_end() -> None:
    (file,) = rules.promises([FILE], {}, plan(recording=True))
    assert file.due_at == START + timedelta(minutes=90)


def test_a_kind_that_policy_switches_off_is_not_promised() -> None:
    assert rules.promises([READY], {"room_ready": {"enabled": False}}, plan()) == []


def test_policy_moves_what_jobs_judge_and_not_what_the_engine_does() -> None:
    said = {"brief_delivered": {"minutes": -120}, "room_ready": {"minutes": -30}}
    assert rules.due_at(BRIEF, said, plan()) == START - timedelta(hours=2)
    assert rules.due_at(READY, said, plan()) == START - timedelta(minutes=15)


def test_who_will_not_come_is_not_waited_for() -> None:
    made = rules.promises([HERE], {}, plan(absent=frozenset({3})))
    assert [(each.person, each.waived) for each in made] == [(2, False), (3, True)]


def test_a_policy_that_cannot_be_meant_is_named_by_field() -> None:
    assert policy.problems({"nonsense": {}}, KINDS) == {"nonsense": "unknown"}
    assert policy.problems({"brief_delivered": 3}, KINDS) == {"brief_delivered": "no_table"}
    said = {"brief_delivered": {"minutes": True, "enabled": 1, "more": 2}}
    assert set(policy.problems(said, KINDS)) == {
        "brief_delivered.minutes",
        "brief_delivered.enabled",
        "brief_delivered.more",
    }
    assert policy.problems({"room_ready": {"minutes": 5}}, KINDS) == {"room_ready.minutes": "live"}
    assert (
        policy.problems({"room_ready": {"enabled": False}, "brief_delivered": {"minutes": -5}}, KINDS) == {}
    )
