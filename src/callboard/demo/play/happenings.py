"""The events that a script makes: a pure function of it and a stretch of time, however that is cut up.

An event's id is made of what it is, when and whose, so that playing a stretch twice is playing it once, and
another script that agrees with this one up to now makes the same events up to now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from callboard.demo.play.script import SECOND, Part, Script, Take
from callboard.demo.play.spans import covers

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MASK = (1 << 64) - 1


class Happening(NamedTuple):
    """One event, before it is written down. `at` in milliseconds since 1970."""

    at: int
    id: str
    session: str
    kind: str
    participant: str | None
    data: dict[str, Any]

    def told(self) -> dict[str, Any]:
        """As the ingest API takes it."""
        told: dict[str, Any] = {
            "id": self.id,
            "session": self.session,
            "kind": self.kind,
            "at": stamp(self.at),
        }
        if self.participant is not None:
            told["participant"] = self.participant
        if self.data:
            told["data"] = self.data
        return told


@dataclass(frozen=True)
class Cadence:
    """How often the steady ones come, in milliseconds; 0: not at all."""

    report: int = 10 * SECOND
    speech: int = 6 * SECOND
    progress: int = 30 * SECOND


LIVE = Cadence()
FINE = 10 * SECOND
FIRST_PROGRESS = 5 * SECOND  # after a recorder's start it says that it records


def stamp(at: int) -> str:
    """RFC 3339 in UTC, with milliseconds."""
    moment = _EPOCH + timedelta(milliseconds=at)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z"


def chance(*numbers: int) -> float:
    """A number in [0, 1) that these numbers always give."""
    state = 0x9E3779B97F4A7C15
    for number in numbers:
        state = ((state ^ number) * 0xBF58476D1CE4E5B9) & _MASK
        state ^= state >> 29
    state = (state * 0x94D049BB133111EB) & _MASK
    return ((state ^ (state >> 31)) >> 11) / (1 << 53)


def events(script: Script, since: int, until: int, cadence: Cadence = LIVE) -> list[Happening]:
    """What happens in [since, until), in order."""
    found = [each for each in milestones(script) if since <= each.at < until]
    found += steady(script, since, until, cadence)
    return sorted(found, key=_order)


def milestones(script: Script) -> list[Happening]:
    """What happens once: the room, joins and leaves, tracks, recorders. In order, of the whole session."""
    found = [*_room(script)]
    for part in script.parts:
        found += _comings(script, part)
    for take in script.takes:
        found += _recorder(script, take)
    return sorted((each for each in found if not covers(script.hushed, each.at)), key=_order)


def steady(script: Script, since: int, until: int, cadence: Cadence = LIVE) -> list[Happening]:
    """What happens over and over within [since, until): reports, speech, a recorder's progress. In no
    order.
    """
    found: list[Happening] = []
    for number, part in enumerate(script.parts if cadence.report else ()):
        if part.stays and part.stays[0][0] < until and part.stays[-1][1] > since:
            found += _reports(script, part, number, since, until, cadence.report)
    if cadence.speech:
        found += _speech(script, since, until, cadence.speech)
    if cadence.progress:
        for take in script.takes:
            found += _progress(script, take, since, until, cadence.progress)
    if script.hushed:
        return [each for each in found if not covers(script.hushed, each.at)]
    return found


def _order(happening: Happening) -> tuple[int, str]:
    return happening.at, happening.id


def _event(
    script: Script, at: int, code: str, kind: str, participant: str | None = None, **data: Any
) -> Happening:
    whose = participant or data.get("recorder", "")
    return Happening(at, f"{code}-{at}-{whose}", script.session, kind, participant, data)


def _room(script: Script) -> Iterator[Happening]:
    if script.ready is not None:
        yield _event(script, script.ready, "rr", "room.ready")
    arrivals = [part.stays[0][0] for part in script.parts if part.stays]
    if arrivals:
        yield _event(script, min(arrivals) - 150, "rs", "room.started")
    for gone, again in script.lost:
        node = {} if script.node is None else {"node": script.node}
        yield _event(script, gone, "rl", "room.lost", **node)
        yield _event(script, again, "rr", "room.ready")
    if script.closed is not None:
        yield _event(script, script.closed, "re", "room.ended")


def _comings(script: Script, part: Part) -> Iterator[Happening]:
    who = part.participant
    for start, end in part.stays:
        yield _event(script, start, "pj", "participant.joined", who)
        if script.closed is None or end < script.closed:
            yield _event(script, end, "pl", "participant.left", who)
        if not covers(part.off, start + SECOND):
            yield _event(script, start + SECOND, "tp", "track.published", who, source="microphone")
        yield _event(script, start + 1_400, "tc", "track.published", who, source="camera")
        for begins, stops in part.off:
            if start + SECOND < begins < end:
                yield _event(script, begins, "tu", "track.unpublished", who, source="microphone")
            if start < stops < end:
                yield _event(script, stops, "tp", "track.published", who, source="microphone")
        for begins, stops in part.muted:
            if start + SECOND < begins < end:
                yield _event(script, begins, "tm", "track.muted", who, source="microphone")
            if start + SECOND < begins < stops < end:
                yield _event(script, stops, "tn", "track.unmuted", who, source="microphone")


def _recorder(script: Script, take: Take) -> Iterator[Happening]:
    name = take.recorder
    yield _event(script, take.start, "ro", "recording.started", None, recorder=name)
    kind = f"recording.{take.how}"
    yield _event(script, take.end, "rx", kind, None, recorder=name)
    if take.file_at is not None:
        seconds = round(take.seconds_at(take.end) * take.share, 1)
        size = int(seconds * 96_000)
        yield _event(
            script, take.file_at, "rf", "recording.file", None,
            recorder=name, seconds=seconds, bytes=size, silent=take.silent,
        )  # fmt: skip


def _first_on_grid(phase: int, step: int, since: int) -> int:
    return phase + -(-(since - phase) // step) * step


def _reports(
    script: Script, part: Part, number: int, since: int, until: int, step: int
) -> Iterator[Happening]:
    for start, end in part.stays:
        first = _first_on_grid(part.phase, step, max(since, start + step))
        for at in range(first, min(until, end), step):
            rough = None
            if step <= FINE:  # a report over a minute would make a moment's trouble a minute's
                rough = next((each for each in part.rough if each.span[0] < at <= each.span[1]), None)
            draw = chance(script.seed, number, at)
            data: dict[str, Any] = {"interval": step // SECOND, "direction": "up", "freezes": 0}
            if rough is not None and rough.direction == "up":
                data.update(loss=rough.loss, jitter_ms=rough.jitter_ms, rtt_ms=rough.rtt_ms)
            else:
                data.update(
                    loss=round(0.012 * draw, 4),
                    jitter_ms=round(3 + 14 * draw, 1),
                    rtt_ms=round(35 + 110 * draw),
                )
            if covers(part.dead, at - 1):
                data["audio_level"] = 0.0
            elif not covers(part.off, at) and not covers(part.muted, at):
                data["audio_level"] = round(0.01 + 0.2 * draw, 4)
            yield _event(script, at, "cr", "connection.report", part.participant, **data)
            if rough is not None and rough.direction == "down":
                yield _event(
                    script, at, "cd", "connection.report", part.participant, interval=step // SECOND,
                    direction="down", loss=rough.loss, jitter_ms=rough.jitter_ms, rtt_ms=rough.rtt_ms,
                )  # fmt: skip
            elif any(each.direction == "down" and each.span[1] < at for each in part.rough):
                yield _event(
                    script, at, "cd", "connection.report", part.participant, interval=step // SECOND,
                    direction="down", loss=0.002, jitter_ms=8.0, rtt_ms=90.0,
                )  # fmt: skip


def _speech(script: Script, since: int, until: int, step: int) -> Iterator[Happening]:
    live, others = script.live(), _others(script)
    for start, end in live:
        first = _first_on_grid(script.starts, step, max(since, start + 2 * SECOND))
        for at in range(first, min(until, end), step):
            draw = chance(script.seed, 77, at)
            if draw < 0.15:  # nobody says anything
                continue
            speaker = script.parts[0] if draw < 0.6 else script.parts[1 + int(draw * 1e6) % others]
            silent = (*speaker.off, *speaker.muted, *speaker.dead)
            length = int(step * (0.15 + 0.7 * ((draw * 1e4) % 1)))
            if covers(speaker.stays, at) and not covers(silent, at):
                yield _event(script, at, "sp", "speech", speaker.participant, ends_at=stamp(at + length))


def _others(script: Script) -> int:
    return max(1, sum(part.role == "learner" for part in script.parts))


def _progress(script: Script, take: Take, since: int, until: int, step: int) -> Iterator[Happening]:
    first = _first_on_grid(take.start, step, max(since, take.start + step))
    moments = [*range(first, min(until, take.end), step)]
    if since <= take.start + FIRST_PROGRESS < min(until, take.end):
        moments.append(take.start + FIRST_PROGRESS)
    for at in moments:
        yield _event(
            script, at, "rp", "recording.progress", None,
            recorder=take.recorder, seconds=round(take.seconds_at(at), 1),
        )  # fmt: skip
    # A provider that says nothing for a while is heard right before and right after it.
    for start, end in script.hushed:
        for at in (start - 500, end):
            if max(since, take.start + step) <= at < min(until, take.end):
                yield _event(
                    script, at, "rp", "recording.progress", None,
                    recorder=take.recorder, seconds=round(take.seconds_at(at), 1),
                )  # fmt: skip
