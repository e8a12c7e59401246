"""People: lists by what they are, and all there is to know of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from callboard.cases.models import Case
from callboard.lib.errors import NotFound
from callboard.live.models import Attendance
from callboard.people import queries
from callboard.people.models import Consent, Guardianship, Member, Person
from callboard.people.records import PersonChange, PersonCopy
from callboard.sessions.models import Session
from callboard.web.reads import session as sessions

KINDS = {
    "instructors": "instructor", "students": "student", "guardians": "guardian", "members": "member",
    "archived": "archived",
}  # fmt: skip
"""What a list may be narrowed to, and as what people.queries knows it."""
CHANGES = 10


@dataclass(frozen=True)
class Page:
    people: list[Person]
    more: bool


@dataclass(frozen=True)
class Known:
    """One person. `wards` are whom they answer for, `guardians` who answers for them; `doubles`: records that
    became theirs, whose past is shown as their own.
    """

    person: Person
    member: Member | None
    wards: list[Guardianship]
    guardians: list[Guardianship]
    consents: list[Consent]
    coming: list[Session]
    past: list[Session]
    attendance: dict[int, Attendance]
    cases: list[Case]
    changes: list[PersonChange]
    copies: list[PersonCopy]
    doubles: list[Person]


def listed(kind: str, text: str, start: int, length: int) -> Page:
    rows = queries.found_people(text, KINDS.get(kind, "")).prefetch_related(
        Prefetch("wards", Guardianship.objects.select_related("student")),
        Prefetch("guardians", Guardianship.objects.select_related("guardian")),
    )
    found = list(rows[start : start + length + 1])
    return Page(found[:length], len(found) > length)


def known(pk: int, now: datetime) -> Known:
    """Raises NotFound where the organization knows no such person."""
    person = Person.objects.select_related("instructor", "student", "merged_into").filter(pk=pk).first()
    if person is None:
        raise NotFound
    doubles = list(person.doubles.order_by("pk"))
    mine = sessions.of_people([pk, *(each.pk for each in doubles)])
    past = list(mine.filter(ends_at__lte=now).order_by("-starts_at")[:12])
    keys = [person.key, *(each.key for each in doubles)]
    rows = Attendance.objects.filter(session__in=past, participant__in=keys)
    return Known(
        person,
        Member.objects.filter(person=person).select_related("user").first(),
        list(person.wards.select_related("student")),
        list(person.guardians.select_related("guardian")),
        list(person.consents.filter(withdrawn_at=None).select_related("given_by").order_by("kind")),
        list(mine.filter(ends_at__gt=now).exclude(status="cancelled").order_by("starts_at")[:12]),
        past,
        {row.session_id: row for row in rows},
        list(
            Case.objects.filter(person__in=[person, *doubles])
            .select_related("session", "owner__user")
            .order_by("-raised_at")[:12]
        ),
        list(person.changes.select_related("member__user").order_by("-at", "-pk")[:CHANGES]),
        list(PersonCopy.objects.filter(person=person).order_by("-asked_at")[:3]),
        doubles,
    )
