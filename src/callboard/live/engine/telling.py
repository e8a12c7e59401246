"""What a session says: the difference between what it has told and what it now holds to be so."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from callboard.live.engine.events import Plan
from callboard.live.engine.fold import NEVER, Fold
from callboard.live.engine.kinds import KINDS
from callboard.live.engine.outputs import (
    AttendanceChanged,
    Case,
    Cleared,
    ExpectationChanged,
    Output,
    Place,
    Raised,
    Reopened,
    SessionChanged,
    Withdrawn,
)
from callboard.live.engine.presence import Presence
from callboard.live.engine.promises import Promise, promises
from callboard.live.engine.recording import Recording
from callboard.live.engine.thresholds import OFF
from callboard.live.engine.wording import sentence


class Told:
    """What has been said of a session apart from its cases."""

    __slots__ = ("attendance", "promise_due", "promises", "status")

    def __init__(self) -> None:
        self.promises: dict[tuple[str, str | None], Promise] = {}
        self.promise_due = NEVER
        self.attendance: dict[str, tuple[Any, ...]] = {}
        self.status: tuple[str, int | None, int | None] | None = None


class Speaker(Protocol):
    """The session that speaks, as far as its words need it."""

    organization: int
    name: str
    kinds: frozenset[str] | None
    cases_alone: bool
    told: Told
    presence: Fold[Presence]
    recording: Fold[Recording]

    @property
    def plan(self) -> Plan | None: ...
    def place(self) -> Place: ...
    def told_cases(self) -> dict[tuple[str, str | None, int], int | None]: ...
    def all_cases(self) -> list[Case]: ...


def say_cases(machine: Speaker, fold: Fold[Any], now: int, out: list[Output]) -> None:
    """Cases of this fold that are new, have cleared, have opened again, or are taken back."""
    book = fold.state.book
    if book is None:
        _say_gone(machine, fold, now, out)
        return
    if not book.touched:
        return
    book.touched = False
    told = fold.told
    if not told and not book.cases:
        return
    organization, session = machine.organization, machine.name
    current = {
        (case.kind, case.participant, case.raised_at): case
        for case in book.cases
        if case.severity != OFF and (machine.kinds is None or (case.of or case.kind) in machine.kinds)
    }
    for key in [key for key in told if key not in current]:
        del told[key]
        out.append(Withdrawn(organization, session, key[0], key[1], key[2], now))
    for key, case in current.items():
        if key not in told:
            told[key] = None
            out.append(_raised(machine, case, now))
        if told[key] != case.cleared_at:
            told[key] = case.cleared_at
            if case.cleared_at is None:
                out.append(Reopened(organization, session, case.kind, case.participant, case.raised_at, now))
            else:
                out.append(
                    Cleared(
                        organization,
                        session,
                        case.kind,
                        case.participant,
                        case.raised_at,
                        case.cleared_at,
                        now,
                    )
                )


def rebuilt_outputs(
    machine: Speaker, announced: dict[tuple[str, str | None, int], int | None], now: int
) -> list[Output]:
    """What a session that was judged anew has to say, to whom `announced` had been said."""
    organization, session = machine.organization, machine.name
    current = machine.told_cases()
    out: list[Output] = [
        Withdrawn(organization, session, *key, now) for key in announced if key not in current
    ]
    for case in machine.all_cases():
        key = (case.kind, case.participant, case.raised_at)
        if key not in announced:
            out.append(_raised(machine, case, now))
        if announced.get(key) != case.cleared_at:
            if case.cleared_at is None:
                out.append(Reopened(organization, session, *key, now))
            else:
                out.append(Cleared(organization, session, *key, case.cleared_at, now))
    told = machine.told
    told.attendance, told.promises, told.status = {}, {}, None
    say_room(machine, now, out)
    say_promises(machine, now, out)
    return out


def _raised(machine: Speaker, case: Case, now: int) -> Raised:
    return Raised(
        machine.organization,
        machine.name,
        case.kind,
        case.participant,
        case.severity or KINDS[case.kind].severity,
        case.raised_at,
        now,
        sentence(case.key, case.params),
        case.key,
        case.params,
        case.evidence,
        _place(machine, case),
        case.of,
        case.rules,
    )


def _place(machine: Speaker, case: Case) -> Place:
    """Where it holds: its plan may have moved it since, but the room was lost where it was."""
    place, node = machine.place(), case.params.get("node")
    return place if node is None else msgspec.structs.replace(place, node=str(node))


def _say_gone(machine: Speaker, fold: Fold[Any], now: int, out: list[Output]) -> None:
    """Late evidence left nothing of what it had."""
    for kind, who, raised_at in fold.told:
        out.append(Withdrawn(machine.organization, machine.name, kind, who, raised_at, now))
    fold.told.clear()


def say_promises(machine: Speaker, now: int, out: list[Output]) -> None:
    """Promises that are new, met, missed or waived."""
    told = machine.told
    if machine.plan is None or machine.cases_alone:
        return
    current, told.promise_due = promises(machine.presence.state, machine.recording.state, now)
    if current == told.promises:
        return
    organization, session = machine.organization, machine.name
    for (kind, who), promise in current.items():
        if told.promises.get((kind, who)) != promise:
            out.append(
                ExpectationChanged(
                    organization, session, kind, who, promise.due_at, promise.status, promise.met_at
                )
            )
    for kind, who in told.promises.keys() - current.keys():
        out.append(ExpectationChanged(organization, session, kind, who, None, "waived"))
    told.promises = current


def say_room(machine: Speaker, now: int, out: list[Output]) -> None:
    """The session's status, and who is or was in."""
    room, told = machine.presence.state, machine.told
    if machine.cases_alone:
        return
    organization, session = machine.organization, machine.name
    status = (status_of(machine), room.started_at, room.ended_at)
    if status != told.status:
        told.status = status
        out.append(SessionChanged(organization, session, *status))
    for who, since in room.been.items():
        stays, inside = room.stays.get(who, ()), room.inside.get(who)
        first = stays[0][0] if stays else since
        seen = (
            room.role_of(who),
            first,
            stays[-1][1] if stays and inside is None else None,
            inside,
            len(stays) + (inside is not None),
            sum(end - start for start, end in stays),
        )
        if told.attendance.get(who) != seen:
            told.attendance[who] = seen
            out.append(AttendanceChanged(organization, session, who, *seen))
    for who in [who for who in told.attendance if who not in room.been and who not in room.stays]:
        del told.attendance[who]
        out.append(AttendanceChanged(organization, session, who, None, now, None, None, 0, 0))


def status_of(machine: Speaker) -> str:
    room = machine.presence.state
    if room.cancelled:
        return "cancelled"
    if room.ended_at is not None:
        return "ended"
    if room.live:
        return "live"
    if room.inside:
        return "open"
    return "ready" if room.ready_at is not None else "planned"
