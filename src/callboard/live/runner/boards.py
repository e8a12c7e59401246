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

REMEMBERED = 100_000


class Boards:
    """Writes them for one owner, which it lets remember the rows of sessions."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._pks: dict[tuple[int, str], int] = {}

    def write(
        self, organization: int, changed: Collection[str], attendance: Collection[AttendanceChanged]
    ) -> None:
        """Needs the organization's scope."""
        pks = self._session_pks(organization, {*changed, *(each.session for each in attendance)})
        write_attendance(pks, attendance)
        write_states(pks, {key: self._views(organization, key) for key in changed if key in pks})

    def forget(self) -> None:
        """What was remembered may be gone: look it up again."""
        self._pks.clear()

    def _session_pks(self, organization: int, keys: Collection[str]) -> dict[str, int]:
        """The rows of sessions by key; a key without one is absent."""
        missing = [key for key in keys if (organization, key) not in self._pks]
        if missing:
            if len(self._pks) + len(missing) > REMEMBERED:
                self._pks.clear()
                missing = list(keys)
            found = Session.objects.filter(key__in=missing).values_list("key", "pk")
            self._pks.update(((organization, key), pk) for key, pk in found)
        return {key: self._pks[organization, key] for key in keys if (organization, key) in self._pks}


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
