"""Seeded school days for the engine: sessions in which anything may go wrong, and ways for lines to arrive.

A day is made of events in order of their times. What should come of it is not known here: the tests compare
one way of arriving with another.
"""

from __future__ import annotations

import random
from collections.abc import Iterable

from callboard.live.engine.events import (
    Joined,
    LogEvent,
    Plan,
    Polled,
    Progress,
    Recorder,
    Report,
    Speech,
    Track,
)
from callboard.live.engine.moments import MINUTE, SECOND

NINE = 1_772_442_000 * SECOND
PEOPLE = ("ana", "ben", "cas")


class Day:
    """Everything that is told of one day; ids count up in each session."""

    def __init__(self, seed: int, sessions: int = 6) -> None:
        self.rng = random.Random(seed)
        self.events: list[LogEvent] = []
        self.counts: dict[str, int] = {}
        for number in range(sessions):
            self._session(f"s-{number}", NINE + number % 3 * 15 * MINUTE, f"iris-{number % 4}")
        for moment in range(-20, 110):
            if not 40 < moment < self.rng.choice([41, 43]):
                self.add("s-0", "provider.polled", NINE + moment * MINUTE, None, Polled("rooms"))
        self.events.sort(key=lambda event: (event.at, event.session, event.id))

    def add(self, session: str, kind: str, at: int, who: str | None = None, data: object = None) -> None:
        self.counts[session] = self.counts.get(session, 0) + 1
        event_id = f"{session}-{self.counts[session]:04d}"
        self.events.append(LogEvent(0, session, event_id, kind, at, who, data))

    def _session(self, name: str, start: int, teacher: str) -> None:
        rng = self.rng
        end = start + 50 * MINUTE
        plan = Plan(
            start, end, teacher, PEOPLE, True, "rooms", rng.choice(["eu", "us"]), f"n-{rng.randint(1, 2)}"
        )
        self.add(name, "session.planned", start - rng.randint(5, 90) * MINUTE, None, plan)
        if rng.random() < 0.3:
            moved = Plan(start + 5 * MINUTE, end, teacher, PEOPLE[:2], True, "rooms", plan.region, plan.node)
            self.add(name, "session.planned", start - rng.randint(-10, 60) * MINUTE, None, moved)
        if rng.random() < 0.8:
            self.add(name, "room.ready", start - rng.randint(10, 25) * MINUTE)
        over = end + rng.randint(-20, 14) * MINUTE
        for who in (teacher, *PEOPLE, *(["eve"] if rng.random() < 0.2 else [])):
            if rng.random() < 0.95:
                self._person(name, who, start, over, who == teacher)
        self._recorders(name, start, over)
        if rng.random() < 0.1:
            self.add(name, "session.cancelled", start + rng.randint(-30, 30) * MINUTE)
        if rng.random() < 0.8:
            self.add(name, "room.ended", over)
        if rng.random() < 0.7:
            file = Recorder("r-0", rng.uniform(100, 3000), 10, rng.random() < 0.2)
            self.add(name, "recording.file", over + rng.randint(1, 40) * MINUTE, None, file)

    def _person(self, name: str, who: str, start: int, over: int, teaches: bool) -> None:
        rng = self.rng
        moment = start + rng.randint(-300, 700) * SECOND
        while moment < over:
            until = min(over, moment + rng.randint(30, 3000) * SECOND)
            self.add(name, "participant.joined", moment, who, Joined())
            self._stay(name, who, moment, until, teaches)
            if until < over or rng.random() < 0.6:
                self.add(name, "participant.left", until, who)
            moment = until + rng.randint(20, 400) * SECOND

    def _stay(self, name: str, who: str, start: int, until: int, teaches: bool) -> None:
        rng = self.rng
        if rng.random() < 0.8:
            self.add(name, "track.published", start + SECOND, who, Track())
        if rng.random() < 0.3:
            self.add(
                name, rng.choice(["track.muted", "track.unpublished"]), start + 90 * SECOND, who, Track()
            )
        bad, dead = rng.random() < 0.2, teaches and rng.random() < 0.3
        for moment in range(start + 10 * SECOND, until, 10 * SECOND):
            worse = bad and rng.random() < 0.6
            level = 0.0 if dead else rng.choice([0.0, 0.01, 0.2])
            report = Report(10.0, "up", 0.2 if worse else 0.01, 5.0, 80.0, level)
            self.add(name, "connection.report", moment, who, report)
            if rng.random() < 0.2:
                self.add(name, "speech", moment, who, Speech(moment + rng.randint(1, 20) * SECOND))

    def _recorders(self, name: str, start: int, over: int) -> None:
        rng = self.rng
        moment, number = start + rng.randint(0, 90) * SECOND, 0
        while moment < over and number < 4:
            recorder, until = f"r-{number}", min(over, moment + rng.randint(60, 4000) * SECOND)
            self.add(name, "recording.started", moment, None, Recorder(recorder))
            stuck = rng.random() < 0.2
            for step in range(1, (until - moment) // (30 * SECOND)):
                total = 30.0 * (min(step, 3) if stuck else step)
                at = moment + step * 30 * SECOND
                self.add(name, "recording.progress", at, None, Progress(total, recorder))
            self.add(
                name, rng.choice(["recording.stopped", "recording.failed"]), until, None, Recorder(recorder)
            )
            moment, number = until + rng.randint(10, 120) * SECOND, number + 1


def arriving(
    events: Iterable[LogEvent], seed: int, late: float, doubled: float, most: int = 90
) -> list[LogEvent]:
    """The events as they arrive: some late by up to `most` seconds, some twice."""
    rng = random.Random(seed)
    lines: list[LogEvent] = []
    for event in events:
        delay = rng.randint(1, most * SECOND) if rng.random() < late else rng.randint(0, 400_000)
        lines.append(_received(event, event.at + delay))
        if rng.random() < doubled:
            lines.append(_received(event, event.at + delay + rng.randint(0, 30 * SECOND)))
    return sorted(lines, key=lambda event: event.received_at or 0)


def _received(event: LogEvent, at: int) -> LogEvent:
    return LogEvent(
        event.organization, event.session, event.id, event.kind, event.at, event.participant, event.data, at
    )
