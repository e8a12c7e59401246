"""People of an organization: making them, and saying what they are to it. All need its scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from callboard.lib import clock, ids, pubsub
from callboard.lib.errors import Conflict, Invalid
from callboard.lib.tenancy import current_organization
from callboard.people.models import (
    Consent,
    ConsentSaid,
    ConsentWay,
    ConsentWord,
    Guardianship,
    Instructor,
    Person,
    Student,
)
from callboard.people.operations.checks import check_zone, checked_email


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A person to be made. `skills` not None: an instructor; `level` not None: a student.

    `key` is the id that events carry; one is made up where it is empty. `consents` are in force at once;
    `refusals` are kinds that were asked for and not agreed to. `of_age_on` as in models.Student.
    """

    name: str
    email: str = ""
    phone: str = ""
    zone: str = ""
    locale: str = ""
    key: str = ""
    skills: Sequence[str] | None = None
    buffer_minutes: int = 0
    level: str | None = None
    of_age_on: date | None = None
    consents: Sequence[str] = field(default_factory=tuple)
    refusals: Sequence[str] = field(default_factory=tuple)


def create_person(
    name: str, *, email: str = "", phone: str = "", zone: str = "", locale: str = "", key: str = ""
) -> Person:
    """One person. Raises Invalid, Conflict (`key_taken`)."""
    return create_people([Draft(name=name, email=email, phone=phone, zone=zone, locale=locale, key=key)])[0]


def create_people(drafts: Sequence[Draft]) -> list[Person]:
    """Many at once, in the order given, in a handful of statements. All or none.

    Raises Invalid for a nameless person, an unknown zone or what is no address, Conflict (`key_taken`).
    """
    for zone in {draft.zone for draft in drafts} - {""}:
        check_zone(zone)
    for email in {draft.email for draft in drafts} - {""}:
        checked_email(email)
    if any(not draft.name.strip() for draft in drafts):
        raise Invalid(fields={"name": _("A person needs a name.")})
    try:
        with transaction.atomic():
            people = Person.objects.bulk_create([_person(draft) for draft in drafts], batch_size=1000)
    except IntegrityError as error:
        raise Conflict(_("Someone has this id already."), code="key_taken") from error
    pairs = list(zip(people, drafts, strict=True))
    Instructor.objects.bulk_create(
        [
            Instructor(person=person, skills=list(draft.skills), buffer_minutes=draft.buffer_minutes)
            for person, draft in pairs
            if draft.skills is not None
        ],
        batch_size=1000,
    )
    Student.objects.bulk_create(
        [
            Student(person=person, level=draft.level, of_age_on=draft.of_age_on)
            for person, draft in pairs
            if draft.level is not None
        ],
        batch_size=1000,
    )
    _note_consents(pairs)
    if len(people) == 1:
        pubsub.publish("person", person=people[0].pk)
    elif people:
        pubsub.publish("person", many=True)
    return people


def _note_consents(pairs: Sequence[tuple[Person, Draft]]) -> None:
    """What each agreed to and what not. There are several rows for each person: so one statement a table."""
    said = [
        (person.pk, kind, answer)
        for person, draft in pairs
        for answer, kinds in ((ConsentSaid.GIVEN, draft.consents), (ConsentSaid.REFUSED, draft.refusals))
        for kind in kinds
    ]
    if not said:
        return
    given: dict[str, Any] = {
        "people": [person for person, _, _ in said],
        "kinds": [str(kind) for _, kind, _ in said],
        "said": [answer.value for _, _, answer in said],
        "agreed": ConsentSaid.GIVEN.value,
        "way": ConsentWay.NOTED.value,
        "now": clock.now(),
        "organization": current_organization(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CONSENTS.format(consent=Consent._meta.db_table), given)
        cursor.execute(_WORDS.format(word=ConsentWord._meta.db_table), given)


_SAID = "FROM unnest(%(people)s::bigint[], %(kinds)s::text[], %(said)s::text[]) AS told (person, kind, said)"
_CONSENTS = f"""
INSERT INTO {{consent}} (organization_id, person_id, kind, given_by_id, given_at)
SELECT %(organization)s, person, kind, person, %(now)s {_SAID} WHERE said = %(agreed)s
"""
_WORDS = f"""
INSERT INTO {{word}}
    (organization_id, person_id, kind, said, said_by_id, said_at, noted_at, way, reference, proof, proof_type)
SELECT %(organization)s, person, kind, said, NULL, %(now)s, %(now)s, %(way)s, '', '', '' {_SAID}
"""


def _person(draft: Draft) -> Person:
    return Person(
        key=draft.key or ids.person_key(),
        name=draft.name.strip(),
        email=draft.email.strip().lower(),
        phone=draft.phone.strip(),
        zone=draft.zone,
        locale=draft.locale,
    )


def check_standing(person: Person) -> None:
    """Raises Conflict (`merged`): a double is as it was, whatever is said is said of whom it became."""
    if person.merged_into_id is not None:
        raise Conflict(_("They were merged into somebody else."), code="merged")


def add_instructor(person: Person, skills: Sequence[str] = (), buffer_minutes: int = 0) -> Instructor:
    """Let a person teach, or change how they do. `skills` are "subject:level", each once. Raises Conflict
    (`merged`)."""
    check_standing(person)
    if not 0 <= buffer_minutes <= 240:
        raise Invalid(fields={"buffer_minutes": _("Between 0 and 240 minutes.")})
    instructor, _made = Instructor.objects.update_or_create(
        person=person,
        defaults={"skills": sorted(set(skills)), "buffer_minutes": buffer_minutes, "active": True},
    )
    pubsub.publish("person", person=person.pk)
    return instructor


def add_student(person: Person, level: str = "", of_age_on: date | None = None) -> Student:
    """Let a person learn, or change at which level; `of_age_on` None: as it was. Raises Conflict
    (`merged`)."""
    check_standing(person)
    defaults: dict[str, Any] = {"level": level, "active": True}
    if of_age_on is not None:
        defaults["of_age_on"] = of_age_on
    student, _made = Student.objects.update_or_create(person=person, defaults=defaults)
    pubsub.publish("person", person=person.pk)
    return student


def add_guardian(guardian: Person, student: Person, relation: str = "") -> Guardianship:
    """Let one person answer for another. Twice is once. Raises Invalid where they are the same, Conflict
    (`merged`)."""
    check_standing(guardian)
    check_standing(student)
    if guardian.pk == student.pk:
        raise Invalid(fields={"guardian": _("Nobody is their own guardian.")})
    guardianship, _made = Guardianship.objects.update_or_create(
        guardian=guardian, student=student, defaults={"relation": relation}
    )
    pubsub.publish("person", person=student.pk)
    return guardianship


def add_guardians(pairs: Sequence[tuple[Person, Person, str]]) -> None:
    """Many at once: (guardian, student, relation). Those that are already there stay."""
    Guardianship.objects.bulk_create(
        [
            Guardianship(guardian=guardian, student=student, relation=relation)
            for guardian, student, relation in pairs
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )


def remove_guardian(guardian: Person, student: Person) -> None:
    """End that one person answers for another, and so sees their sessions. Twice is once."""
    Guardianship.objects.filter(guardian=guardian, student=student).delete()
    pubsub.publish("person", person=student.pk)


def leave(person: Person) -> None:
    """The person neither teaches nor learns here any more; their history stays."""
    Instructor.objects.filter(person=person).update(active=False)
    Student.objects.filter(person=person).update(active=False)
    pubsub.publish("person", person=person.pk)
