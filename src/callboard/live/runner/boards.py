"""What the boards read: attendance, and each session's state as the engine sees it. In bulk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from callboard.lib import clock
from callboard.live.engine.moments import SECOND, moment_of
from callboard.live.engine.outputs import AttendanceChanged
from callboard.live.models import Attendance, LiveState
from callboard.sessions.models import Session

View = Mapping[str, Any]
Views = Callable[[int, str], View | None]
"""(organization, session) -> the engine's view of it."""

_pks: dict[tuple[int, str], int] = {}
REMEMBERED = 100_000


def session_pks(organization: int, keys: Collection[str]) -> dict[str, int]:
    """The rows of sessions by key; a key without one is absent. Needs the organization's scope."""
    missing = [key for key in keys if (organization, key) not in _pks]
    if missing:
        if len(_pks) + len(missing) > REMEMBERED:
            _pks.clear()
            missing = list(keys)
        found = Session.objects.filter(key__in=missing).values_list("key", "pk")
        _pks.update(((organization, key), pk) for key, pk in found)
    return {key: _pks[organization, key] for key in keys if (organization, key) in _pks}


def write_attendance(pks: Mapping[str, int], changes: Iterable[AttendanceChanged]) -> None:
    """Who is or was in. An identity that late evidence shows never to have come has no joins."""
    rows = [
        Attendance(
            session_id=pks[change.session],
            participant=change.participant,
            role=change.role or "",
            joined_at=moment_of(change.joined_at) if change.joins else None,
            left_at=None if change.left_at is None else moment_of(change.left_at),
            joins=change.joins,
            present_s=change.present_us / SECOND,
        )
        for change in changes
        if change.session in pks
    ]
    Attendance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["organization", "session", "participant"],
        update_fields=["role", "joined_at", "left_at", "joins", "present_s"],
        batch_size=500,
    )


def write_states(pks: Mapping[str, int], states: Mapping[str, View | None]) -> None:
    """The engine's views, each replacing what was there."""
    now = clock.now()
    rows = [
        LiveState(
            session_id=pks[key],
            state=dict(view),
            last_event_at=moment_of(view["last_event_at"]) if view.get("last_event_at") else None,
            changed_at=now,
        )
        for key, view in states.items()
        if view is not None
    ]
    LiveState.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["session"],
        update_fields=["state", "last_event_at", "changed_at"],
        batch_size=500,
    )
