"""A small cast and a short way to write down what happened in one session, by the second."""

from __future__ import annotations

from typing import Any

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
from callboard.live.engine.outputs import (
    Cleared,
    Incident,
    IncidentChanged,
    IncidentRaised,
    IncidentWithdrawn,
    Output,
    Raised,
    Reopened,
    Withdrawn,
)
from callboard.live.engine.thresholds import DEFAULT, Rules
from callboard.live.engine.world import World

START = 1_772_467_200 * SECOND
"""When the lesson starts, 2026-03-02T16:00:00Z."""

LENGTH = 60 * MINUTE

Row = tuple[str, str | None, float, float | None]
"""A case: kind, participant, raised and cleared in seconds from the planned start."""


def at(seconds: float) -> int:
    return START + round(seconds * SECOND)


def plan(**changes: Any) -> Plan:
    """Iris teaches Ana and Ben for an hour, recorded."""
    values: dict[str, Any] = {
        "starts_at": START,
        "ends_at": START + LENGTH,
        "instructor": "iris",
        "learners": ("ana", "ben"),
        "recording": False,
        "provider": "rooms",
        "region": "eu",
        "node": "eu-2",
    }
    return Plan(**{**values, **changes})


class Lesson:
    """Writes events of one session, with ids in the order of writing."""

    def __init__(self, session: str = "s-1") -> None:
        self.session = session
        self.events: list[LogEvent] = []

    def add(
        self,
        kind: str,
        seconds: float,
        who: str | None = None,
        data: Any = None,
        arrives: float | None = None,
    ) -> Lesson:
        number = len(self.events) + 1
        received = None if arrives is None else at(arrives)
        event = LogEvent(0, self.session, f"{self.session}-{number}", kind, at(seconds), who, data, received)
        self.events.append(event)
        return self

    def planned(self, seconds: float = -7200, arrives: float | None = None, **changes: Any) -> Lesson:
        return self.add("session.planned", seconds, None, plan(**changes), arrives)

    def ready(self, seconds: float = -1200) -> Lesson:
        return self.add("room.ready", seconds)

    def join(self, who: str, seconds: float, arrives: float | None = None, role: str | None = None) -> Lesson:
        return self.add("participant.joined", seconds, who, Joined(role), arrives)

    def leave(self, who: str, seconds: float, arrives: float | None = None) -> Lesson:
        return self.add("participant.left", seconds, who, None, arrives)

    def all_in(self, seconds: float = -60) -> Lesson:
        for who in ("iris", "ana", "ben"):
            self.join(who, seconds)
        return self

    def track(self, what: str, who: str, seconds: float, arrives: float | None = None) -> Lesson:
        return self.add(f"track.{what}", seconds, who, Track("microphone"), arrives)

    def report(self, who: str, seconds: float, arrives: float | None = None, **figures: Any) -> Lesson:
        return self.add("connection.report", seconds, who, Report(**figures), arrives)

    def speech(self, who: str, seconds: float, until: float, arrives: float | None = None) -> Lesson:
        return self.add("speech", seconds, who, Speech(at(until)), arrives)

    def recorder(
        self, what: str, when: float, name: str = "rec-1", arrives: float | None = None, **data: Any
    ) -> Lesson:
        return self.add(f"recording.{what}", when, None, Recorder(name, **data), arrives)

    def progress(self, seconds: float, total: float, name: str = "rec-1") -> Lesson:
        return self.add("recording.progress", seconds, None, Progress(total, name))

    def poll(self, seconds: float, provider: str = "rooms") -> Lesson:
        return self.add("provider.polled", seconds, None, Polled(provider))


class Heard:
    """What a world said, as the last word stands."""

    def __init__(self) -> None:
        self.open: dict[tuple[str, str, str | None, int], tuple[Raised, int | None]] = {}
        self.withdrawn: list[tuple[Raised, int]] = []
        self.incidents: dict[tuple[str, str, int], Incident] = {}
        self.said: list[Output] = []

    def hear(self, output: Output) -> None:
        self.said.append(output)
        match output:
            case Raised():
                self.open[self._key(output)] = (output, None)
            case Cleared():
                self.open[self._key(output)] = (self.open[self._key(output)][0], output.cleared_at)
            case Reopened():
                self.open[self._key(output)] = (self.open[self._key(output)][0], None)
            case Withdrawn():
                self.withdrawn.append((self.open.pop(self._key(output))[0], output.withdrawn_at))
            case IncidentRaised() | IncidentChanged():
                one = output.incident
                self.incidents[one.key, one.kind, one.raised_at] = one
            case IncidentWithdrawn():
                one = output.incident
                del self.incidents[one.key, one.kind, one.raised_at]

    @staticmethod
    def _key(one: Raised | Cleared | Reopened | Withdrawn) -> tuple[str, str, str | None, int]:
        return (one.session, one.kind, one.participant, one.raised_at)

    def rows(self, session: str = "s-1") -> list[Row]:
        """Its cases in order of their times."""
        found = [
            (one.kind, one.participant, _seconds(one.raised_at), None if end is None else _seconds(end))
            for one, end in self.open.values()
            if one.session == session
        ]
        return sorted(found, key=lambda row: (row[2], row[0], row[1] or ""))

    def final(self) -> list[tuple[str, str, str, int, int]]:
        """Everything that holds at the end, of all sessions, without when it was noticed."""
        return sorted(
            (one.session, one.kind, one.participant or "", one.raised_at, end or 0)
            for one, end in self.open.values()
        )


def _seconds(moment: int) -> float:
    return (moment - START) / SECOND


def play(
    events: list[LogEvent],
    until: float | None = None,
    rules: Rules = DEFAULT,
    partitions: int = 1,
    judge_quiet: bool = False,
) -> Heard:
    """Lets the events arrive in their order, then lets time pass until `until`."""
    heard = Heard()
    world = World(heard.hear, rules, partitions, judge_quiet)
    latest = 0
    for event in events:
        latest = max(latest, event.at)
        world.arrive(event, max(world.now, latest if event.received_at is None else event.received_at))
    world.run(at(until) if until is not None else max(latest, world.now) + 35 * MINUTE)
    return heard


def cases(lesson: Lesson, until: float | None = None) -> list[Row]:
    """The lesson's cases in the end."""
    events = sorted(
        lesson.events, key=lambda event: event.at if event.received_at is None else event.received_at
    )
    return play(events, until).rows(lesson.session)
