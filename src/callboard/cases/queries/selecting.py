"""Cases by what one looks for: the parameters of an address, and a few letters.

Letters find a case by its number, a session by its key, a kind by its title, people and titles by a part of
theirs. Titles and people are looked for in what stands and in the last month, unless older ones are asked
for, so that a year's history costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from callboard.cases import registry, rules
from callboard.cases.models import Case, CaseStatus
from callboard.cases.queries.cases import cases
from callboard.lib import clock
from callboard.people.access import Access
from callboard.people.models import Person
from callboard.sessions.models import Participant

RECENT = timedelta(days=30)
PEOPLE_AT_MOST = 200
STATES = (*CaseStatus.values, "standing", "over")


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty fields say nothing. `owner`: "me", "nobody", or a member's id.

    `status` may also be "standing" (not over) or "over". `subject`, `node`, `region`, `provider` are the
    session's.
    """

    queue: str = ""
    kind: str = ""
    severity: str = ""
    status: str = ""
    owner: str = ""
    session: str = ""
    participant: str = ""
    subject: str = ""
    node: str = ""
    region: str = ""
    provider: str = ""
    q: str = ""
    older: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Wanted:
        """From the parameters of an address; what is not known is left out."""
        said = {name: str(given[name]).strip()[:100] for name in FIELDS if given.get(name)}
        if said.get("status") and said["status"] not in STATES:
            del said["status"]
        if said.get("severity") and said["severity"] not in rules.SEVERITIES:
            del said["severity"]
        return cls(**said)

    def query(self) -> dict[str, str]:
        """Back to parameters, without the empty ones."""
        return {name: value for name, value in asdict(self).items() if value}

    def __bool__(self) -> bool:
        return bool(self.query())


FIELDS = tuple(Wanted.__dataclass_fields__)

_COLUMNS = {
    "queue": "queue__slug",
    "kind": "kind",
    "severity": "severity",
    "session": "session__key",
    "participant": "participant",
    "subject": "session__subject",
    "node": "session__room__node",
    "region": "session__room__region",
}


def selected(access: Access, wanted: Wanted) -> QuerySet[Case]:
    """The cases that fit, in no order. Raises Forbidden."""
    rows = cases(access)
    for name, column in _COLUMNS.items():
        value = getattr(wanted, name)
        if value:
            rows = rows.filter(**{column: value})
    if wanted.provider:
        rows = rows.filter(Q(provider=wanted.provider) | Q(session__provider=wanted.provider))
    if wanted.status == "standing":
        rows = rows.filter(over_at=None)
    elif wanted.status == "over":
        rows = rows.filter(over_at__isnull=False)
    elif wanted.status:
        rows = rows.filter(status=wanted.status)
    if wanted.owner == "nobody":
        rows = rows.filter(owner=None)
    elif wanted.owner:
        rows = rows.filter(owner_id=access.member if wanted.owner == "me" else _number(wanted.owner))
    return _matching(rows, wanted.q, older=bool(wanted.older)) if wanted.q else rows


def _matching(rows: QuerySet[Case], text: str, *, older: bool) -> QuerySet[Case]:
    number = _number(text.upper().removeprefix("C-").removeprefix("#"))
    if number:
        return rows.filter(pk=number)
    small = text.lower()
    kinds = [kind.name for kind in registry.kinds() if small in str(kind.title).lower() or small == kind.name]
    people = list(
        Person.objects.filter(name__icontains=text, erased_at=None).values_list("pk", flat=True)[
            :PEOPLE_AT_MOST
        ]
    )
    fits = Q(session__key=text) | Q(participant=text) | Q(kind__in=kinds) | Q(session__title__icontains=text)
    if people:
        theirs = Participant.objects.filter(person__in=people).values("session_id")
        fits |= Q(person__in=people) | Q(session__in=theirs)
    found = rows.filter(fits)
    return found if older else found.filter(Q(over_at=None) | Q(raised_at__gte=clock.now() - RECENT))


def _number(text: str) -> int:
    """A row's id; 0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
