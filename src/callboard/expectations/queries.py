"""Reads about promises, within the organization in scope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, QuerySet

from callboard.expectations.models import Expectation, ExpectationPolicy
from callboard.sessions.models import Session


def of_session(session: Session) -> QuerySet[Expectation]:
    """Its promises in the order in which they fall due; `.person` loaded."""
    return Expectation.objects.filter(session=session).select_related("person").order_by("due_at", "pk")


def policy() -> Mapping[str, Mapping[str, Any]]:
    """The values in force: those of the newest version, none where there is no version."""
    values = ExpectationPolicy.objects.order_by("-version").values_list("values", flat=True).first()
    return values or {}


def policies() -> QuerySet[ExpectationPolicy]:
    """Every version, the newest first."""
    return ExpectationPolicy.objects.order_by("-version")


def counts(session: Session) -> dict[str, int]:
    """How many promises are in which state."""
    rows = Expectation.objects.filter(session=session).values_list("status").annotate(Count("pk"))
    return dict(rows.order_by())
