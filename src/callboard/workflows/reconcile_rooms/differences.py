"""What a look into a room says that our evidence does not: pure, and the heart of the matter.

What was known was read before the provider was asked. So whoever is known to be in and is not there has
left, whatever clocks say; and what a webhook tells meanwhile has the id that is given here, so that the two
are one. An id that is spent already, for evidence that the provider contradicts, gets the moment added.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from callboard.sessions.ports import PersonSeen, RecorderSeen, RoomSeen
from callboard.workflows.reconcile_rooms.evidence import NOT_YET, OURS, Known

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST: Final = 200  # of an id in the log
PROGRESS: Final = 1.0  # seconds that are worth a line


@dataclass(frozen=True)
class Said:
    """One piece of evidence to be written. `at` in microseconds since 1970."""

    id: str
    kind: str
    at: int
    participant: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def differences(known: Known, seen: RoomSeen, asked: int, *, stands: bool, records: bool) -> list[Said]:
    """What is to be written so that our evidence says what was seen, in order of its times.

    `asked` is when the look began. `stands`: the provider has the room; `records`: it tells of all its
    recorders, so that one it does not mention has stopped.
    """
    people = [one for one in seen.people if not one.hidden and 0 < len(one.identity) <= LONGEST]
    said = [*_room(known, people, asked, stands), *_came(known, people, asked), *_left(known, people, asked)]
    said += _tracks(known, people, asked)
    said += _recorders(known, seen, asked, records)
    said.sort(key=lambda one: one.at)
    return [one for one in said if len(one.id) <= LONGEST]


def _room(known: Known, people: list[PersonSeen], asked: int, stands: bool) -> Iterator[Said]:
    if people and known.is_over:
        first = min(micros(one.joined_at) for one in people)
        at = min(asked, first) if first > known.ended else max(asked, known.ended + 1)
        yield Said(f"started-{at}", "room.started", at)
    elif not stands and not people and known.has_begun and not known.is_over:
        yield Said(f"ended-{asked}", "room.ended", asked)


def _came(known: Known, people: list[PersonSeen], asked: int) -> Iterator[Said]:
    for one in people:
        if known.is_in(one.identity, one.connection):
            continue
        back = known.back_from(one.identity, one.connection)
        at = min(micros(one.joined_at), asked)
        if at < back:
            at = max(asked, back)
        yield Said(
            known.fresh(f"join-{one.connection}", asked), "participant.joined", at, one.identity,
            {"connection": one.connection},
        )  # fmt: skip


def _left(known: Known, people: list[PersonSeen], asked: int) -> Iterator[Said]:
    there = {(one.identity, one.connection) for one in people}
    who_is_there = {one.identity for one in people}
    for who, connection in known.inside():
        if (who, connection) in there or (not connection and who in who_is_there):
            continue
        at = max(asked, known.connections[who, connection].began + 1)
        if connection:
            id_ = known.fresh(f"left-{connection}", asked)
            yield Said(id_, "participant.left", at, who, {"connection": connection})
        else:
            yield Said(f"left-{who}-{asked}", "participant.left", at, who)


def _tracks(known: Known, people: list[PersonSeen], asked: int) -> Iterator[Said]:
    """One who has just come is told of with what they have open; the tracks of one who left go with them."""
    seen: dict[str, dict[str, tuple[str, bool]]] = {}
    for one in people:
        mine = seen.setdefault(one.identity, {})
        mine.update({track.id: (track.source, track.muted) for track in one.tracks if track.id})
    for who, tracks in seen.items():
        open_ = known.open_tracks(who)
        for name, track in open_.items():
            if name not in tracks:
                # A moment before what is published now: another microphone of theirs may be open.
                at = max(asked - 1, track.began + 1)
                id_ = known.fresh(f"track-{name}-unpublished", asked)
                yield Said(id_, "track.unpublished", at, who, {"source": track.source})
        for name, (source, muted) in tracks.items():
            data = {"source": source}
            if name not in open_:
                at = max(asked, known.tracks[who, name].ended + 1 if (who, name) in known.tracks else NOT_YET)
                id_ = known.fresh(f"track-{name}-published", asked)
                yield Said(id_, "track.published", at, who, data)
            if muted != (name in open_ and open_[name].is_muted):
                what = "muted" if muted else "unmuted"
                yield Said(f"track-{name}-{what}-{asked}", f"track.{what}", asked + 1, who, data)


def _recorders(known: Known, seen: RoomSeen, asked: int, records: bool) -> Iterator[Said]:
    for one in seen.recorders:
        if one.recorder and one.status != "starting":
            yield from _recorder(known, one, asked)
    if records:
        mentioned = {one.recorder for one in seen.recorders}
        for name in known.running():
            if name and name not in mentioned and not name.startswith(OURS):
                yield _stopped(known, name, "stopped", asked, asked)


def _recorder(known: Known, one: RecorderSeen, asked: int) -> Iterator[Said]:
    name, data = one.recorder, {"recorder": one.recorder}
    was = known.recorders.get(name)
    runs = one.status == "running"
    began = asked if one.started_at is None else min(micros(one.started_at), asked)
    if was is None or was.began == NOT_YET or (runs and not was.open):
        if not runs and one.started_at is None:
            began = NOT_YET  # it never ran, and says so only by its end
        elif was is not None and began <= was.ended and runs:
            began = max(asked, was.ended + 1)
        if began > NOT_YET:
            yield Said(known.fresh(f"rec-{name}-started", asked), "recording.started", began, None, data)
    if runs and one.seconds is not None and one.seconds >= (0.0 if was is None else was.seconds) + PROGRESS:
        id_ = known.fresh(f"rec-{name}-at-{round(one.seconds)}", asked)
        yield Said(id_, "recording.progress", max(asked, began), None, {**data, "seconds": one.seconds})
    if not runs and (was is None or was.open or was.ended == NOT_YET):
        end = asked if one.stopped_at is None else min(micros(one.stopped_at), asked)
        yield _stopped(known, name, "failed" if one.status == "failed" else "stopped", end, asked)


def _stopped(known: Known, name: str, how: str, at: int, asked: int) -> Said:
    was = known.recorders.get(name)
    at = at if was is None else max(at, was.began + 1)
    return Said(known.fresh(f"rec-{name}-{how}", asked), f"recording.{how}", at, None, {"recorder": name})
