"""What the boards show of a session: plain values, times in microseconds, ids alone."""

from __future__ import annotations

from typing import Any

from callboard.live.engine.session import SessionMachine
from callboard.live.engine.telling import status_of


def view_of(machine: SessionMachine, now: int) -> dict[str, Any]:
    """Status and times, people (with role, joins, presence, talk, connection), recorders, counts."""
    room, recording = machine.presence.state, machine.recording.state
    live_since = recording.live_since
    return {
        "status": status_of(machine),
        "started_at": room.started_at,
        "ended_at": room.ended_at,
        "live_since": live_since,
        "last_event_at": machine.last_at or None,
        "people": [_person(machine, who, now) for who in dict.fromkeys([*room.been, *room.stays])],
        "inside": len(room.inside),
        "recorders": [
            {
                "recorder": name,
                "started_at": one.started_at,
                "ended_at": one.ended_at,
                "progress_at": one.shown_at,
                "seconds": one.best // 1_000_000,
            }
            for name, one in recording.recorders.items()
        ],
        "recording": any(one.runs_until(machine.rules) > now for one in recording.recorders.values()),
        "file_at": recording.file_at,
        "open_cases": sorted(
            (case.kind, case.participant or "") for case in machine.all_cases() if case.cleared_at is None
        ),
    }


def _person(machine: SessionMachine, who: str, now: int) -> dict[str, Any]:
    room = machine.presence.state
    stays, inside = room.stays.get(who, ()), room.inside.get(who)
    present = sum(end - start for start, end in stays) + (now - inside if inside is not None else 0)
    found: dict[str, Any] = {
        "participant": who,
        "role": room.role_of(who),
        "inside": inside is not None,
        "joined_at": stays[0][0] if stays else inside,
        "left_at": stays[-1][1] if stays and inside is None else None,
        "joins": len(stays) + (inside is not None),
        "present_us": present,
        "talk_us": 0,
        "connection": "unknown",
    }
    person = machine.people.get(who)
    if person is not None:
        state = person.connection.state
        found |= {
            "talk_us": person.talk.total(),
            "connection": "bad" if state.up.holds or state.down.holds else "good",
            "tools": dict(person.tools),
            "answers": person.asked,
            "correct": person.correct,
        }
    return found
