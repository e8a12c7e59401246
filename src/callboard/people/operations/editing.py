"""Changing a person's record, each change written down with who made it, and taken back within a day.

All need the organization's scope. Taking back refuses where somebody has changed the same since. Of a double
nothing is changed any more: Conflict (`merged`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from callboard.lib import clock, pubsub
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.people import rules
from callboard.people.access import Access
from callboard.people.models import Guardianship, Instructor, Member, Person, Student
from callboard.people.operations.checks import check_zone, checked_email
from callboard.people.operations.persons import add_guardian, check_standing, remove_guardian
from callboard.people.records import ChangeKind, PersonChange

UNDO_WITHIN = timedelta(days=1)
UNDOABLE = frozenset(
    {ChangeKind.EDITED, ChangeKind.LINKED, ChangeKind.UNLINKED, ChangeKind.ARCHIVED, ChangeKind.RESTORED}
)
"""What `workflows.take_back` takes back, besides merging."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a coordinator may say of a person. `skills` None: does not teach; `level` None: does not learn.

    `buffer_minutes` and `of_age_on` are known of those too who teach and learn no more.
    """

    name: str
    email: str = ""
    phone: str = ""
    zone: str = ""
    locale: str = ""
    skills: Sequence[str] | None = None
    buffer_minutes: int = 0
    level: str | None = None
    of_age_on: date | None = None


def profile_of(person: Person) -> Profile:
    """As it stands."""
    instructor = Instructor.objects.filter(person=person).first()
    student = Student.objects.filter(person=person).first()
    return Profile(
        name=person.name,
        email=person.email,
        phone=person.phone,
        zone=person.zone,
        locale=person.locale,
        skills=tuple(instructor.skills) if instructor and instructor.active else None,
        buffer_minutes=instructor.buffer_minutes if instructor else 0,
        level=student.level if student and student.active else None,
        of_age_on=student.of_age_on if student else None,
    )


def edit_person(
    access: Access, person_id: int, profile: Profile, *, seen: int | None = None
) -> PersonChange | None:
    """Put a profile in place of what is known; None where nothing is other than it was.

    `seen`: the id of the latest change that the editor had before them (0: none); one that came meanwhile is
    Conflict (`changed_since`). Raises NotFound, Forbidden, Invalid by field.
    """
    person = _standing(access, person_id)
    if seen is not None and latest_change(person) != seen:
        raise Conflict(
            _("Somebody else has just changed this person. Look at it again."), code="changed_since"
        )
    former = profile_of(person)
    wanted = _checked(profile)
    if wanted.level is None:
        wanted = replace(wanted, of_age_on=former.of_age_on)
    if wanted.skills is None:
        wanted = replace(wanted, buffer_minutes=former.buffer_minutes)
    before, after = _differing(former, wanted)
    if not after:
        return None
    _put(person, wanted)
    return note(access, person, ChangeKind.EDITED, before, after)


def link_guardian(access: Access, guardian_id: int, student_id: int, relation: str = "") -> PersonChange:
    """Let one person answer for another. Raises NotFound, Forbidden, Invalid, Conflict (`linked_already`)."""
    student, guardian = _standing(access, student_id), _standing(access, guardian_id)
    if Guardianship.objects.filter(guardian=guardian, student=student).exists():
        raise Conflict(_("They are linked already."), code="linked_already")
    relation = add_guardian(guardian, student, relation.strip()[:40]).relation
    return note(access, student, ChangeKind.LINKED, {}, {"guardian": guardian.pk, "relation": relation})


def unlink_guardian(access: Access, guardian_id: int, student_id: int) -> PersonChange:
    """End that; they see the student's sessions no more. Raises NotFound, Forbidden."""
    student = _standing(access, student_id)
    link = Guardianship.objects.filter(guardian_id=guardian_id, student=student).first()
    if link is None:
        raise NotFound(_("They do not answer for this person."), code="not_linked")
    before = {"guardian": guardian_id, "relation": link.relation}
    remove_guardian(link.guardian, student)
    return note(access, student, ChangeKind.UNLINKED, before, {})


def archive_person(access: Access, person_id: int) -> PersonChange:
    """Keep them for the record: in no list, bookable no more, and their own sign-in opens nothing here.

    Staff keep theirs. Who still has sessions to come is refused by whoever knows of sessions (workflows).
    Raises NotFound, Forbidden, Conflict (`archived_already`).
    """
    person = _standing(access, person_id)
    if person.archived_at is not None:
        raise Conflict(_("They are archived already."), code="archived_already")
    teaches = Instructor.objects.filter(person=person, active=True)
    learns = Student.objects.filter(person=person, active=True)
    members = Member.objects.filter(person=person, deactivated_at=None, role__in=rules.ROLES_OF_PEOPLE)
    was = {
        "instructor": teaches.exists(),
        "student": learns.exists(),
        "members": list(members.values_list("pk", flat=True)),
    }
    now = clock.now()
    teaches.update(active=False)
    learns.update(active=False)
    members.update(deactivated_at=now)
    Person.objects.filter(pk=person.pk).update(archived_at=now)
    return note(access, person, ChangeKind.ARCHIVED, was, {})


def restore_person(access: Access, person_id: int) -> PersonChange:
    """Out of the archive, as what they were when they went in. Raises NotFound, Forbidden, Conflict."""
    person = _standing(access, person_id)
    if person.archived_at is None:
        raise Conflict(_("They are not archived."), code="not_archived")
    went = (
        PersonChange.objects.filter(person=person, kind=ChangeKind.ARCHIVED, undone_at=None)
        .order_by("-at", "-pk")
        .first()
    )
    _bring_back(person, went.before if went else {})
    return note(access, person, ChangeKind.RESTORED, went.before if went else {}, {})


def undo_change(access: Access, person_id: int, change_id: int) -> PersonChange:
    """Take one of the last day's changes back that concerns `people` alone (workflows.take_back knows the
    others). Raises NotFound, Forbidden, Conflict (`not_undoable`, `undone_already`, `too_late`,
    `changed_since`).
    """
    person = _standing(access, person_id)
    change = change_to_undo(person, change_id)
    if change.kind not in _UNDO:
        raise Conflict(_("This cannot be taken back here."), code="not_undoable")
    _UNDO[ChangeKind(change.kind)](person, change)
    return undone(change)


def change_to_undo(person: Person, change_id: int) -> PersonChange:
    """One of the last day, locked. Raises NotFound, Conflict (`undone_already`, `too_late`)."""
    change = PersonChange.objects.select_for_update().filter(pk=change_id, person=person).first()
    if change is None:
        raise NotFound
    if change.undone_at is not None:
        raise Conflict(_("This was taken back already."), code="undone_already")
    if clock.now() - change.at > UNDO_WITHIN:
        raise Conflict(_("This was more than a day ago. Change it by hand."), code="too_late")
    return change


def undone(change: PersonChange) -> PersonChange:
    """Write down that it was taken back."""
    change.undone_at = clock.now()
    change.save(update_fields=["undone_at"])
    pubsub.publish("person", person=change.person_id)
    return change


def held(access: Access, person_id: int) -> Person:
    """The person, locked, if the asker may change them. Raises Forbidden, NotFound (also for the erased)."""
    access.require("people.manage")
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id, erased_at=None).first()
    if person is None:
        raise NotFound(_("There is no such person."), code="person_not_found")
    return person


def _standing(access: Access, person_id: int) -> Person:
    """As `held`; a double raises Conflict (`merged`)."""
    person = held(access, person_id)
    check_standing(person)
    return person


def latest_change(person: Person) -> int:
    """The id of the latest change, 0 where there was none."""
    ids = PersonChange.objects.filter(person=person).order_by("-pk").values_list("pk", flat=True)
    return ids.first() or 0


def note(
    access: Access, person: Person, kind: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> PersonChange:
    """Write a change down, and say that it came about."""
    pubsub.publish("person", person=person.pk)
    return PersonChange.objects.create(
        person=person,
        kind=kind,
        at=clock.now(),
        member_id=access.member,
        asker=access.name[:100] if access.key else "",
        before=dict(before),
        after=dict(after),
    )


def _checked(profile: Profile) -> Profile:
    fields: dict[str, Any] = {}
    if not profile.name.strip():
        fields["name"] = _("A person needs a name.")
    if len(profile.name) > 200:
        fields["name"] = _("At most %(most)d characters.") % {"most": 200}
    email = profile.email.strip()
    try:
        if email:
            checked_email(email)
    except Invalid as error:
        fields |= error.fields
    try:
        if profile.zone:
            check_zone(profile.zone)
    except Invalid as error:
        fields |= error.fields
    if profile.locale and profile.locale not in dict(settings.LANGUAGES):
        fields["locale"] = _("There is no such language here.")
    if not 0 <= profile.buffer_minutes <= 240:
        fields["buffer_minutes"] = _("Between 0 and 240 minutes.")
    if fields:
        raise Invalid(fields=fields)
    return Profile(
        name=" ".join(profile.name.split()),
        email=email.lower(),
        phone=profile.phone.strip()[:40],
        zone=profile.zone,
        locale=profile.locale,
        skills=None
        if profile.skills is None
        else tuple(sorted({each.strip() for each in profile.skills} - {""})),
        buffer_minutes=profile.buffer_minutes,
        level=None if profile.level is None else profile.level.strip()[:40],
        of_age_on=profile.of_age_on,
    )


def _said(profile: Profile) -> dict[str, Any]:
    """As JSON keeps it."""
    return {
        "name": profile.name,
        "email": profile.email,
        "phone": profile.phone,
        "zone": profile.zone,
        "locale": profile.locale,
        "skills": None if profile.skills is None else list(profile.skills),
        "buffer_minutes": profile.buffer_minutes,
        "level": profile.level,
        "of_age_on": profile.of_age_on.isoformat() if profile.of_age_on else None,
    }


def _differing(former: Profile, wanted: Profile) -> tuple[dict[str, Any], dict[str, Any]]:
    was, will = _said(former), _said(wanted)
    changed = [name for name in was if was[name] != will[name]]
    return {name: was[name] for name in changed}, {name: will[name] for name in changed}


def _put(person: Person, profile: Profile) -> None:
    Person.objects.filter(pk=person.pk).update(
        name=profile.name, email=profile.email, phone=profile.phone, zone=profile.zone, locale=profile.locale
    )
    if profile.skills is None:
        Instructor.objects.filter(person=person).update(active=False, buffer_minutes=profile.buffer_minutes)
    else:
        Instructor.objects.update_or_create(
            person=person,
            defaults={
                "skills": list(profile.skills), "buffer_minutes": profile.buffer_minutes, "active": True,
            },
        )  # fmt: skip
    if profile.level is None:
        Student.objects.filter(person=person).update(active=False, of_age_on=profile.of_age_on)
    else:
        Student.objects.update_or_create(
            person=person,
            defaults={"level": profile.level, "of_age_on": profile.of_age_on, "active": True},
        )


def _unedit(person: Person, change: PersonChange) -> None:
    now = _said(profile_of(person))
    if any(now[name] != value for name, value in change.after.items()):
        raise Conflict(_("It was changed again since. Change it by hand."), code="changed_since")
    was = {**now, **change.before}
    day = was.pop("of_age_on")
    _put(person, Profile(**was, of_age_on=date.fromisoformat(day) if day else None))


def _unlink(person: Person, change: PersonChange) -> None:
    link = Guardianship.objects.filter(guardian_id=change.after["guardian"], student=person).first()
    if link is None or link.relation != change.after["relation"]:
        raise Conflict(_("It was changed again since. Change it by hand."), code="changed_since")
    remove_guardian(link.guardian, person)


def _relink(person: Person, change: PersonChange) -> None:
    guardian = Person.objects.filter(
        pk=change.before["guardian"], erased_at=None, archived_at=None, merged_into=None
    ).first()
    if guardian is None:
        raise Conflict(_("They are not there any more."), code="changed_since")
    if Guardianship.objects.filter(guardian=guardian, student=person).exists():
        raise Conflict(_("They are linked already."), code="changed_since")
    add_guardian(guardian, person, change.before["relation"])


def _unarchive(person: Person, change: PersonChange) -> None:
    if person.archived_at is None:
        raise Conflict(_("They are not archived any more."), code="changed_since")
    _bring_back(person, change.before)


def _bring_back(person: Person, was: Mapping[str, Any]) -> None:
    if was.get("instructor"):
        Instructor.objects.filter(person=person).update(active=True)
    if was.get("student"):
        Student.objects.filter(person=person).update(active=True)
    Member.objects.filter(pk__in=was.get("members", []), person=person).update(deactivated_at=None)
    Person.objects.filter(pk=person.pk).update(archived_at=None)


_UNDO: Mapping[ChangeKind, Callable[[Person, PersonChange], None]] = {
    ChangeKind.EDITED: _unedit,
    ChangeKind.LINKED: _unlink,
    ChangeKind.UNLINKED: _relink,
    ChangeKind.ARCHIVED: _unarchive,
}
