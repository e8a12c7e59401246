"""People, members, invitations and keys as the API takes and tells them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime, Base64Bytes

from callboard.people.models import ApiKey, ConsentWord, Invitation, Member, Person

ConsentName = Literal["recording", "transcript", "model"]
RoleName = Literal["admin", "coordinator", "instructor", "guardian", "student"]


class PersonIn(Schema):
    """A person. `instructor`, `student`: what they are to the organization. `key` is the id that events
    shall carry; where someone has it already, they are answered, and become what they were not yet."""

    name: str = Field(min_length=1, max_length=200)
    key: str = Field("", max_length=40, pattern=r"^[^/\s]*$")
    email: str = Field("", max_length=254)
    phone: str = Field("", max_length=40)
    zone: str = Field("", max_length=64)
    locale: str = Field("", max_length=16)
    instructor: bool = False
    skills: list[str] = []
    buffer_minutes: int = Field(0, ge=0, le=240)
    student: bool = False
    level: str = Field("", max_length=40)
    of_age_on: date | None = None
    consents: list[ConsentName] = []


class PersonItem(Schema):
    """`external_id`: their id in the organization's own system, as a file that was brought in named it."""

    id: str
    external_id: str | None
    name: str
    email: str | None
    phone: str | None
    zone: str | None
    instructor: bool
    skills: list[str]
    buffer_minutes: int
    student: bool
    level: str | None
    of_age_on: date | None
    consents: list[str]
    guardians: list[str]
    wards: list[str]


class PersonRow(Schema):
    id: str
    name: str
    instructor: bool
    student: bool


class PeopleFilter(Schema):
    search: str = Field("", max_length=200)
    role: Literal["", "instructor", "student", "guardian", "member"] = ""
    page: int = Field(1, ge=1)


class PeoplePage(Schema):
    """Fifty people by name. `next` is the number of the next page, null at the end."""

    items: list[PersonRow]
    next: int | None
    total: int


class ConsentIn(Schema):
    kind: ConsentName
    given_by: str | None = None


class PaperIn(Schema):
    """A form on paper. `file`: the form itself as base64 (PDF, JPEG, PNG or WebP, at most 10 MB); one of
    `reference` and `file` is needed. `said_by`: who signed it, they or a guardian, null if not known."""

    kinds: list[ConsentName] = Field(min_length=1)
    agreed: bool
    said_by: str | None = None
    said_at: AwareDatetime
    reference: str = Field("", max_length=200)
    file: Base64Bytes = Field(b"", max_length=15_000_000)


class ConsentWordItem(Schema):
    """What was said once. `said`: given, refused or withdrawn; `way`: link, sign_in, paper, file or noted."""

    id: int
    kind: str
    said: str
    said_by: str | None
    said_at: datetime
    noted_at: datetime
    way: str
    reference: str
    proof: bool


class Consents(Schema):
    """`in_force`: what they agree to now. `speakers`: who says so, themselves or their guardians. `items`:
    every word, the latest first."""

    in_force: list[str]
    speakers: list[str]
    items: list[ConsentWordItem]


class Asked(Schema):
    """To which addresses the link goes, masked."""

    to: list[str]


class GuardianIn(Schema):
    guardian: str
    relation: str | None = Field(None, max_length=40)


class MemberItem(Schema):
    id: int
    name: str
    email: str
    role: str
    person: str | None
    active: bool


class MemberList(Schema):
    items: list[MemberItem]


class RoleIn(Schema):
    role: RoleName


class InvitationIn(Schema):
    email: str = Field(max_length=254)
    role: RoleName
    person: str | None = None


class InvitationItem(Schema):
    id: int
    email: str
    role: str
    person: str | None
    created_at: datetime
    expires_at: datetime


class InvitationMade(InvitationItem):
    """With the link's token, which is told this once."""

    token: str


class InvitationList(Schema):
    items: list[InvitationItem]


class KeyIn(Schema):
    name: str = Field(min_length=1, max_length=100)
    scopes: list[str] = Field(min_length=1)
    expires_at: AwareDatetime | None = None


class KeyItem(Schema):
    id: int
    name: str
    hint: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class KeyMade(KeyItem):
    """With the key itself, which is told this once."""

    key: str


class KeyList(Schema):
    items: list[KeyItem]


class Me(Schema):
    """Who asks, as far as Callboard knows."""

    organization: str
    role: str
    member: int | None
    person: str | None
    name: str
    zone: str
    scopes: list[str]


def person_row(person: Person) -> dict[str, Any]:
    instructor = getattr(person, "instructor", None)
    student = getattr(person, "student", None)
    return {
        "id": person.key,
        "name": person.name,
        "instructor": bool(instructor and instructor.active),
        "student": bool(student and student.active),
    }


def consent_word(word: ConsentWord) -> dict[str, Any]:
    return {
        "id": word.pk,
        "kind": word.kind,
        "said": word.said,
        "said_by": word.said_by.key if word.said_by else None,
        "said_at": word.said_at,
        "noted_at": word.noted_at,
        "way": word.way,
        "reference": word.reference,
        "proof": bool(word.proof),
    }


def member_item(member: Member) -> dict[str, Any]:
    return {
        "id": member.pk,
        "name": member.user.name,
        "email": member.user.email,
        "role": member.role,
        "person": member.person.key if member.person else None,
        "active": member.deactivated_at is None,
    }


def invitation_item(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "role": invitation.role,
        "person": invitation.person.key if invitation.person else None,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
    }


def key_item(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.pk,
        "name": key.name,
        "hint": key.hint,
        "scopes": key.scopes,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "expires_at": key.expires_at,
    }
