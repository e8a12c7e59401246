"""Policies of the organization, of subjects and of sessions, with their versions, as the API tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Schema

from callboard.api.paging import Page, paged
from callboard.lib.errors import NotFound
from callboard.sessions.models import Session
from callboard.sessions.policies import P, ScopedPolicy, Target, Versions

Scope = Literal["organization", "subject", "session"]


class For(Schema):
    """Nothing said: the organization's."""

    subject: str = ""
    session: str = ""

    def target(self) -> Target:
        """The subject, a session's own where one is named, and the session's key. Raises NotFound."""
        if not self.session:
            return self.subject, ""
        session = Session.objects.filter(key=self.session).first()
        if session is None:
            raise NotFound
        return session.subject, session.key


class VersionsOf(Page):
    scope: Scope | None = None
    target: str | None = None


class PolicyItem(Schema):
    """One version of what was said of the organization, of a subject or of a session. `by` null: nobody that
    signs in."""

    version: int
    scope: str
    target: str
    values: dict[str, Any]
    by: str | None
    at: datetime
    restored: int | None


class PolicyPage(Schema):
    items: list[PolicyItem]
    next: str | None


def policy_item(policy: ScopedPolicy) -> dict[str, Any]:
    by = policy.created_by
    return {
        "version": policy.version,
        "scope": policy.scope,
        "target": policy.target,
        "values": policy.values,
        "by": None if by is None else by.name or by.email,
        "at": policy.created_at,
        "restored": policy.restored,
    }


def version_page(known: Versions[P], wanted: VersionsOf) -> Any:
    """The versions of every target, or of one, the newest first."""
    rows = known.all()
    if wanted.scope is not None:
        rows = rows.filter(scope=wanted.scope)
    if wanted.target is not None:
        rows = rows.filter(target=wanted.target)
    return paged(rows, wanted, ["-id"], policy_item)
