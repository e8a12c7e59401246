"""What a touch is: pure. The measure of the product is touches per 1,000 sessions.

A touch is one time that a person had to attend to a case. What one person does to one case with no more than
five minutes between counts once; so does what they do to many cases in one go. What programs and the system
do counts never; nor does looking.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

DEEDS = ("claimed", "released", "snoozed", "assigned", "resolved", "noted", "acted", "moved", "undone")
"""Lines of a history that are a person's deeds."""
SITTING = timedelta(minutes=5)


@dataclass(frozen=True)
class Deed:
    """Something a person did. `kind` is the case's; `batch` names what was done in one go."""

    at: datetime
    member: int
    case: int
    kind: str
    batch: str = ""


@dataclass(frozen=True)
class Touch:
    """`at` is when it began."""

    at: datetime
    case: int
    kind: str


def touches(deeds: Iterable[Deed]) -> list[Touch]:
    """The touches that these deeds are, in order of time. The deeds may come in any order."""
    found: list[Touch] = []
    last: dict[tuple[int, int], datetime] = {}
    batches: set[tuple[int, str]] = set()
    for deed in sorted(deeds, key=lambda each: (each.at, each.case)):
        sitting = (deed.member, deed.case)
        before = last.get(sitting)
        last[sitting] = deed.at
        if before is not None and deed.at - before <= SITTING:
            continue
        if deed.batch:
            if (deed.member, deed.batch) in batches:
                continue
            batches.add((deed.member, deed.batch))
        found.append(Touch(deed.at, deed.case, deed.kind))
    return found


def per_thousand(touched: int, sessions: int) -> float | None:
    """Touches per 1,000 sessions; None where there was no session."""
    return round(1000 * touched / sessions, 1) if sessions else None
