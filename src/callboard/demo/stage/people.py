"""The people of the school, its coordinators and their logins, and the keys with which programs enter."""

from __future__ import annotations

from dataclasses import dataclass

from callboard.demo.school.population import MAIL_DOMAIN, Human, School
from callboard.demo.school.timetable import Lesson
from callboard.people.access import SCOPES
from callboard.people.models import Organization, Person, Role
from callboard.people.operations import (
    Draft,
    add_guardians,
    add_member,
    create_api_key,
    create_login,
    create_people,
)

OFFICE = (
    ("admin", "Oriol Casals", Role.ADMIN),
    ("coordinator", "Nora Lindqvist", Role.COORDINATOR),
    ("colleague", "Tunde Pryce", Role.COORDINATOR),
    ("colleague2", "Agathe Bosch", Role.COORDINATOR),
)
"""Who works the queue: the login's name before the @, and who they are."""


COLLEAGUES = ("colleague", "colleague2")
"""Those who work the queue by themselves."""


@dataclass(frozen=True)
class Entrances:
    """How one gets in: a login's address by role, a key that may do all, one that may only send events."""

    logins: dict[str, str]
    api_key: str
    events_key: str


def address(login: str) -> str:
    return f"{login}@{MAIL_DOMAIN}"


def write_people(school: School) -> dict[str, int]:
    """Everybody, in bulk; the row of each by key. Needs the organization's scope."""
    drafts = [
        _draft(teacher.person, skills=teacher.skills, buffer=teacher.buffer_minutes)
        for teacher in school.teachers
    ]
    drafts += [_draft(learner.person, level=learner.level) for learner in school.learners]
    drafts += [_draft(guardian) for guardian in school.guardians]
    people = {person.key: person for person in create_people(drafts)}
    add_guardians(
        [
            (people[guardian], people[learner.person.key], "parent")
            for learner in school.learners
            for guardian in learner.guardians
        ]
    )
    return {key: person.pk for key, person in people.items()}


def _draft(
    human: Human, *, skills: tuple[str, ...] | None = None, buffer: int = 0, level: str | None = None
) -> Draft:
    return Draft(
        name=human.name, email=human.email, phone=human.phone, zone=human.zone, locale=human.locale,
        key=human.key, skills=skills, buffer_minutes=buffer, level=level, consents=human.consents,
        refusals=() if "recording" in human.consents else ("recording",),
    )  # fmt: skip


def write_entrances(organization: Organization, lesson: Lesson) -> Entrances:
    """Logins for the office, and for an instructor, a student and a guardian of a lesson that is live.

    Needs the organization's scope.
    """
    logins: dict[str, str] = {}
    for login, name, role in OFFICE:
        user = create_login(address(login), name)
        user.zone = organization.zone
        user.save(update_fields=["zone"])
        add_member(user, role)
        logins[login] = user.email
    learner = lesson.group.learners[0]
    theirs = {
        Role.INSTRUCTOR: lesson.instructor,
        Role.STUDENT: learner.person.key,
        Role.GUARDIAN: learner.guardians[0],
    }
    for role, key in theirs.items():
        person = Person.objects.get(key=key)
        user = create_login(person.email, person.name)
        user.zone = person.zone
        user.save(update_fields=["zone"])
        add_member(user, role, person)
        logins[role.value] = user.email
    _, api_key = create_api_key("Demo", SCOPES)
    _, events_key = create_api_key("Simulated provider", ["events.write"])
    return Entrances(logins, api_key, events_key)
