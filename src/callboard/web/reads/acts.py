"""Which of the registered actions and outcomes a case offers, likeliest first."""

from __future__ import annotations

from callboard.cases import registry
from callboard.cases.models import Case
from callboard.people.access import Access


def names(case: Case, access: Access | None = None) -> list[str]:
    """Actions of the case's kind alone; claiming, snoozing and the like go without saying."""
    return [action.name for action in registry.actions_for(case, access)]


def first(case: Case) -> str | None:
    """The likeliest action alone."""
    action = registry.first_action(case)
    return action.name if action is not None else None


def outcomes(case: Case) -> list[str]:
    return list(registry.kind(case.kind).outcomes)
