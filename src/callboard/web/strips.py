"""A case, or an incident, as one strip of a list: what is drawn, in words and times of whoever looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Due:
    """A deadline: `text` is what the countdown says now, `tail` what it counts to."""

    at: str
    text: str
    tail: str
    close: bool


@dataclass(frozen=True)
class Owner:
    name: str
    initials: str
    me: bool


@dataclass(frozen=True)
class Next:
    text: str
    icon: str


@dataclass(frozen=True)
class Strip:
    """One case, or one incident, as one strip. `state` is solid, hollow or grey; `group` where it lies.

    `key` tells strips apart: a case's id, or an incident's after an "i".
    """

    key: str
    id: int
    severity: str
    state: str
    title: str
    age: str
    since: str
    session: str
    marks: tuple[str, ...]
    who: str
    where: str
    next: Next | None
    owner: Owner | None
    due: Due | None
    group: str
    classes: str
    href: str
    page: str
    pane: str
    version: int
    incident: bool = False
    order: tuple[datetime, int, datetime] = (LATEST, 3, LATEST)
