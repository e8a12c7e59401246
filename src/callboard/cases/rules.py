"""Pure decisions about cases: their identity, where they go, by when, and what may follow what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

UNDO_WITHIN = timedelta(minutes=5)
"""How long a person can take back what they did."""
READING_NOTED = timedelta(minutes=15)
"""That someone looks at a case is noted no oftener than this."""
SNOOZE_AT_MOST = timedelta(days=7)

DEADLINES: Mapping[str, tuple[int, int]] = {"now": (2, 15), "soon": (5, 30), "watch": (15, 120)}
"""Minutes to claim, and from claiming to resolve, by severity, where a queue says nothing else."""

DETECTED_WITHIN = timedelta(seconds=30)
"""A case noticed later than this after the moment it held from was detected late."""

SEVERITIES = ("now", "soon", "watch")
STANDING = ("open", "claimed", "snoozed")
"""The states of a case that is not over."""

CHANGING = (
    "claimed",
    "released",
    "returned",
    "snoozed",
    "woken",
    "resolved",
    "assigned",
    "reopened",
    "moved",
    "escalated",
)
"""Entries that change whose turn it is: what came before one of them can no longer be undone."""


class Minutes(NamedTuple):
    claim: int
    resolve: int


class Routed(Protocol):
    """What routing needs of a queue."""

    @property
    def kinds(self) -> Sequence[str]: ...
    @property
    def is_default(self) -> bool: ...


def cause_of(kind: str, session: str | None, participant: str | None, provider: str | None = None) -> str:
    """What a case is about: the same kind with the same subject is the same cause."""
    return f"{kind}|{session or provider or ''}|{participant or ''}"


def occurrence_of(cause: str, raised_at: datetime) -> str:
    """This time that the cause holds."""
    return f"{cause}|{raised_at.isoformat()}"


def minutes(deadlines: Mapping[str, Any], kind: str, severity: str) -> Minutes:
    """Time to claim and to resolve: the queue's for the kind, else for the severity, else the usual."""
    for name in (kind, severity):
        said = deadlines.get(name)
        if isinstance(said, list | tuple) and len(said) == 2:
            return Minutes(int(said[0]), int(said[1]))
    return Minutes(*DEADLINES.get(severity, DEADLINES["soon"]))


def raised(severity: str) -> str:
    """One step more urgent."""
    return SEVERITIES[max(0, SEVERITIES.index(severity) - 1)] if severity in SEVERITIES else severity


def mentioned(text: str, names: Mapping[int, str]) -> list[int]:
    """Whom a text names: "@" and a colleague's name, or the first part of it where only one begins so."""
    found: list[int] = []
    firsts = Counter(name.split()[0].casefold() for name in names.values() if name.split())
    said = text.casefold()
    for member, name in names.items():
        whole = " ".join(name.split()).casefold()
        first = whole.split(" ")[0] if whole else ""
        short = [first] if first and firsts[first] == 1 else []
        if any(re.search(rf"(?<!\w)@{re.escape(each)}(?!\w)", said) for each in (whole, *short) if each):
            found.append(member)
    return found


Q = TypeVar("Q", bound=Routed)


def route(kind: str, queues: Iterable[Q]) -> Q | None:
    """The queue that names the kind, else the default one; None where there is neither."""
    default: Q | None = None
    for queue in queues:
        if kind in queue.kinds:
            return queue
        if queue.is_default:
            default = queue
    return default
