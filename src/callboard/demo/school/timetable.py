"""When they meet: a working week for virtual time, and a day compressed round a moment for people who watch.

Every instructor teaches one group at a time and every student is in one group alone, so that no timetable
made here books anybody twice, buffers included.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from callboard.demo.school.population import Group, School
from callboard.lib.ids import ALPHABET, LENGTH

MINUTE = 60_000  # times and lengths are whole milliseconds
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True)
class Node:
    """A machine that holds rooms. `recorders`: whether it can record."""

    provider: str
    name: str | None
    region: str | None
    share: int
    recorders: bool = True


NODES: tuple[Node, ...] = (
    Node("meridian", "eu-1", "Frankfurt", 31),
    Node("meridian", "eu-2", "Frankfurt", 25),
    Node("meridian", "sa-1", "São Paulo", 20),
    Node("aulario", "aulario-1", "Madrid", 15),
    Node("outside", None, None, 9, recorders=False),
)


@dataclass(frozen=True)
class Lesson:
    """One session as it is planned. Times in milliseconds since 1970."""

    key: str
    group: Group
    starts: int
    ends: int
    recording: bool
    node: Node

    @property
    def instructor(self) -> str:
        return self.group.teacher.person.key

    @property
    def learners(self) -> tuple[str, ...]:
        return tuple(learner.person.key for learner in self.group.learners)


LENGTHS = (25, 30, 45, 45, 50, 60)
WATCHED_LENGTHS = (12, 20, 25, 30, 30, 45, 45, 50, 60)


def _key(rng: random.Random) -> str:
    return "ses_" + "".join(rng.choices(ALPHABET, k=LENGTH))


def _node(rng: random.Random) -> Node:
    return rng.choices(NODES, weights=[node.share for node in NODES])[0]


def _lesson(rng: random.Random, group: Group, starts: int, minutes: int, node: Node) -> Lesson:
    wanted = group.may_record and node.recorders and rng.random() < 0.85
    return Lesson(_key(rng), group, starts, starts + minutes * MINUTE, wanted, node)


def _by_teacher(school: School) -> list[Sequence[Group]]:
    found: dict[str, list[Group]] = {}
    for group in school.groups:
        found.setdefault(group.teacher.person.key, []).append(group)
    return list(found.values())


def working_day(school: School, midnight: int, lessons: int, seed: int) -> list[Lesson]:
    """So many lessons between 8:00 and 20:00 of the day that begins at `midnight`, on the quarters."""
    rng = random.Random(f"day {seed} {midnight}")
    planned: list[Lesson] = []
    lanes = [_lane_of_day(rng, groups, midnight) for groups in _by_teacher(school)]
    for lane in cycle(lanes):
        if len(planned) == lessons:
            break
        lesson = next(lane, None)
        if lesson is not None:
            planned.append(lesson)
        elif all(next(each, None) is None for each in lanes):
            break
    return sorted(planned, key=lambda lesson: (lesson.starts, lesson.key))


def _lane_of_day(rng: random.Random, groups: Sequence[Group], midnight: int) -> Iterator[Lesson]:
    at = midnight + 8 * HOUR + rng.randrange(0, 12) * 15 * MINUTE
    for group in cycle(groups):
        minutes = rng.choice(LENGTHS)
        if at + minutes * MINUTE > midnight + 20 * HOUR:
            return
        yield _lesson(rng, group, at, minutes, _node(rng))
        pause = max(10, 2 * group.teacher.buffer_minutes) * MINUTE
        at = -(-(at + minutes * MINUTE + pause) // (15 * MINUTE)) * 15 * MINUTE


class WatchedDay:
    """A day round `now`, dense enough that something happens every few seconds, as long as one watches.

    Instructors teach one session after the other, each somewhere else in theirs when the day is looked at.
    `until(moment)` gives the lessons, in order of their start, that begin before it and were not given yet.
    """

    def __init__(self, school: School, now: int, seed: int, *, back: int = 8 * MINUTE) -> None:
        rng = random.Random(f"watched {seed}")
        teachers = _by_teacher(school)
        self._lanes = [
            _WatchedLane(random.Random(f"lane {seed} {index}"), groups, now, index / len(teachers), back)
            for index, groups in enumerate(rng.sample(teachers, len(teachers)))
        ]

    def until(self, moment: int) -> list[Lesson]:
        found = [lesson for lane in self._lanes for lesson in lane.until(moment)]
        return sorted(found, key=lambda lesson: (lesson.starts, lesson.key))


class _WatchedLane:
    def __init__(
        self, rng: random.Random, groups: Sequence[Group], now: int, phase: float, back: int
    ) -> None:
        self._rng = rng
        self._groups = cycle(groups)
        self._node = _node(rng)
        minutes = rng.choice(WATCHED_LENGTHS)
        pause = self._pause(next(self._groups))
        gone = int(phase * (minutes * MINUTE + pause))
        self._next = _on_the_minute(now - gone)
        self._minutes = minutes
        self._earlier = self._before(now - back)

    def until(self, moment: int) -> Iterator[Lesson]:
        if self._earlier is not None:
            yield self._earlier
            self._earlier = None
        while self._next < moment:
            group = next(self._groups)
            yield _lesson(self._rng, group, self._next, self._minutes, self._node)
            ends = self._next + self._minutes * MINUTE
            self._next = _on_the_minute(ends + self._pause(group))
            self._minutes = self._rng.choice(WATCHED_LENGTHS)

    def _before(self, horizon: int) -> Lesson | None:
        """The lesson before the first, where it ended after the horizon."""
        group = next(self._groups)
        minutes = self._rng.choice(WATCHED_LENGTHS)
        ends = self._next - self._pause(group)
        starts = ends // MINUTE * MINUTE - minutes * MINUTE
        if starts + minutes * MINUTE <= horizon:
            return None
        return _lesson(self._rng, group, starts, minutes, self._node)

    def _pause(self, group: Group) -> int:
        return (2 * group.teacher.buffer_minutes + self._rng.randint(2, 5)) * MINUTE


def _on_the_minute(moment: int) -> int:
    return -(-moment // MINUTE) * MINUTE
