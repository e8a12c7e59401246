"""A kind of thing that is kept for some time: which are how old, and how some of them are deleted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from callboard.sessions.operations.announcing import Thing
from callboard.sessions.retention_models import Announced
from callboard.sessions.retention_queries import Held

Old = Callable[[datetime, Held], QuerySet[Any]]
"""Rows that are as old as that, each with its `moment`, and that nothing keeps."""

Delete = Callable[[int, Sequence[Announced]], None]
"""Delete what was begun with; right to be done twice. Opens its own transactions."""


@dataclass(frozen=True)
class Kind:
    """`find`: the next that may go of those as old as that, by `ref`. `moments`: of some, those that may.
    `unsettled`: of some whose time has come, those that something is still at work on.
    """

    name: str
    find: Callable[[datetime, Held, int, int], list[Thing]]
    moments: Callable[[datetime, Held, Collection[int]], Mapping[int, datetime]]
    delete: Delete
    at_once: int = 50
    unsettled: Callable[[Collection[int]], Collection[int]] = lambda _refs: ()


def rows(name: str, old: Old, delete: Delete, *, key: str = "", **options: Any) -> Kind:
    """A kind whose things are rows. `key`: the column by which the log calls them."""

    def find(until: datetime, held: Held, after: int, most: int) -> list[Thing]:
        columns = ("pk", "moment", *((key,) if key else ()))
        found = old(until, held).filter(pk__gt=after).order_by("pk").values_list(*columns)[:most]
        return [Thing(row[0], row[1], *row[2:]) for row in found]

    def moments(until: datetime, held: Held, refs: Collection[int]) -> Mapping[int, datetime]:
        return dict(old(until, held).filter(pk__in=list(refs)).values_list("pk", "moment"))

    return Kind(name, find, moments, delete, **options)
