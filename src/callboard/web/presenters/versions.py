"""Policies with a scope and versions, as settings show them: whose they are, and who changed what when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from callboard.sessions.policies import ScopedPolicy
from callboard.sessions.scopes import ORGANIZATION, SESSION, SUBJECT
from callboard.web import times
from callboard.web.viewer import Viewer

Changes = Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[str]]
"""From one version's values to the next one's: the titles of what was changed."""


@dataclass(frozen=True)
class VersionRow:
    version: int
    who: str
    when: str
    said: str
    current: bool


def query_of(scope: str, target: str, **more: int) -> str:
    """The part of an address that says whose."""
    said: dict[str, str | int] = {scope: target} if scope != ORGANIZATION else {}
    whole = urlencode({**said, **more})
    return f"?{whole}" if whole else ""


def target_words(scope: str, target: str) -> str:
    if scope == SUBJECT:
        return _("sessions of %(subject)s") % {"subject": target}
    if scope == SESSION:
        return _("session %(key)s") % {"key": target}
    return _("the organization")


def version_rows(
    history: Iterable[ScopedPolicy], changes: Changes, viewer: Viewer, now: datetime
) -> list[VersionRow]:
    """`history`: the newest first."""
    made = []
    policies = list(history)
    for number, policy in enumerate(policies):
        before = policies[number + 1].values if number + 1 < len(policies) else {}
        by = policy.created_by
        made.append(
            VersionRow(
                policy.version,
                (by.name or by.email) if by is not None else _("a program"),
                times.when(policy.created_at, viewer.tz, now),
                _said(policy, changes(before, policy.values)),
                number == 0,
            )
        )
    return made


def _said(policy: ScopedPolicy, changed: Iterable[str]) -> str:
    if policy.restored is not None:
        return _("Version %(n)d again") % {"n": policy.restored}
    return ", ".join(changed) or _("As before")
