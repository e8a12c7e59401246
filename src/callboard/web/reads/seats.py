"""Who is expected in sessions, and what was promised of them, for many sessions at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callboard.expectations.models import Expectation
from callboard.sessions.models import Participant, ParticipantRole


@dataclass(frozen=True)
class Seat:
    """Someone on a session's roster. `key` is what events call them."""

    person: int
    key: str
    name: str
    zone: str
    phone: str
    email: str
    instructor: bool
    absent_at: datetime | None = None


@dataclass(frozen=True)
class Promise:
    kind: str
    person: int | None
    due_at: datetime
    status: str
    met_at: datetime | None
    why: str = ""


def seat(
    person: int, key: str, name: str, zone: str, phone: str, email: str, role: str, absent_at: datetime | None
) -> Seat:
    return Seat(person, key, name, zone, phone, email, role == ParticipantRole.INSTRUCTOR, absent_at)


def seats(sessions: Iterable[int]) -> dict[int, list[Seat]]:
    """The rosters, instructors first, then learners by name. One query."""
    found: dict[int, list[Seat]] = defaultdict(list)
    wanted = set(sessions)
    if not wanted:
        return found
    rows = Participant.objects.filter(session_id__in=wanted, active=True).order_by("person__name")
    columns: list[Any]
    for session, *columns in rows.values_list(
        "session_id",
        "person_id",
        "person__key",
        "person__name",
        "person__zone",
        "person__phone",
        "person__email",
        "role",
        "marked_absent_at",
    ):
        one = seat(*columns)
        if one.instructor:
            found[session].insert(0, one)
        else:
            found[session].append(one)
    return found


def promises(sessions: Iterable[int]) -> dict[int, list[Promise]]:
    """What was promised, in due order. One query."""
    found: dict[int, list[Promise]] = defaultdict(list)
    rows = (
        Expectation.objects.filter(session_id__in=set(sessions))
        .order_by("due_at", "pk")
        .values_list("session_id", "kind", "person_id", "due_at", "status", "met_at", "why")
    )
    for session, kind, person, due_at, status, met_at, why in rows:
        found[session].append(Promise(kind, person, due_at, status, met_at, why))
    return found


STATES = {"met": "kept", "late": "late", "missed": "missed", "due": "due", "waived": "waived"}
WORSE = ("waived", "kept", "due", "late", "missed")


def line(kept: list[Promise], now: datetime) -> tuple[str, ...]:
    """The states of a promise line, in due order; the learners' promises are drawn as one, the worst.

    What was due and has not been kept is drawn as missed, though it may yet come late.
    """
    return drawn(
        (each.kind, "missed" if each.status == "due" and each.due_at < now else each.status) for each in kept
    )


def drawn(promises: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """A promise line of (kind, status), in due order."""
    states: list[str] = []
    learners: int | None = None
    for kind, status in promises:
        state = STATES.get(status, "due")
        if kind != "learner_in":
            states.append(state)
        elif learners is None:
            learners = len(states)
            states.append(state)
        else:
            states[learners] = max(states[learners], state, key=WORSE.index)
    return tuple(states)
