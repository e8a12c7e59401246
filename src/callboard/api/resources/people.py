"""People, what they are to the organization, who answers for them, and what they agreed to."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status

from callboard.api.guard import Asked
from callboard.api.shapes import people as shapes
from callboard.lib.errors import NotFound
from callboard.people import operations, queries
from callboard.people.access import Access
from callboard.people.models import Guardianship, Instructor, Person, Student
from callboard.people.operations import editing
from callboard.workflows import ask_consent

router = Router(tags=["People"])


def by_key(key: str) -> Person:
    """Raises NotFound."""
    person = Person.objects.select_related("instructor", "student").filter(key=key).first()
    if person is None:
        raise NotFound(_("There is no such person."), code="person_not_found", person=key)
    return person


def whole(person: Person) -> dict[str, Any]:
    """A person with all that is told of them."""
    instructor = getattr(person, "instructor", None)
    student = getattr(person, "student", None)
    return {
        **shapes.person_row(person),
        "external_id": person.external_id or None,
        "email": person.email or None,
        "phone": person.phone or None,
        "zone": person.zone or None,
        "skills": instructor.skills if instructor else [],
        "buffer_minutes": instructor.buffer_minutes if instructor else 0,
        "level": (student.level or None) if student else None,
        "of_age_on": student.of_age_on if student else None,
        "consents": sorted(queries.consents(person.pk)),
        "guardians": [each.key for each in queries.guardians(person.pk)],
        "wards": [each.key for each in queries.wards(person.pk)],
    }


def seen(access: Access, key: str) -> Person:
    """The person, if the asker may see them; one whom they may not see is not there."""
    person = by_key(key)
    if not queries.may_see_person(access, person.pk):
        raise NotFound(_("There is no such person."), code="person_not_found", person=key)
    return person


@router.get("", response=shapes.PeoplePage, operation_id="list_people")
def list_people(request: Asked, wanted: Query[shapes.PeopleFilter]) -> Any:
    """People by name."""
    request.access.require("people.read")
    found = queries.people_list(wanted.search, wanted.role, wanted.page)
    return {
        "items": [shapes.person_row(person) for person in found.people],
        "next": found.page + 1 if found.page < found.pages else None,
        "total": found.total,
    }


@router.post("", response={200: shapes.PersonItem, 201: shapes.PersonItem}, operation_id="create_person")
def create_person(request: Asked, given: shapes.PersonIn) -> Any:
    """A new person, 201; 200 with whoever has the `key` already, who becomes what they were not yet."""
    request.access.require("people.manage")
    known = Person.objects.filter(key=given.key).first() if given.key else None
    if known is not None:
        _become(known, given)
        return Status(200, whole(by_key(given.key)))
    draft = operations.Draft(
        name=given.name,
        key=given.key,
        email=given.email,
        phone=given.phone,
        zone=given.zone,
        locale=given.locale,
        skills=sorted(set(given.skills)) if given.instructor or given.skills else None,
        buffer_minutes=given.buffer_minutes,
        level=given.level if given.student or given.level else None,
        of_age_on=given.of_age_on,
        consents=sorted(set(given.consents)),
    )
    person = operations.create_people([draft])[0]
    return Status(201, whole(by_key(person.key)))


def _become(person: Person, given: shapes.PersonIn) -> None:
    """Let someone teach or learn who did not; whatever else is known of them stays."""
    if given.instructor and not Instructor.objects.filter(person=person, active=True).exists():
        operations.add_instructor(person, given.skills, given.buffer_minutes)
    if given.student and not Student.objects.filter(person=person, active=True).exists():
        operations.add_student(person, given.level)


@router.get("/{person}", response=shapes.PersonItem, operation_id="get_person")
def get_person(request: Asked, person: str) -> Any:
    return whole(seen(request.access, person))


@router.post("/{person}/consents", response=shapes.PersonItem, operation_id="give_consent")
def give_consent(request: Asked, person: str, given: shapes.ConsentIn) -> Any:
    """Write down that they, or a guardian of theirs, agreed."""
    request.access.require("people.manage")
    giver = by_key(given.given_by) if given.given_by else None
    operations.give_consent(by_key(person), given.kind, giver)
    return whole(by_key(person))


@router.get("/{person}/consents", response=shapes.Consents, operation_id="list_consents")
def list_consents(request: Asked, person: str) -> Any:
    """What holds, who says it, and everything that was ever said."""
    return _consents(seen(request.access, person))


def _consents(person: Person) -> dict[str, Any]:
    """Of a double: what holds of whom they became, and what was said of them before."""
    now = queries.became(person)
    return {
        "in_force": sorted(queries.consents(now.pk)),
        "speakers": [each.key for each in queries.speakers(now)],
        "items": [shapes.consent_word(word) for word in queries.consent_words(person.pk)],
    }


@router.post("/{person}/consents/paper", response=shapes.Consents, operation_id="note_consent")
def note_consent(request: Asked, person: str, given: shapes.PaperIn) -> Any:
    """Enter a form on paper, with its day and its proof. One that is older than what was said last is
    kept, and changes nothing.
    """
    request.access.require("people.manage")
    found = by_key(person)
    operations.note_consent(
        request.access,
        found,
        given.kinds,
        yes=given.agreed,
        said_by=by_key(given.said_by) if given.said_by else None,
        said_at=given.said_at,
        proof=operations.Proof(reference=given.reference, content=given.file),
    )
    return _consents(queries.became(found))


@router.get("/{person}/consents/{word}/proof", operation_id="get_consent_proof")
def get_consent_proof(request: Asked, person: str, word: int) -> Any:
    """The form itself, as the file that it was kept as."""
    request.access.require("people.manage")
    found = operations.proof_of(by_key(person).pk, word)
    return HttpResponse(operations.read_proof(found), content_type=found.proof_type)


@router.post("/{person}/consents/ask", response=shapes.Asked, operation_id="ask_consent")
def ask_for_consent(request: Asked, person: str) -> Any:
    """Mail whoever speaks for them the link to their page. 409 `no_address` where nobody has an address."""
    request.access.require("people.manage")
    return {"to": list(ask_consent.ask_by_mail(by_key(person)))}


@router.delete("/{person}/consents/{kind}", response={204: None}, operation_id="withdraw_consent")
def withdraw_consent(request: Asked, person: str, kind: shapes.ConsentName) -> Any:
    request.access.require("people.manage")
    operations.withdraw_consent(by_key(person), kind)
    return HttpResponse(status=204)


@router.post("/{person}/guardians", response=shapes.PersonItem, operation_id="add_guardian")
def add_guardian(request: Asked, person: str, given: shapes.GuardianIn) -> Any:
    """Let someone answer for them, and see their sessions. Who does already is left as they are, unless
    another `relation` is said.
    """
    access = request.access
    access.require("people.manage")
    student, guardian = by_key(person), by_key(given.guardian)
    former = Guardianship.objects.filter(guardian=guardian, student=student).first()
    relation = None if given.relation is None else given.relation.strip()
    if former is not None and relation not in (None, former.relation):
        editing.unlink_guardian(access, guardian.pk, student.pk)
        former = None
    if former is None:
        editing.link_guardian(access, guardian.pk, student.pk, relation or "")
    return whole(student)


@router.delete("/{person}/guardians/{guardian}", response={204: None}, operation_id="remove_guardian")
def remove_guardian(request: Asked, person: str, guardian: str) -> Any:
    """End that; twice is once."""
    request.access.require("people.manage")
    try:
        editing.unlink_guardian(request.access, by_key(guardian).pk, by_key(person).pk)
    except NotFound as error:
        if error.code != "not_linked":
            raise
    return HttpResponse(status=204)
