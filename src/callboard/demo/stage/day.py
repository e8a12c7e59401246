"""The day that people watch: who meets round this moment, what has gone wrong already, and what is about to.

Pure and seeded: the same seed and moment, the same day.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import msgspec

from callboard.demo.faults import places
from callboard.demo.faults.catalogue import STAGERS
from callboard.demo.faults.fault import Fault
from callboard.demo.play.cast import Plan, cast
from callboard.demo.play.script import MINUTE, SECOND, Script
from callboard.demo.school.population import School, populate
from callboard.demo.school.timetable import Lesson, WatchedDay

LIVE = {"small": 10, "school": 300, "large": 3_000}
"""How many sessions are live at any time."""

GROUPS_EACH = {"small": 2, "school": 2, "large": 1}
LANES_PER_LIVE = 1.3  # instructors teach four fifths of the time
BOOKED_AHEAD = 28 * MINUTE  # how far ahead of now the day is booked, at the least


@dataclass(frozen=True)
class Opening:
    """How many cases of a kind there are when the day is first looked at, in a school."""

    kind: str
    count: int
    newest: int = 5 * SECOND  # how long ago they were raised, at the least and at the most
    oldest: int = 5 * MINUTE


OPENINGS = (
    Opening("instructor_missing", 1),
    Opening("stranger", 1, oldest=2 * MINUTE),
    Opening("recording_stalled", 1),
    Opening("learner_missing", 2),
    Opening("inaudible", 1, oldest=2 * MINUTE),
    Opening("room_not_ready", 1),
    Opening("unstable", 1),
    Opening("dropped", 1, oldest=3 * MINUTE),
    Opening("room_empty", 1, oldest=2 * MINUTE),
    Opening("overrun", 1),
    Opening("ended_early", 1, oldest=20 * MINUTE),
    Opening("recording_bad", 1, oldest=20 * MINUTE),
    Opening("recording_not_started", 1),
    Opening("bad_connection", 1, oldest=2 * MINUTE),
)
SMALL = ("stranger", "learner_missing", "recording_stalled", "bad_connection", "dropped")
AT_ONCE = ("instructor_missing", "stranger", "bad_connection")
"""Kinds of which one case each is raised within the first minute."""


@dataclass
class WatchedScripts:
    """The scripts of the day round `began`, by session; which of its rooms stand, and what went wrong."""

    seed: int
    size: str
    began: int
    scripts: dict[str, Script] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    pace: float = 1.0
    played_until: int = 0

    def kept(self) -> bytes:
        return msgspec.json.encode(self)

    @classmethod
    def read(cls, data: bytes) -> WatchedScripts:
        return msgspec.json.decode(data, type=cls)


def school_of(size: str, seed: int) -> School:
    teachers = round(LIVE[size] * LANES_PER_LIVE) + 2
    return populate(teachers, seed, groups_each=GROUPS_EACH[size])


def plan_of(lesson: Lesson) -> Plan:
    return Plan(
        lesson.key, lesson.starts, lesson.ends, lesson.instructor, lesson.learners, lesson.recording,
        lesson.node.provider, lesson.node.name, lesson.node.region,
    )  # fmt: skip


def opened(school: School, size: str, seed: int, now: int) -> tuple[list[Lesson], WatchedScripts]:
    """The lessons round `now` and their scripts, with the faults that are there when it is looked at."""
    lessons = WatchedDay(school, now, seed).until(now + BOOKED_AHEAD)
    day = WatchedScripts(seed, size, now, played_until=now)
    day.scripts = {lesson.key: cast(plan_of(lesson), seed) for lesson in lessons}
    rng = random.Random(f"opening {seed}")
    times = 4 if size == "large" else 1
    for opening in OPENINGS:
        if size == "small" and opening.kind not in SMALL:
            continue
        for _ in range(opening.count * times):
            _stage(day, rng, opening.kind, (now - opening.oldest, now - opening.newest))
    for count in range(times if size != "small" else 0):
        _let_a_node_ail(day, rng, now - count)
    for kind in AT_ONCE[: 1 if size == "small" else 3]:
        _stage(day, rng, kind, (now + 12 * SECOND, now + 60 * SECOND))
    return lessons, day


def _stage(day: WatchedScripts, rng: random.Random, kind: str, raised: tuple[int, int]) -> None:
    """One fault whose case is raised then, and not over before half a minute after the day begins."""
    now = day.began
    window = (now - 90 * MINUTE, now + 90 * MINUTE)
    used = {fault.session for fault in day.faults}
    for session in rng.sample(sorted(day.scripts), len(day.scripts)):
        script = day.scripts[session]
        if session in used or not script.starts - 16 * MINUTE < now < script.ends + 30 * MINUTE:
            continue
        for _ in range(12):
            for stager in STAGERS[kind]:
                near = window if kind not in _FROM_SLOTS else (raised[0] - 6 * MINUTE, raised[1])
                staged = stager(script, rng, near)
                if staged is None:
                    continue
                changed, fault = staged
                last = fault.dues[-1]
                held = changed.taken[-1] == (0, 0) or changed.taken[-1][1] > now + 40 * SECOND
                if raised[0] <= last.earliest and last.latest <= raised[1] and held:
                    day.scripts[session] = changed
                    day.faults.append(fault)
                    return


_FROM_SLOTS = frozenset(
    {"stranger", "inaudible", "dropped", "room_empty", "bad_connection", "recording_stalled"}
)
"""Kinds that may begin at any moment of a session, and so are looked for near the one wanted."""


def _let_a_node_ail(day: WatchedScripts, rng: random.Random, now: int) -> None:
    """Four sessions of one node have a bad connection since a minute: an incident."""
    nodes = places.by_node(day.scripts)
    for place in sorted(nodes, key=lambda name: -len(nodes[name]))[1:]:
        free = [
            script for script in nodes[place] if script.session not in {fault.session for fault in day.faults}
        ]
        found = places.ailing(free, rng, (now - 100 * SECOND, now - 40 * SECOND), 4, place)
        if found is not None:
            for script in found[0]:
                day.scripts[script.session] = script
            day.faults.append(found[1])
            return
