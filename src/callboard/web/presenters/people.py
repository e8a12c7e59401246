"""People as they are listed, and one person's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.people.models import Person
from callboard.web import times, words
from callboard.web.presenters import queue
from callboard.web.reads.people import Known
from callboard.web.viewer import Viewer


@dataclass(frozen=True)
class Row:
    name: str
    initials: str
    what: str
    detail: str
    where: str
    href: str
    email: str
    phone: str


@dataclass(frozen=True)
class Lesson:
    when: str
    title: str
    status: str
    was: str
    href: str


@dataclass(frozen=True)
class PersonView:
    name: str
    initials: str
    what: str
    where: str
    email: str
    phone: str
    signs_in: str
    invite: str
    skills: list[str]
    relations: list[tuple[str, str, str]]
    consents: list[tuple[str, str]]
    coming: list[Lesson]
    past: list[Lesson]
    cases: list[tuple[str, str, str, str, str]]


def rows(people: list[Person], viewer: Viewer, now: datetime) -> list[Row]:
    return [
        Row(
            person.name,
            times.initials(person.name),
            _what(person),
            _detail(person),
            times.elsewhere(now, person.zone or viewer.tz.key, viewer.tz),
            reverse("web:person", args=[person.pk]),
            person.email,
            person.phone,
        )
        for person in people
    ]


def _what(person: Person) -> str:
    parts = []
    if hasattr(person, "instructor"):
        parts.append(_("Instructor"))
    if hasattr(person, "student"):
        parts.append(_("Student"))
    if person.wards.all():
        parts.append(_("Guardian"))
    return ", ".join(parts)


def _detail(person: Person) -> str:
    if hasattr(person, "instructor"):
        return ", ".join(_skill(each) for each in person.instructor.skills[:4])
    wards = [each.student.name for each in person.wards.all()]
    if wards:
        return _("of %(names)s") % {"names": times.names(wards)}
    guardians = [each.guardian.name for each in person.guardians.all()]
    return _("with %(names)s") % {"names": times.names(guardians)} if guardians else ""


def _skill(code: str) -> str:
    return " ".join(str(code).split(":")).replace("_", " ").capitalize()


def view(known: Known, viewer: Viewer, now: datetime) -> PersonView:
    person, tz = known.person, viewer.tz
    relations = [(each.student, each.relation or _("ward")) for each in known.wards]
    relations += [(each.guardian, each.relation or _("guardian")) for each in known.guardians]
    member = known.member
    return PersonView(
        name=person.name or _("Erased"),
        initials=times.initials(person.name),
        what=_what(person),
        where=times.elsewhere(now, person.zone or viewer.tz.key, tz),
        email=person.email,
        phone=person.phone,
        signs_in=_("Signs in as %(role)s") % {"role": str(member.get_role_display()).lower()}
        if member and member.deactivated_at is None
        else _("Does not sign in"),
        invite=_invite(known, viewer),
        skills=[_skill(each) for each in person.instructor.skills] if hasattr(person, "instructor") else [],
        relations=[
            (other.name, relation, reverse("web:person", args=[other.pk])) for other, relation in relations
        ],
        consents=[
            (str(each.get_kind_display()),
             _("given %(day)s by %(name)s") % {"day": times.day(each.given_at, tz),
                                               "name": each.given_by.name if each.given_by else person.name})
            for each in known.consents
        ],
        coming=[
            Lesson(_when(each.starts_at, viewer, now), each.title, str(each.get_status_display()), "",
                   reverse("web:session", args=[each.key]))
            for each in known.coming
        ],
        past=[
            Lesson(_when(each.starts_at, viewer, now), each.title, str(each.get_status_display()),
                   _was(known, each.pk), reverse("web:session", args=[each.key]))
            for each in known.past
        ],
        cases=[
            (each.severity, queue.state_of(each, mine=each.owner_id == viewer.member), words.kind(each.kind),
             times.when(each.raised_at, tz, now), reverse("web:case", args=[each.pk]))
            for each in known.cases
        ],
    )  # fmt: skip


def _invite(known: Known, viewer: Viewer) -> str:
    """Where to invite them to sign in; empty where they do already or it is not for the viewer."""
    signs_in = known.member is not None and known.member.deactivated_at is None
    if signs_in or known.person.erased_at or not viewer.access.may("people.manage"):
        return ""
    return reverse("web:invite_person", args=[known.person.pk])


def _when(moment: datetime, viewer: Viewer, now: datetime) -> str:
    return f"{times.day(moment, viewer.tz)}, {times.hm(moment, viewer.tz)}"


def _was(known: Known, session: int) -> str:
    row = known.attendance.get(session)
    if row is None or not row.joins:
        return _("not seen")
    there = times.age(timedelta(seconds=row.present_s))
    spoke = times.age(timedelta(seconds=row.talk_s))
    return _("there %(there)s, spoke %(spoke)s") % {"there": there, "spoke": spoke}
