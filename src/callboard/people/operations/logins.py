"""A person's logins: the browsers that they are signed in with, seen and ended by themselves.

A login is global, and so is this. The rows are django-allauth's; when one was last seen is noted at most
every `NOTED_EVERY`, so that a page costs no write.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession

from callboard.lib import clock

NOTED_EVERY = timedelta(minutes=5)
REMEMBERED = 20_000
"""How many logins one process remembers to have noted."""

_noted: OrderedDict[str, float] = OrderedDict()


@dataclass(frozen=True)
class Login:
    """One browser that is signed in. `agent` as it calls itself; `address` where it was last seen."""

    pk: int
    agent: str
    address: str
    since: datetime
    seen_at: datetime
    current: bool


def note_login(user_id: int, session_key: str, address: str, agent: str) -> None:
    """That this browser was here. Needs no transaction, and no organization."""
    now = time.monotonic()
    if now - _noted.get(session_key, -1e9) < NOTED_EVERY.total_seconds():
        return
    _noted[session_key] = now
    _noted.move_to_end(session_key)
    while len(_noted) > REMEMBERED:
        _noted.popitem(last=False)
    seen = {"ip": address, "user_agent": agent[:200], "last_seen_at": clock.now()}
    if not UserSession.objects.filter(session_key=session_key, user_id=user_id).update(**seen):
        row = UserSession(session_key=session_key, user_id=user_id, created_at=clock.now(), **seen)
        UserSession.objects.bulk_create([row], ignore_conflicts=True)


def logins(user_id: int, session_key: str | None) -> list[Login]:
    """Those that still open something: the asker's own first, then the latest seen."""
    rows = [row for row in UserSession.objects.filter(user_id=user_id) if not row.purge()]
    found = [
        Login(
            row.pk, row.user_agent, row.ip, row.created_at, row.last_seen_at, row.session_key == session_key
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (not each.current, -each.seen_at.timestamp()))


def end_login(user_id: int, pk: int) -> bool:
    """Sign that browser out, wherever it is; whether it was one of theirs."""
    row = UserSession.objects.filter(user_id=user_id, pk=pk).first()
    if row is not None:
        row.end()
    return row is not None


def end_other_logins(user_id: int, session_key: str | None) -> int:
    """Sign out every browser of theirs but this one; how many."""
    rows = list(UserSession.objects.filter(user_id=user_id).exclude(session_key=session_key or ""))
    for row in rows:
        row.end()
    return len(rows)
