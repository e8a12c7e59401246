"""Lists in pages: `limit` at most, and `next`, a cursor to be handed back as `cursor`, null at the end.

A page continues after the last row that was given, by that row's own values, so that rows which come in
between neither shift nor double what follows.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Field, Schema

from callboard.lib.errors import Invalid

MOST = 500
USUAL = 100

M = TypeVar("M", bound=Model)


class Page(Schema):
    """What every list takes."""

    limit: int = Field(USUAL, ge=1, le=MOST)
    cursor: str | None = Field(None, max_length=500)


def paged(rows: QuerySet[M], page: Page, order: Sequence[str], shape: Callable[[M], Any]) -> dict[str, Any]:
    """One page of rows in an order of plain fields ("-id"), the last of which is unique."""
    if page.cursor:
        rows = rows.filter(_after(order, _read(page.cursor, len(order))))
    found = list(rows.order_by(*order)[: page.limit + 1])
    more = len(found) > page.limit
    found = found[: page.limit]
    last = [getattr(found[-1], name.lstrip("-")) for name in order] if more else None
    return {"items": [shape(row) for row in found], "next": _written(last) if last else None}


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """What comes after a row: behind it in the first field, or equal there and behind it in the next."""
    after = Q(pk=None)
    equal = Q()
    for name, value in zip(order, values, strict=True):
        plain = name.lstrip("-")
        behind = Q(**{f"{plain}__{'lt' if name.startswith('-') else 'gt'}": value})
        after |= equal & behind
        equal &= Q(**{plain: value})
    return after


def _written(values: Sequence[Any]) -> str:
    told = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(msgspec.json.encode(told)).decode().rstrip("=")


def _read(cursor: str, length: int) -> list[Any]:
    try:
        values = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(values, list) and len(values) == length:
            return [_moment(value) for value in values]
    except (binascii.Error, ValueError, msgspec.DecodeError):
        pass
    raise Invalid(fields={"cursor": _("This is no cursor of this list.")})


def _moment(value: Any) -> Any:
    if isinstance(value, str) and len(value) >= 20 and value[4] == "-" and "T" in value:
        return datetime.fromisoformat(value)
    if isinstance(value, str | int):
        return value
    raise ValueError
