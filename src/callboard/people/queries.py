"""Reads about people, within the organization in scope."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from callboard.lib import clock, days, tenancy
from callboard.lib.errors import NotFound
from callboard.lib.folding import folded
from callboard.people import rules
from callboard.people.access import Access
from callboard.people.erasure_models import Erasure
from callboard.people.import_models import Import
from callboard.people.imports import kinds
from callboard.people.leaving_models import Takeout
from callboard.people.models import (
    ApiKey,
    Consent,
    ConsentWord,
    Guardianship,
    Instructor,
    Invitation,
    Member,
    Organization,
    Person,
    Role,
    SettingChange,
    Student,
)

PAGE = 50


@dataclass(frozen=True)
class Contact:
    """How to reach a person: their own ways, and whoever answers for them."""

    person: Person
    guardians: tuple[Person, ...]


@dataclass(frozen=True)
class PeoplePage:
    """One page of people, by name. `page` counts from 1."""

    people: list[Person]
    page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def all_organizations() -> list[int]:
    """The ids of all there are, for jobs that go through them one by one. Opens a transaction of its own."""
    with tenancy.sweep():
        return list(Organization.objects.values_list("pk", flat=True))


def zones_of_all() -> list[tuple[int, str]]:
    """The same with their time zones."""
    with tenancy.sweep():
        return list(Organization.objects.values_list("pk", "zone"))


def is_there(organization: int, since: datetime) -> bool:
    """Whether there is that very organization, which was made then; its id may have become another's."""
    with tenancy.sweep():
        return Organization.objects.filter(pk=organization, created_at=since).exists()


def organization() -> Organization:
    """The one in scope."""
    return Organization.objects.get()


def wards(person_id: int) -> list[Person]:
    """For whom a person answers, by name."""
    theirs = Guardianship.objects.filter(guardian_id=person_id).values("student_id")
    return list(Person.objects.filter(pk__in=theirs).order_by("name"))


def guardians(person_id: int) -> list[Person]:
    """Who answers for a person, by name."""
    theirs = Guardianship.objects.filter(student_id=person_id).values("guardian_id")
    return list(Person.objects.filter(pk__in=theirs).order_by("name"))


def own_people(access: Access) -> list[int]:
    """The ids of those whose sessions are an asker's own: themselves, and for a guardian their wards."""
    if access.person is None:
        return []
    theirs = Guardianship.objects.filter(guardian_id=access.person).values_list("student_id", flat=True)
    return records_of([access.person, *theirs])


def records_of(person_ids: Collection[int]) -> list[int]:
    """These and their doubles, under whose ids a part of their past stands."""
    doubles = Person.objects.filter(merged_into__in=person_ids).order_by("pk").values_list("pk", flat=True)
    return [*person_ids, *doubles]


def became(person: Person) -> Person:
    """Whom a record stands for: of a double whom it was merged into, of anybody else themselves."""
    while person.merged_into is not None:
        person = person.merged_into
    return person


def became_of(person_ids: Collection[int]) -> dict[int, int]:
    """Of those that are doubles, whom they were merged into."""
    doubles = Person.objects.filter(pk__in=person_ids).select_related("merged_into")
    return {each.pk: became(each).pk for each in doubles.exclude(merged_into=None)}


def decides_for(access: Access) -> list[Person]:
    """For whom an asker gives and withdraws consent, themselves first."""
    return [] if access.person is None else spoken_for(access.person)


def spoken_for(person_id: int) -> list[Person]:
    """For whom a person says what may be done, themselves first: their wards who are not of age, and
    themselves unless somebody else does.
    """
    those = [*Person.objects.filter(pk=person_id), *wards(person_id)]
    return [each for each in those if person_id in {one.pk for one in speakers(each)}]


def speakers(person: Person) -> list[Person]:
    """Who says what may be done with what a person says: themselves, or each of their guardians."""
    answering = guardians(person.pk)
    student = Student.objects.filter(person=person).first()
    today = days.today(clock.now(), ZoneInfo(organization().zone))
    of_age_on = student.of_age_on if student else None
    alone = rules.speaks_for_themselves(of_age_on, today, has_guardians=bool(answering))
    return [person] if alone else answering


def unanswered(person_ids: Collection[int], kind: str) -> list[int]:
    """Those of whom nobody has ever said yes or no to this, in the order given."""
    said = set(
        ConsentWord.objects.filter(person_id__in=person_ids, kind=kind).values_list("person_id", flat=True)
    ) | set(Consent.objects.filter(person_id__in=person_ids, kind=kind).values_list("person_id", flat=True))
    return [each for each in person_ids if each not in said]


def last_words(person_ids: Collection[int]) -> dict[tuple[int, str], ConsentWord]:
    """What was said last, by person and kind, whenever it came to be known; `.said_by` loaded."""
    words = ConsentWord.objects.filter(person_id__in=person_ids).select_related("said_by")
    return {(each.person_id, each.kind): each for each in words.order_by("said_at", "noted_at", "pk")}


def consent_words(person_id: int) -> list[ConsentWord]:
    """Everything that was ever said of a person's consents, the latest first."""
    words = ConsentWord.objects.filter(person_id=person_id).select_related("said_by", "noted_by__user")
    return list(words.order_by("-said_at", "-noted_at", "-pk"))


def erasures(access: Access) -> QuerySet[Erasure]:
    """Those that were asked for, the latest first, with who did."""
    access.require("people.erase")
    return Erasure.objects.select_related("asked_by__user", "by_key").order_by("-asked_at", "-pk")


def takeouts(access: Access) -> list[Takeout]:
    """Files of everything that were asked for, the latest first."""
    access.require("data.manage")
    return list(Takeout.objects.order_by("-asked_at", "-pk")[:100])


def last_erasure(person_id: int) -> Erasure | None:
    """How far it is with someone who is erased."""
    return Erasure.objects.filter(person_id=person_id).order_by("-pk").first()


def may_see_person(access: Access, person_id: int) -> bool:
    """Whether an asker may open a person's page: anyone's by permission, else their own and their wards'."""
    return access.may("people.read") or person_id in own_people(access)


def has_consent(person_id: int, kind: str) -> bool:
    return Consent.objects.filter(person_id=person_id, kind=kind, withdrawn_at=None).exists()


def lacking_consent(person_ids: Collection[int], kind: str) -> list[int]:
    """Those of whom no such consent is in force, in the order given. A double agrees as whom it became."""
    became = became_of(person_ids)
    agreed = set(
        Consent.objects.filter(
            person_id__in={became.get(each, each) for each in person_ids}, kind=kind, withdrawn_at=None
        ).values_list("person_id", flat=True)
    )
    return [each for each in person_ids if became.get(each, each) not in agreed]


def consents(person_id: int) -> dict[str, Consent]:
    """The consents in force, by kind."""
    return {each.kind: each for each in Consent.objects.filter(person_id=person_id, withdrawn_at=None)}


def contacts(person_ids: Iterable[int]) -> dict[int, Contact]:
    """How to reach each, by id, in two statements."""
    wanted = set(person_ids)
    people = Person.objects.in_bulk(wanted)
    answering: dict[int, list[Person]] = {}
    for each in Guardianship.objects.filter(student_id__in=wanted).select_related("guardian").order_by("pk"):
        answering.setdefault(each.student_id, []).append(each.guardian)
    return {pk: Contact(person, tuple(answering.get(pk, ()))) for pk, person in people.items()}


ROLES_LISTED = ("instructor", "student", "guardian", "member", "archived")
WORDS_SOUGHT = 6


def found_people(search: str = "", role: str = "") -> QuerySet[Person]:
    """People by name, with `.instructor`, `.student` loaded: not the erased ones, nor those merged into
    somebody, and of the archived none unless `role` asks for them. `role`: of ROLES_LISTED; empty: all.

    Each word of `search` is looked for in names and addresses, whatever its capitals and accents, or is an
    id. No index serves such a search under row-level security (the planner does not trust text operators
    with rows that the policy has not let through): one pass over the organization's rows, stopped early by
    the order of names, does.
    """
    found = Person.objects.filter(erased_at=None, merged_into=None, archived_at__isnull=role != "archived")
    found = _by_role(found, role)
    for word in search.split()[:WORDS_SOUGHT]:
        found = found.filter(Q(folded__contains=folded(word)) | Q(key=word))
    return found.select_related("instructor", "student").order_by("name", "pk")


def people_list(search: str = "", role: str = "", page: int = 1) -> PeoplePage:
    """One page of `found_people`."""
    found = found_people(search, role)
    total = found.count()
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    start = (page - 1) * PAGE
    return PeoplePage(list(found[start : start + PAGE]), page, total)


def those_who_are(role: str) -> QuerySet[Person]:
    """By name, not the erased ones; roles as in `people_list`."""
    people = Person.objects.filter(erased_at=None, archived_at=None, merged_into=None)
    return _by_role(people, role).order_by("name", "pk")


def _by_role(people: QuerySet[Person], role: str) -> QuerySet[Person]:
    """Those who are this to the organization."""
    if role == "instructor":
        return people.filter(Exists(Instructor.objects.filter(person=OuterRef("pk"), active=True)))
    if role == "student":
        return people.filter(Exists(Student.objects.filter(person=OuterRef("pk"), active=True)))
    if role == "guardian":
        return people.filter(Exists(Guardianship.objects.filter(guardian=OuterRef("pk"))))
    if role == "member":
        return people.filter(Exists(Member.objects.filter(person=OuterRef("pk"), deactivated_at=None)))
    return people


def person(person_id: int) -> Person | None:
    return Person.objects.select_related("instructor", "student").filter(pk=person_id).first()


def roles_of(person: Person) -> list[str]:
    """As what a person can sign in: what they are to the organization, at least a guardian to be."""
    roles = []
    if Instructor.objects.filter(person=person, active=True).exists():
        roles.append(Role.INSTRUCTOR.value)
    if Student.objects.filter(person=person, active=True).exists():
        roles.append(Role.STUDENT.value)
    if not roles or Guardianship.objects.filter(guardian=person).exists():
        roles.append(Role.GUARDIAN.value)
    return roles


def members() -> QuerySet[Member]:
    """All who were ever let in, with login and person, by name."""
    return Member.objects.select_related("user", "person").order_by("user__name", "user__email")


def invitations_waiting() -> QuerySet[Invitation]:
    """Neither accepted nor revoked, the newest first; those past `expires_at` too, so that it can be seen."""
    return (
        Invitation.objects.filter(accepted_at=None, revoked_at=None)
        .select_related("person", "invited_by")
        .order_by("-created_at")
    )


def api_keys() -> QuerySet[ApiKey]:
    """Those not revoked, the newest first."""
    return ApiKey.objects.filter(revoked_at=None).select_related("created_by").order_by("-created_at")


def setting_changes(
    access: Access,
    *,
    login: int | None = None,
    what: str = "",
    since: datetime | None = None,
    before: datetime | None = None,
) -> QuerySet[SettingChange]:
    """Who changed which setting, the latest first, with `.login` and `.key`. Raises Forbidden."""
    access.require("settings.manage")
    rows = SettingChange.objects.select_related("login", "key").order_by("-at", "-pk")
    if login is not None:
        rows = rows.filter(login=login)
    if what:
        rows = rows.filter(what=what)
    if since is not None:
        rows = rows.filter(at__gte=since)
    return rows.filter(at__lt=before) if before is not None else rows


def imports(access: Access) -> QuerySet[Import]:
    """The files that an asker may bring in, without what is in them, the newest first."""
    theirs = [kind.name for kind in kinds() if access.may(kind.permission)]
    return Import.objects.filter(kind__in=theirs).defer("content").order_by("-created_at", "-pk")


def import_by_id(access: Access, pk: int, *, lock: bool = False) -> Import:
    """Raises NotFound, also where they may not bring such files in."""
    rows = imports(access).filter(pk=pk)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NotFound
    return row
