"""Whoever adds a table says how long its rows live, and what hangs on a session goes with it."""

from __future__ import annotations

import pytest
from django.db import models

from callboard.cases.models import Case
from callboard.sessions.models import Session
from callboard.sessions.retention import BY_DAYS, CASES, CHANGES, KINDS, LEAST, READINGS, RECORDINGS, SESSIONS
from callboard.sessions.retention_queries import Held
from callboard.web.presenters.retention import ABOUT, TITLES
from callboard.workflows import retention
from callboard.workflows.retention import places
from callboard.workflows.retention.by_days import SOURCES
from tests.support.rows import tenant_models


def labels(*kinds: str) -> set[str]:
    return {label for label, kind in places.KINDS.items() if kind in kinds}


def test_every_table_is_of_a_kind_or_stays_for_a_reason() -> None:
    said = {model._meta.label for model in tenant_models()}
    assert set(places.KINDS) | set(places.STAYS) == said
    assert set(places.KINDS) & set(places.STAYS) == set()
    assert all(places.STAYS.values())
    assert set(places.KINDS.values()) == set(KINDS) - {RECORDINGS}


def test_every_kind_is_looked_after_and_said_in_words() -> None:
    assert tuple(kind.name for kind in retention.KINDS) == KINDS
    assert set(LEAST) == set(KINDS) == set(TITLES) == set(ABOUT)


def hanging_on(model: type[models.Model]) -> set[str]:
    """Models whose rows Django deletes with one of it, at any depth."""
    found: set[str] = set()
    waiting = [model]
    while waiting:
        at = waiting.pop()
        for other in tenant_models():
            for field in other._meta.local_fields:
                goes = isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
                if goes and field.related_model is at and other._meta.label not in found:
                    found.add(other._meta.label)
                    waiting.append(other)
    return found


def test_what_goes_with_a_session_or_a_case_is_of_its_kind() -> None:
    of_sessions = labels(SESSIONS, CASES, READINGS) | {"callboard_sessions.Hold"}
    assert hanging_on(Session) <= of_sessions
    assert hanging_on(Case) <= labels(CASES, READINGS)
    left = labels(SESSIONS) - hanging_on(Session) - {Session._meta.label}
    # Those are taken by hand: the log by its own role, a series once no session is left in it.
    assert left == {"callboard_live.Event", "callboard_sessions.Series"}


@pytest.mark.django_db
@pytest.mark.usefixtures("in_organization")
def test_kinds_that_go_by_days_take_exactly_the_tables_that_are_theirs() -> None:
    assert set(SOURCES) == BY_DAYS == {READINGS, CHANGES}
    for kind, sources in SOURCES.items():
        assert {source.may_go(Held()).model._meta.label for source in sources} == labels(kind)
