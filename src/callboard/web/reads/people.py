"""People: lists by what they are, and all there is to know of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from callboard.cases.models import Case
from callboard.lib.errors import NotFound
from callboard.live.models import Attendance
from callboard.people.models import Consent, Guardianship, Member, Person
from callboard.sessions.models import Session
from callboard.web.reads import session as sessions

KINDS = ("instructors", "students", "guardians")


@dataclass(frozen=True)
class Page:
    people: list[Person]
    more: bool


@dataclass(frozen=True)
class Known:
    """One person. `wards` are whom they answer for, `guardians` who answers for them."""

    person: Person
    member: Member | None
    wards: list[Guardianship]
    guardians: list[Guardianship]
    consents: list[Consent]
    coming: list[Session]
    past: list[Session]
    attendance: dict[int, Attendance]
    cases: list[Case]


def listed(kind: str, text: str, start: int, length: int) -> Page:
    rows: QuerySet[Person] = Person.objects.filter(erased_at=None)
    if kind == "instructors":
        rows = rows.filter(instructor__isnull=False)
    elif kind == "students":
        rows = rows.filter(student__isnull=False)
    elif kind == "guardians":
        rows = rows.filter(wards__isnull=False).distinct()
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text))
    rows = rows.select_related("instructor", "student").prefetch_related(
        Prefetch("wards", Guardianship.objects.select_related("student")),
        Prefetch("guardians", Guardianship.objects.select_related("guardian")),
    )
    found = list(rows.order_by("name", "pk")[start : start + length + 1])
    return Page(found[:length], len(found) > length)


def known(pk: int, now: datetime) -> Known:
    """Raises NotFound where the organization knows no such person."""
    person = Person.objects.select_related("instructor", "student").filter(pk=pk).first()
    if person is None:
        raise NotFound
    mine = sessions.of_person(pk)
    past = list(mine.filter(ends_at__lte=now).order_by("-starts_at")[:12])
    rows = Attendance.objects.filter(session__in=past, participant=person.key)
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
            Case.objects.filter(person=person)
            .select_related("session", "owner__user")
            .order_by("-raised_at")[:12]
        ),
    )
