"""Erasing a person: asked for here, carried through by workflows.erase_person. What `people` itself does.

Asking blanks them at once and signs them out, in one transaction with the record of it; from then on nobody
sees who they were, and there is no way back. All need the organization's scope.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from callboard.lib import clock, ids, pubsub, tenancy
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.people import erasing, queries
from callboard.people.access import Access
from callboard.people.erasing import Subject
from callboard.people.erasure_models import Erasure, ErasureStatus, KeptRecordings
from callboard.people.models import (
    Consent,
    ConsentLink,
    ConsentWord,
    Guardianship,
    Instructor,
    Invitation,
    Member,
    Person,
    Student,
)
from callboard.people.records import PersonChange, PersonCopy


def ask_erasure(
    access: Access, person_id: int, typed: str, kept_recordings: str = KeptRecordings.NONE
) -> Erasure:
    """Blank them and their doubles, and write down that all else of them is to go. `typed`: their name.

    Raises NotFound, Forbidden, Invalid by field, Conflict (`merged`, `oneself`, `last_admin`).
    """
    access.require("people.erase")
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id, erased_at=None).first()
    if person is None:
        raise NotFound(_("There is no such person."), code="person_not_found")
    if person.merged_into_id is not None:
        raise Conflict(_("This record is a part of another one. Erase that one."), code="merged")
    if " ".join(typed.split()).casefold() != " ".join(person.name.split()).casefold():
        raise Invalid(fields={"typed": _("This is not their name as it stands above.")})
    if kept_recordings not in KeptRecordings.values:
        raise Invalid(fields={"kept_recordings": _("Choose what becomes of recordings.")})
    if access.person == person.pk:
        raise Conflict(_("You cannot erase yourself. Another admin can."), code="oneself")
    return _begin(person, kept_recordings, member=access.member, key=access.key)


def erase_by_policy(person: Person) -> Erasure:
    """Of someone who has been archived for as long as the organization keeps them. Asked for by nobody."""
    return _begin(person, KeptRecordings.GROUPS)


def erase_again(person: Person, reference: str, kept_recordings: str) -> Erasure:
    """After a restore: as it was asked for then, by nobody now."""
    former = Erasure.objects.filter(reference=reference).first()
    return former or _begin(person, kept_recordings, reference=reference, again=True)


def _begin(
    person: Person,
    kept_recordings: str,
    *,
    member: int | None = None,
    key: int | None = None,
    reference: str = "",
    again: bool = False,
) -> Erasure:
    subject = _subject(person, keep_groups=kept_recordings == KeptRecordings.GROUPS)
    erasure = Erasure.objects.create(
        person=person,
        kept_recordings=kept_recordings,
        sought=erasing.kept(subject),
        asked_by_id=member,
        by_key_id=key,
        again=again,
        **({"reference": reference} if reference else {}),
    )
    now = clock.now()
    with translation.override(queries.organization().locale):
        nobody = _("Erased person")
    for each in Person.objects.filter(pk__in=subject.people):
        Person.objects.filter(pk=each.pk).update(
            key=subject.keys[each.key], name=nobody, email="", phone="", zone="", locale="", external_id="",
            erased_at=now, archived_at=F("archived_at") if each.archived_at else now,
        )  # fmt: skip
    Member.objects.filter(pk__in=subject.members, deactivated_at=None).update(deactivated_at=now)
    pubsub.publish("person", person=person.pk)
    return erasure


def _subject(person: Person, *, keep_groups: bool) -> Subject:
    records = queries.records_of([person.pk])
    everybody = list(Person.objects.filter(pk__in=records, erased_at=None).order_by("pk"))
    everybody.sort(key=lambda each: each.pk != person.pk)
    members = list(Member.objects.filter(person__in=everybody).select_related("user").order_by("pk"))
    names = _once([*(each.name for each in everybody), *(each.user.name for each in members)])
    emails = _once([*(each.email for each in everybody), *(each.user.email for each in members)])
    phones = _once([each.phone for each in everybody])
    return Subject(
        organization=tenancy.current_organization(),
        people=tuple(each.pk for each in everybody),
        keys={each.key: ids.person_key() for each in everybody},
        names=names,
        emails=emails,
        phones=phones,
        elsewhere=_once([each.external_id for each in everybody]),
        members=tuple(member.pk for member in members),
        shared=_shared(everybody, [*names, *emails, *phones]),
        keep_groups=keep_groups,
    )


def _once(texts: Sequence[str]) -> tuple[str, ...]:
    """Each once, without the empty ones."""
    return tuple(dict.fromkeys(text for text in texts if text))


def _shared(everybody: Sequence[Person], texts: Collection[str]) -> tuple[str, ...]:
    """Those of the names, addresses and numbers that somebody else here has too."""
    others = Person.objects.filter(erased_at=None).exclude(pk__in=[each.pk for each in everybody])
    found: set[str] = set()
    for field in ("name", "email", "phone"):
        found |= set(others.filter(**{f"{field}__in": list(texts)}).values_list(field, flat=True))
    # Who is called as another is, and something more: taking theirs out would maim the other's.
    found |= {name for name in texts if name and others.filter(name__icontains=name).exists()}
    return tuple(sorted(found))


# -- how far it is


def running() -> list[int]:
    return list(
        Erasure.objects.filter(status=ErasureStatus.RUNNING).order_by("pk").values_list("pk", flat=True)
    )


def sought_by(erasure_id: int) -> tuple[Erasure, Subject] | None:
    """The erasure and whom it is about, while it is not done."""
    erasure = Erasure.objects.filter(pk=erasure_id, status=ErasureStatus.RUNNING).first()
    return None if erasure is None else (erasure, erasing.read(erasure.sought))


def step_done(erasure_id: int, step: str, count: int) -> None:
    """Locked, so that two runs of one erasure do not undo each other's word."""
    erasure = Erasure.objects.select_for_update().get(pk=erasure_id)
    if step not in erasure.counts and erasure.status == ErasureStatus.RUNNING:
        erasure.counts[step] = count
        erasure.problem = ""
        erasure.save(update_fields=["counts", "problem"])
        pubsub.publish("person", person=erasure.person_id)


def step_late(erasure_id: int, problem: str) -> None:
    """A step could not be done now. `problem` is a code, or the name of an error."""
    Erasure.objects.filter(pk=erasure_id).update(late=F("late") + 1, problem=problem[:100])


def erasure_done(erasure_id: int) -> None:
    """Nothing is looked for any more, and nothing says who it was."""
    erasure = Erasure.objects.select_for_update().get(pk=erasure_id)
    if erasure.status == ErasureStatus.DONE:
        return
    erasure.status, erasure.sought, erasure.done_at, erasure.problem = ErasureStatus.DONE, {}, clock.now(), ""
    erasure.save(update_fields=["status", "sought", "done_at", "problem"])
    pubsub.publish("person", person=erasure.person_id)


# -- what `people` keeps of them


def drop_ways_in(subject: Subject) -> int:
    """Invitations, and links to the pages of consent."""
    addresses = [each for each in subject.emails if each not in subject.shared]
    found = Invitation.objects.filter(person_id__in=subject.people) | Invitation.objects.filter(
        email__in=addresses
    )
    count = found.delete()[0]
    return count + ConsentLink.objects.filter(person_id__in=subject.people).delete()[0]


def drop_family(subject: Subject) -> int:
    """Who answers for whom, and that they taught or learned."""
    links = Guardianship.objects.filter(guardian_id__in=subject.people) | Guardianship.objects.filter(
        student_id__in=subject.people
    )
    count = links.delete()[0]
    count += Instructor.objects.filter(person_id__in=subject.people).delete()[0]
    return count + Student.objects.filter(person_id__in=subject.people).delete()[0]


def consent_files(subject: Subject) -> list[str]:
    """Where the files of what was said of them lie, but those that stand for another too."""
    words = ConsentWord.objects.exclude(proof="")
    theirs = set(words.filter(person_id__in=subject.people).values_list("proof", flat=True))
    others = words.filter(proof__in=theirs).exclude(person_id__in=subject.people)
    return sorted(theirs - set(others.values_list("proof", flat=True)))


def drop_consents(subject: Subject) -> int:
    """What was said of them. What they said for others stays, said by nobody in particular."""
    count = Consent.objects.filter(person_id__in=subject.people).delete()[0]
    return count + ConsentWord.objects.filter(person_id__in=subject.people).delete()[0]


def drop_history(subject: Subject) -> int:
    """What was changed of them, and copies of their data; the copies' files went before."""
    count = PersonChange.objects.filter(person_id__in=subject.people).delete()[0]
    return count + PersonCopy.objects.filter(person_id__in=subject.people).delete()[0]


def copies_of(subject: Subject) -> list[int]:
    """The ids of copies of their data, however far they came: each may have left a file."""
    return list(PersonCopy.objects.filter(person_id__in=subject.people).values_list("pk", flat=True))
