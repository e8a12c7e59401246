"""What a look into a room says that our evidence does not: pure, and the heart of the matter.

What was known was read before the provider was asked. So whoever is known to be in and is not there has
left, whatever clocks say; but what providers answer is itself some seconds old, so nothing that we were told
within the last ten is contradicted. What a webhook tells meanwhile has the id that is given here, so that the
two are one. An id that is spent already, for evidence that the provider contradicts, gets the moment added.

A provider may not tell connections apart, or tracks (an empty `connection`, an empty `id`): then only how
many of a person's there are is compared, and those that lasted longest are taken to have ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from callboard.live.engine.events import GRADES
from callboard.sessions.ports import PersonSeen, RecorderSeen, RoomSeen
from callboard.workflows.reconcile_rooms import counting
from callboard.workflows.reconcile_rooms.evidence import NOT_YET, OURS, Known
from callboard.workflows.reconcile_rooms.saying import (
    SETTLES,
    Said,
    came,
    left,
    micros,
    published,
    settled,
    stopped,
    unpublished,
)

__all__ = ["Said", "differences", "micros"]

LONGEST: Final = 200  # of an id in the log
PROGRESS: Final = 1.0  # seconds that are worth a line
GRADED_FOR: Final = 20.0  # seconds that a grade stands for: from one look to the next


def differences(known: Known, seen: RoomSeen, asked: int, *, stands: bool, records: bool) -> list[Said]:
    """What is to be written so that our evidence says what was seen, in order of its times.

    `asked` is when the look began. `stands`: the provider has the room; `records`: it tells of all its
    recorders, so that one it does not mention has stopped.
    """
    people = [one for one in seen.people if not one.hidden and 0 < len(one.identity) <= LONGEST]
    said = [*_room(known, people, asked, stands), *_came(known, people, asked), *_left(known, people, asked)]
    said += counting.people(known, people, asked)
    said += _tracks(known, people, asked)
    said += counting.tracks(known, people, asked)
    said += _recorders(known, seen, asked, records)
    said += _grades(people, asked)
    said.sort(key=lambda one: one.at)
    return [one for one in said if len(one.id) <= LONGEST]


def _room(known: Known, people: list[PersonSeen], asked: int, stands: bool) -> Iterator[Said]:
    if people and known.is_over and known.heard <= asked - SETTLES:
        first = min(micros(one.joined_at) for one in people)
        at = min(asked, first) if first > known.ended else max(asked, known.ended + 1)
        yield Said(f"started-{at}", "room.started", at)
    elif not stands and not people and known.has_begun and not known.is_over:
        yield Said(f"ended-{asked}", "room.ended", asked)


def _came(known: Known, people: list[PersonSeen], asked: int) -> Iterator[Said]:
    for one in people:
        key = (one.identity, one.connection)
        if not one.connection or known.is_in(*key) or not settled(known.connections.get(key), asked):
            continue
        yield came(known, one.identity, one.connection, micros(one.joined_at), asked)


def _left(known: Known, people: list[PersonSeen], asked: int) -> Iterator[Said]:
    there = {(one.identity, one.connection) for one in people}
    who_is_there = {one.identity for one in people}
    counted = {one.identity for one in people if not one.connection}
    for who, connection in known.inside():
        if (who, connection) in there or who in counted or (not connection and who in who_is_there):
            continue
        if settled(known.connections[who, connection], asked):
            yield left(known, who, connection, asked)


def _tracks(known: Known, people: list[PersonSeen], asked: int) -> Iterator[Said]:
    """One who has just come is told of with what they have open; the tracks of one who left go with them."""
    seen: dict[str, dict[str, tuple[str, bool]]] = {}
    for one in people:
        key = (one.identity, one.connection)
        there = known.is_in(*key) or settled(known.connections.get(key), asked)
        if there and one.connection and all(track.id for track in one.tracks):
            mine = seen.setdefault(one.identity, {})
            mine.update({track.id: (track.source, track.muted) for track in one.tracks})
    for who, tracks in seen.items():
        open_ = known.open_tracks(who)
        for name, track in open_.items():
            if name not in tracks and settled(track, asked):
                yield unpublished(known, who, name, asked)
        for name, (source, muted) in tracks.items():
            if name in open_ or settled(known.tracks.get((who, name)), asked):
                if name not in open_:
                    yield published(known, who, name, source, asked)
                if muted != (name in open_ and open_[name].is_muted) and settled(open_.get(name), asked):
                    what = "muted" if muted else "unmuted"
                    yield Said(f"track-{name}-{what}-{asked}", f"track.{what}", asked + 1, who,
                               {"source": source})  # fmt: skip


def _grades(people: list[PersonSeen], asked: int) -> Iterator[Said]:
    """Each look is a report of a connection that its provider gives nothing but a grade."""
    for one in people:
        if one.grade in GRADES:
            id_ = f"grade-{one.connection or one.identity}-{asked}"
            data = {"interval": GRADED_FOR, "direction": "up", "grade": one.grade}
            yield Said(id_, "connection.report", asked, one.identity, data)


def _recorders(known: Known, seen: RoomSeen, asked: int, records: bool) -> Iterator[Said]:
    for one in seen.recorders:
        if one.recorder and one.status != "starting":
            yield from _recorder(known, one, asked)
    if records:
        mentioned = {one.recorder for one in seen.recorders}
        for name in known.running():
            theirs = name and not name.startswith(OURS)
            if theirs and name not in mentioned and settled(known.recorders[name], asked):
                yield stopped(known, name, "stopped", asked, asked)


def _recorder(known: Known, one: RecorderSeen, asked: int) -> Iterator[Said]:
    name, data = one.recorder, {"recorder": one.recorder}
    was = known.recorders.get(name)
    if not settled(was, asked) and one.status != "complete":
        return
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
        yield stopped(known, name, "failed" if one.status == "failed" else "stopped", end, asked)
    if one.status == "complete" and one.bytes is not None and (was is None or not was.file):
        length = {} if one.seconds is None else {"seconds": round(one.seconds, 3)}
        end = asked if one.stopped_at is None else min(micros(one.stopped_at), asked)
        yield Said(known.fresh(f"rec-{name}-file", asked), "recording.file", end, None,
                   {**data, **length, "bytes": one.bytes})  # fmt: skip
