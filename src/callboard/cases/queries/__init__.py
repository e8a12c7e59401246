"""Reads of cases, by topic. All need an organization's scope; querysets are to be used up within it."""

from callboard.cases.queries.audit import Line, audit
from callboard.cases.queries.cases import (
    RANK,
    Counts,
    actions,
    case,
    cases,
    changed_since,
    counts,
    entries,
    kinds,
    open_cases,
    queues,
    recently_cleared,
    routes,
    undoable,
    worked,
    works,
    worst,
)
from callboard.cases.queries.desk import colleagues, filters, hand_overs, held_by, mentions, unread
from callboard.cases.queries.incidents import HELD, incident, incidents, members
from callboard.cases.queries.selecting import Wanted, selected
from callboard.cases.queries.touches import Week, touches_by_week

__all__ = [
    "HELD",
    "RANK",
    "Counts",
    "Line",
    "Wanted",
    "Week",
    "actions",
    "audit",
    "case",
    "cases",
    "changed_since",
    "colleagues",
    "counts",
    "entries",
    "filters",
    "hand_overs",
    "held_by",
    "incident",
    "incidents",
    "kinds",
    "members",
    "mentions",
    "open_cases",
    "queues",
    "recently_cleared",
    "routes",
    "selected",
    "touches_by_week",
    "undoable",
    "unread",
    "worked",
    "works",
    "worst",
]
