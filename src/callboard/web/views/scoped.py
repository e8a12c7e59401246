"""Whose policy a settings page is about: the organization's, a subject's, or one session's."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.http import QueryDict

from callboard.lib.errors import NotFound
from callboard.sessions import scopes
from callboard.sessions.models import Session
from callboard.sessions.policies import P, Versions
from callboard.web.presenters import versions as presenter
from callboard.web.presenters.versions import Changes
from callboard.web.viewer import Viewer

VERSIONS_SHOWN, SUBJECTS_SHOWN = 20, 200


class Target(NamedTuple):
    """`subject` is the target's: its own, or its session's."""

    scope: str
    key: str
    subject: str

    @property
    def session(self) -> str:
        return self.key if self.scope == scopes.SESSION else ""

    @property
    def query(self) -> str:
        return presenter.query_of(self.scope, self.key)


def target_of(query: QueryDict) -> Target:
    """By a page's address. Raises NotFound."""
    asked = query.dict()
    if asked.get("session"):
        session = Session.objects.filter(key=str(asked["session"])).first()
        if session is None:
            raise NotFound
        return Target(scopes.SESSION, session.key, session.subject)
    if asked.get("subject"):
        subject = str(asked["subject"])[:100]
        return Target(scopes.SUBJECT, subject, subject)
    return Target(scopes.ORGANIZATION, "", "")


def own_values(known: Versions[P], target: Target) -> dict[str, Any]:
    """What the target itself says."""
    newest = known.newest(target.scope, target.key)
    return {} if newest is None else dict(newest.values)


def version_of(known: Versions[P], target: Target) -> int:
    """The version of what the target says; 0 for nothing."""
    newest = known.newest(target.scope, target.key)
    return 0 if newest is None else newest.version


def overview(
    known: Versions[P], target: Target, changes: Changes, viewer: Viewer, now: datetime
) -> dict[str, Any]:
    """What the list of any such policy shows: whose it is, who else says something, and its versions."""
    subjects = Session.objects.exclude(subject="").order_by("subject").values_list("subject", flat=True)
    history = known.history(target.scope, target.key)[:VERSIONS_SHOWN]
    return {
        "scope": target.scope,
        "target": target.key,
        "of": presenter.target_words(target.scope, target.key),
        "query": target.query,
        "subjects": list(subjects.distinct()[:SUBJECTS_SHOWN]),
        "narrower": [
            (presenter.target_words(each.scope, each.target), presenter.query_of(each.scope, each.target))
            for each in known.narrower()
        ],
        "versions": presenter.version_rows(history, changes, viewer, now),
        "may": viewer.access.may("settings.manage"),
    }
