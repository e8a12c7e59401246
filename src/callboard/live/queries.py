"""Reads of what is live, within the organization in scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from callboard.cases.models import Case
from callboard.live.models import LiveState
from callboard.sessions.models import Session, SessionStatus

WAITING = timedelta(minutes=15)
"""A session is on the wall from so long before its start."""


@dataclass(frozen=True)
class Shown:
    """A session on the wall, with what the engine last saw of it and its cases that are not over."""

    session: Session
    state: LiveState | None
    severities: list[str] = field(default_factory=list)


ON_THE_WALL = """
s.status IN ('scheduled', 'ready', 'live')
AND (s.status = 'live' OR s.starts_at <= %(now)s + %(waiting)s::interval AND s.ends_at > %(now)s)
"""
"""`on_the_wall` of a session `s`, for statements written out; `waiting` is WAITING."""


def on_the_wall(now: datetime) -> Q:
    """Sessions that are live, should be, or start within a quarter of an hour."""
    return Q(status=SessionStatus.LIVE) | Q(
        status__in=[SessionStatus.SCHEDULED, SessionStatus.READY],
        starts_at__lte=now + WAITING,
        ends_at__gt=now,
    )


def shown(now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(on_the_wall(now))


def wall(now: datetime) -> list[Shown]:
    """All of them, by start. Three queries, however many there are."""
    rows = list(shown(now).select_related("room").order_by("starts_at", "pk"))
    ids = [row.pk for row in rows]
    states = {state.session_id: state for state in LiveState.objects.filter(session_id__in=ids)}
    cases: dict[int | None, list[str]] = {}
    standing = Case.objects.filter(over_at=None, session_id__in=ids)
    for session, severity in standing.values_list("session_id", "severity"):
        cases.setdefault(session, []).append(severity)
    return [Shown(row, states.get(row.pk), cases.get(row.pk, [])) for row in rows]
