"""The answer of a replay, as the contract words it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from callboard.cli.replaying.game import Game, Told
from callboard.live.engine.moments import SECOND, stamp
from callboard.live.engine.outputs import Incident
from callboard.live.engine.promises import Promise, promises
from callboard.live.engine.session import SessionMachine

Json = dict[str, Any]


def answer_of(games: Iterable[Game], elapsed_s: float) -> Json:
    """One document for all files."""
    played = list(games)
    accepted = sum(game.world.accepted for game in played)
    read = sum(game.read for game in played)
    return {
        "sessions": [session for game in played for session in sessions_of(game)],
        "incidents": [incident(one) for game in played for one in incidents_of(game)],
        "events": {
            "read": read,
            "accepted": accepted,
            "duplicate": sum(game.world.duplicates for game in played),
            "rejected": sum(len(game.rejected) for game in played),
        },
        "elapsed_s": round(elapsed_s, 3),
        "events_per_s": round(read / elapsed_s) if elapsed_s > 0 else None,
    }


def incidents_of(game: Game) -> list[Incident]:
    return sorted(game.incidents.values(), key=lambda one: (one.raised_at, one.key, one.kind))


def incident(one: Incident) -> Json:
    return {
        "key": one.key,
        "kind": one.kind,
        "sessions": list(one.sessions),
        "raised_at": stamp(one.raised_at),
        "cleared_at": maybe(one.cleared_at),
    }


def sessions_of(game: Game) -> list[Json]:
    """Its sessions, in the order in which they first appeared."""
    machines = {machine.name: machine for machine in game.world.sessions()}
    return [session_of(game, machines[name]) for name in game.order if name in machines]


def session_of(game: Game, machine: SessionMachine) -> Json:
    room = machine.presence.state
    started = room.started_at if room.started_at is not None else game.first_at.get(machine.name)
    ended = room.ended_at
    told = [one for key, one in game.cases.items() if key[0] == machine.name]
    back = [one for one in game.withdrawn if one.case.session == machine.name]
    return {
        "file": str(game.source.path),
        "session": machine.name,
        "planned": planned(machine),
        "started_at": maybe(started),
        "ended_at": maybe(ended),
        "seconds": in_seconds(ended - started) if ended is not None and started is not None else None,
        "participants": participants(machine, game.until),
        "cases": [case(one) for one in sorted(told, key=_order)],
        "withdrawn": [case(one) for one in sorted(back, key=_order)],
        "expectations": expectations(machine, game.world.now),
    }


def _order(told: Told) -> tuple[int, str, str, int]:
    one = told.case
    return (one.raised_at, one.kind, one.participant or "", told.withdrawn_at or 0)


def planned(machine: SessionMachine) -> Json | None:
    plan = machine.plan
    if plan is None:
        return None
    return {
        "starts_at": stamp(plan.starts_at),
        "ends_at": stamp(plan.ends_at),
        "instructor": plan.instructor,
        "learners": list(plan.learners),
        "recording": plan.recording,
        "provider": plan.provider,
        "region": plan.region,
        "node": plan.node,
        "cancelled": machine.presence.state.cancelled,
    }


def participants(machine: SessionMachine, until: int) -> list[Json]:
    """Who was in or spoke; who is in still counts until the last event, or the file's clock."""
    room = machine.presence.state
    found = []
    for who in dict.fromkeys([*room.stays, *room.inside, *machine.people]):
        stays, inside = list(room.stays.get(who, ())), room.inside.get(who)
        person = machine.people.get(who)
        talk = person.talk.total() if person is not None else 0
        if not stays and inside is None and not talk:
            continue
        joins = len(stays) + (inside is not None)
        left = stays[-1][1] if stays and inside is None else None
        if inside is not None:
            stays.append((inside, max(inside, until)))
        found.append(
            {
                "identity": who,
                "role": room.role_of(who),
                "joined_at": stamp(stays[0][0]) if stays else None,
                "left_at": maybe(left),
                "joins": joins,
                "present_s": in_seconds(sum(end - start for start, end in stays)),
                "talk_s": in_seconds(talk),
            }
        )
    return sorted(found, key=lambda one: (one["joined_at"] or "~", one["identity"]))


def case(told: Told) -> Json:
    one = told.case
    found: Json = {
        "kind": one.kind,
        "participant": one.participant,
        "severity": one.severity,
        "raised_at": stamp(one.raised_at),
        "noticed_at": stamp(one.noticed_at),
        "cleared_at": maybe(told.cleared_at),
        "why": one.why,
        "evidence": list(one.evidence),
    }
    if told.withdrawn_at is not None:
        found["withdrawn_at"] = stamp(told.withdrawn_at)
    return found


def expectations(machine: SessionMachine, now: int) -> list[Json]:
    """What was promised; at the file's end what was due and has not come is missed, what was not due is left
    out.
    """
    found, _ = promises(machine.presence.state, machine.recording.state, now)
    shown = []
    for (kind, who), promise in found.items():
        status = _at_the_end(promise, now)
        if status is not None:
            shown.append(
                {
                    "kind": kind,
                    "participant": who,
                    "due_at": maybe(promise.due_at),
                    "status": status,
                    "met_at": maybe(promise.met_at),
                }
            )
    return shown


def _at_the_end(promise: Promise, now: int) -> str | None:
    if promise.status != "open":
        return promise.status
    return "missed" if promise.due_at is not None and promise.due_at <= now else None


def maybe(at: int | None) -> str | None:
    return None if at is None else stamp(at)


def in_seconds(us: int) -> float:
    return round(us / SECOND, 3)
