"""A live session's load, as NDJSON in order of arrival: 4 people, a report each per 10 s, a progress and a
poll per 30 s, an utterance per 6 s; one person in fifty has a bad minute, and lines come out of order by
milliseconds.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
PEOPLE = ("iris", "ana", "ben", "cas")


def stamp(seconds: float) -> str:
    moment = START + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def opening(sessions: int) -> list[bytes]:
    """Plans and everyone's arrival: what brings the sessions to life."""
    lines: list[tuple[float, bytes]] = []
    for number in range(sessions):
        told = _Told(number)
        told.add(
            -3600, "session.planned",
            starts_at=stamp(0), ends_at=stamp(3600), instructor=told.who("iris"),
            learners=[told.who(name) for name in PEOPLE[1:]], recording=True, provider="rooms",
            region="eu", node=f"eu-{number % 20}",
        )  # fmt: skip
        told.add(-1200, "room.ready")
        for name in PEOPLE:
            told.add(-60 + told.rng.random(), "participant.joined", name)
            told.add(-58, "track.published", name, source="microphone")
        told.add(5, "recording.started", recorder="r")
        lines += told.lines
    return [line for _, line in sorted(lines, key=lambda one: one[0])]


def lesson(sessions: int, seconds: int) -> list[bytes]:
    """The steady load of so many sessions for so long."""
    lines: list[tuple[float, bytes]] = []
    for number in range(sessions):
        told = _Told(number, "b")
        rng = told.rng
        bad = {name: rng.uniform(0, seconds) if rng.random() < 0.02 else seconds * 2 for name in PEOPLE}
        phases = {name: rng.uniform(0, 10) for name in PEOPLE}
        for step in range(seconds // 10):
            for name, phase in phases.items():
                at = 10 + step * 10 + phase
                worse = bad[name] <= at < bad[name] + 60
                told.add(
                    at, "connection.report", name, interval=10.0, direction="up", freezes=0,
                    loss=0.2 if worse else round(rng.uniform(0, 0.02), 4), rtt_ms=rng.randint(20, 200),
                    jitter_ms=round(rng.uniform(1, 20), 1), audio_level=round(rng.uniform(0.002, 0.3), 5),
                )  # fmt: skip
        for step in range(seconds // 30):
            at = 35 + step * 30 + rng.random()
            told.add(at, "recording.progress", recorder="r", seconds=round(at - 5, 1))
            told.add(10 + step * 30 + rng.uniform(0, 30), "provider.polled", provider="rooms")
        for step in range(seconds // 6):
            at = 10 + step * 6 + rng.random()
            told.add(at, "speech", rng.choice(PEOPLE), ends_at=stamp(at + 4))
        lines += told.lines
    return [line for _, line in sorted(lines, key=lambda one: one[0])]


class _Told:
    """The lines of one session, each with when it arrives."""

    def __init__(self, number: int, tag: str = "a") -> None:
        self.session = f"s-{number}"
        self.number = number
        self.tag = tag
        self.rng = random.Random(f"{tag}{number}")
        self.lines: list[tuple[float, bytes]] = []

    def who(self, name: str) -> str:
        return f"{name}-{self.number}"

    def add(self, at: float, kind: str, name: str | None = None, **data: object) -> None:
        arrives = at + self.rng.uniform(0.01, 0.3)
        line: dict[str, object] = {
            "id": f"{self.session}-{self.tag}{len(self.lines)}",
            "session": self.session,
            "kind": kind,
            "at": stamp(at),
            "received_at": stamp(arrives),
            "data": data,
        }
        if name is not None:
            line["participant"] = self.who(name)
        self.lines.append((arrives, json.dumps(line, separators=(",", ":")).encode()))
