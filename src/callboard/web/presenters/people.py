"""People as they are listed, and one person's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from callboard.people import queries
from callboard.people.models import Person
from callboard.people.operations import copying, editing
from callboard.people.records import ChangeKind, CopyStatus, PersonChange, PersonCopy
from callboard.sessions import retention_queries
from callboard.web import times, words
from callboard.web.presenters import erasures, queue
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
class Relation:
    """`side`: what the other is to them, guardian or ward."""

    pk: int
    name: str
    relation: str
    href: str
    side: str


@dataclass(frozen=True)
class Change:
    """`undo`: where it is taken back, empty where it cannot be any more."""

    what: str
    by: str
    undo: str


@dataclass(frozen=True)
class Copy:
    said: str
    href: str


@dataclass(frozen=True)
class PersonView:
    """`state`: that they are archived or a double, `became` of whom."""

    name: str
    initials: str
    what: str
    where: str
    email: str
    phone: str
    signs_in: str
    invite: str
    skills: list[str]
    pk: int
    may: bool
    state: str
    became: tuple[str, str] | None
    archived: bool
    erase: str
    hold: str
    held: bool
    relations: list[Relation]
    changes: list[Change]
    copies: list[Copy]
    consents: list[tuple[str, str]]
    consents_href: str
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


def sides(one: Person, other: Person, tz: ZoneInfo) -> list[tuple[str, str, str]]:
    """What tells two records apart, where either says something: what it is, and both."""
    rows = [
        (_("Name"), one.name, other.name),
        (_("Email address"), one.email, other.email),
        (_("Phone"), one.phone, other.phone),
        (_("Role"), _what(one), _what(other)),
        (_("Level"), _level(one), _level(other)),
        (_("Id elsewhere"), one.external_id, other.external_id),
        (_("Known since"), times.day(one.created_at, tz), times.day(other.created_at, tz)),
    ]
    return [row for row in rows if any(row[1:])]


def _level(person: Person) -> str:
    return person.student.level if hasattr(person, "student") else ""


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
    relations = [(each.student, each.relation or _("ward"), "ward") for each in known.wards]
    relations += [(each.guardian, each.relation or _("guardian"), "guardian") for each in known.guardians]
    became = person.merged_into
    member = known.member
    manages = viewer.access.may("people.manage") and person.erased_at is None
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
        pk=person.pk,
        may=manages and became is None,
        state=_state(person, viewer),
        became=(became.name, reverse("web:person", args=[became.pk])) if became else None,
        archived=person.archived_at is not None,
        erase=_erase(known, viewer),
        hold=_hold(person, viewer),
        held=bool(retention_queries.held().people & {person.pk}),
        relations=[
            Relation(other.pk, other.name, relation, reverse("web:person", args=[other.pk]), side)
            for other, relation, side in relations
        ],
        changes=[_change(each, viewer, now) for each in known.changes] if manages else [],
        copies=[_copy(each, viewer, now) for each in known.copies],
        consents=[
            (str(each.get_kind_display()),
             _("given %(day)s by %(name)s") % {"day": times.day(each.given_at, tz),
                                               "name": each.given_by.name if each.given_by else person.name})
            for each in known.consents
        ],
        consents_href=reverse("web:person_consents", args=[person.pk]),
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


def _hold(person: Person, viewer: Viewer) -> str:
    """Where they are kept, whatever the policy says; empty where that is not for the viewer."""
    if not viewer.access.may("data.manage") or person.erased_at is not None or person.merged_into_id:
        return ""
    return f"{reverse('web:place_hold')}?person={person.key}"


def _erase(known: Known, viewer: Viewer) -> str:
    """Where they are erased; empty where it is not for the viewer, or done."""
    person = known.person
    if not viewer.access.may("people.erase") or person.erased_at is not None or person.merged_into_id:
        return ""
    return reverse("web:erase_person", args=[person.pk])


def _state(person: Person, viewer: Viewer) -> str:
    if person.erased_at is not None:
        erasure = queries.last_erasure(person.pk)
        if erasure is not None and erasure.done_at is None:
            return f"{erasures.how_far(erasure)}."
        return _("Erased %(day)s. What is left says nothing of who they were.") % {
            "day": times.day(person.erased_at, viewer.tz)
        }
    if person.merged_into_id is not None:
        return _("This record is a part of another one:")
    if person.archived_at is not None:
        return _("In the archive since %(day)s.") % {"day": times.day(person.archived_at, viewer.tz)}
    return ""


_FIELDS: dict[str, Any] = {
    "name": _lazy("name"), "email": _lazy("mail address"), "phone": _lazy("phone"),
    "zone": _lazy("time zone"),
    "locale": _lazy("language"), "skills": _lazy("what they teach"), "buffer_minutes": _lazy("minutes free"),
    "level": _lazy("level"), "of_age_on": _lazy("of age from"),
}  # fmt: skip


def _change(change: PersonChange, viewer: Viewer, now: datetime) -> Change:
    what = str(change.get_kind_display())
    if change.kind == ChangeKind.EDITED:
        fields = times.names([str(_FIELDS[name]) for name in change.after if name in _FIELDS], 9)
        what = _("%(what)s: %(fields)s") % {"what": what, "fields": fields}
    if change.undone_at is not None:
        what = _("%(what)s, and taken back") % {"what": what}
    who = change.asker or (change.member and (change.member.user.name or change.member.user.email)) or ""
    at = times.when(change.at, viewer.tz, now)
    undo = ""
    merged = change.person.merged_into_id is not None
    if change.undone_at is None and not merged and now - change.at < editing.UNDO_WITHIN:
        if change.kind in editing.UNDOABLE:
            undo = reverse("web:undo_change", args=[change.person_id, change.pk])
        elif change.kind == ChangeKind.MERGED:
            undo = reverse("web:unmerge", args=[change.person_id, change.pk])
    return Change(what, _("%(who)s, %(at)s") % {"who": who, "at": at} if who else at, undo)


def _copy(copy: PersonCopy, viewer: Viewer, now: datetime) -> Copy:
    at = times.when(copy.asked_at, viewer.tz, now)
    words = {
        CopyStatus.ASKED: _("A copy, asked for %(at)s, is being made."),
        CopyStatus.READY: _("A copy of %(at)s, until %(until)s."),
        CopyStatus.FAILED: _("A copy, asked for %(at)s, could not be made. Ask again."),
        CopyStatus.GONE: _("A copy of %(at)s, deleted since."),
    }
    until = times.day(copy.until, viewer.tz) if copy.until else ""
    ready = copy.status == CopyStatus.READY and copy.until is not None and copy.until > now
    said = words[CopyStatus(copy.status)] % {"at": at, "until": until}
    return Copy(said, reverse("web:person_copy", args=[copying.token_of(copy)]) if ready else "")


def _invite(known: Known, viewer: Viewer) -> str:
    """Where to invite them to sign in; empty where they do already or it is not for the viewer."""
    signs_in = known.member is not None and known.member.deactivated_at is None
    gone = known.person.erased_at or known.person.merged_into_id
    if signs_in or gone or not viewer.access.may("people.manage"):
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
