"""Two records of one person become one: what `people` keeps of them. All need the organization's scope.

1. Whoever is kept stays as they are; what is blank of them is filled from the double, their id in another
   system too.
2. Guardians, wards, logins, invitations and links to pages go over; what both have stays once.
3. Of what they agreed to, the later word counts, kind by kind.
4. The double stays as a row, `merged_into` whom it became: the log and what was noted of the past name its
   key, and go on to find it. Its own doubles become the kept one's. It is in no list, and nothing new is ever
   said of it.
What is done is written down, so that within a day `release` puts all of it back where it was. What somebody
has changed of the kept one since stays as they changed it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from callboard.lib import clock, facts
from callboard.lib.errors import Conflict
from callboard.lib.tenancy import TenantModel
from callboard.people import queries
from callboard.people.access import Access
from callboard.people.facts import ConsentGiven, ConsentWithdrawn
from callboard.people.models import (
    Consent,
    ConsentLink,
    ConsentSaid,
    ConsentWord,
    Guardianship,
    Instructor,
    Invitation,
    Member,
    Person,
    Student,
)
from callboard.people.operations.consents import ends
from callboard.people.operations.editing import held, note
from callboard.people.records import ChangeKind, PersonChange

FILLED = ("email", "phone", "zone", "locale")


def check_mergeable(kept: Person, double: Person) -> None:
    """Raises Conflict: the same, merged already, or one who answers for the other."""
    if kept.pk == double.pk:
        raise Conflict(_("This is one and the same."), code="same")
    if kept.merged_into_id is not None or double.merged_into_id is not None:
        raise Conflict(_("One of them was merged into somebody already."), code="merged")
    between = Guardianship.objects.filter(
        guardian_id__in=[kept.pk, double.pk], student_id__in=[kept.pk, double.pk]
    )
    if between.exists():
        raise Conflict(_("One of them answers for the other: these are two people."), code="related")


def say_distinct(access: Access, person_id: int, other_id: int) -> PersonChange:
    """They are two people, and are not to be suggested again. Raises NotFound, Forbidden."""
    person, other = held(access, person_id), held(access, other_id)
    return note(access, person, ChangeKind.DISTINCT, {}, {"other": other.pk})


def absorb(access: Access, kept_id: int, double_id: int) -> dict[str, Any]:
    """Steps 1 to 4; answers what it takes to put it back. Raises NotFound, Forbidden, Conflict."""
    first, second = sorted((kept_id, double_id))
    people = {pk: held(access, pk) for pk in (first, second)}  # locked in one order for everybody
    kept, double = people[kept_id], people[double_id]
    check_mergeable(kept, double)
    was: dict[str, Any] = {"double": double.pk}
    was["filled"] = _fill(kept, double)
    was["external_id"] = _take_id(kept, double)
    was["wards"], was["wards_kept"] = _links(kept, double, "guardian")
    was["guardians"], was["guardians_kept"] = _links(kept, double, "student")
    was["members"] = _over(Member, kept, double)
    was["invitations"] = _over(Invitation, kept, double)
    was["consent_link"] = _over(ConsentLink, kept, double, alone=True)
    was["teaches"] = _part(Instructor, kept, double)
    was["learns"] = _part(Student, kept, double)
    was["consents"] = _consents(kept, double)
    was["doubles"] = list(Person.objects.filter(merged_into=double).values_list("pk", flat=True))
    Person.objects.filter(pk__in=was["doubles"]).update(merged_into=kept)
    was["archived_at"] = double.archived_at.isoformat() if double.archived_at else None
    Person.objects.filter(pk=double.pk).update(merged_into=kept, archived_at=clock.now())
    return was


def _fill(kept: Person, double: Person) -> list[str]:
    filled = [name for name in FILLED if not getattr(kept, name) and getattr(double, name)]
    Person.objects.filter(pk=kept.pk).update(**{name: getattr(double, name) for name in filled})
    return filled


def _take_id(kept: Person, double: Person) -> str:
    """The id in their own system's books; where both have one the double keeps its own, and files that name
    it lead to the kept one (rosters.matching)."""
    if kept.external_id or not double.external_id:
        return ""
    Person.objects.filter(pk=double.pk).update(external_id="")
    Person.objects.filter(pk=kept.pk).update(external_id=double.external_id)
    return double.external_id


def _links(kept: Person, double: Person, side: str) -> tuple[list[int], list[list[Any]]]:
    """The double's guardianships on one side go over; answers those, and the ones that were there already."""
    other = "student" if side == "guardian" else "guardian"
    has = set(Guardianship.objects.filter(**{side: kept}).values_list(f"{other}_id", flat=True))
    theirs = list(Guardianship.objects.filter(**{side: double}))
    gone = [each for each in theirs if getattr(each, f"{other}_id") in has]
    over = [each.pk for each in theirs if each not in gone]
    Guardianship.objects.filter(pk__in=over).update(**{side: kept})
    Guardianship.objects.filter(pk__in=[each.pk for each in gone]).delete()
    return over, [[getattr(each, f"{other}_id"), each.relation] for each in gone]


def _over(model: type[TenantModel], kept: Person, double: Person, *, alone: bool = False) -> list[int]:
    """Rows of the double become the kept one's; `alone`: only where they have none."""
    manager: Any = model.objects
    if alone and manager.filter(person=kept).exists():
        return []
    ids = list(manager.filter(person=double).values_list("pk", flat=True))
    manager.filter(pk__in=ids).update(person=kept)
    return ids


def _part(model: type[Instructor] | type[Student], kept: Person, double: Person) -> dict[str, Any]:
    """What they are to the organization: taken over where the kept one was not it, else laid together."""
    manager: Any = model.objects
    mine, theirs = manager.filter(person=kept).first(), manager.filter(person=double).first()
    if theirs is None:
        return {}
    if mine is None:
        manager.filter(pk=theirs.pk).update(person=kept)
        return {"over": theirs.pk, "row": _said(theirs)}
    was = {**_said(mine), "theirs_active": theirs.active}
    mine.active = mine.active or theirs.active
    if isinstance(mine, Instructor):
        mine.skills = sorted({*mine.skills, *theirs.skills})
    else:
        mine.level, mine.of_age_on = mine.level or theirs.level, mine.of_age_on or theirs.of_age_on
    mine.save()
    manager.filter(pk=theirs.pk).update(active=False)
    return {"was": was, "made": _said(mine)}


def _said(row: Instructor | Student) -> dict[str, Any]:
    """All that it says of them, as JSON keeps it."""
    if isinstance(row, Instructor):
        return {"skills": row.skills, "buffer_minutes": row.buffer_minutes, "active": row.active}
    of_age_on = row.of_age_on.isoformat() if row.of_age_on else None
    return {"level": row.level, "of_age_on": of_age_on, "active": row.active}


def _consents(kept: Person, double: Person) -> dict[str, list[int]]:
    """The later word of the two, kind by kind, put in force for the kept one as it was said."""
    done: dict[str, list[int]] = {"words": [], "made": [], "ended": []}
    last = queries.last_words([kept.pk, double.pk])
    for (person, kind), word in last.items():
        mine = last.get((kept.pk, kind))
        if person != double.pk or (mine is not None and not ends(word, mine)):
            continue
        said_at = word.said_at if mine is None else max(word.said_at, mine.said_at)
        standing = Consent.objects.filter(person=kept, kind=kind, withdrawn_at=None).first()
        yes = word.said == ConsentSaid.GIVEN
        copy = ConsentWord.objects.create(
            person=kept, kind=kind, said=word.said, said_by=word.said_by, said_at=said_at, way=word.way,
            noted_by=word.noted_by, reference=word.reference, proof=word.proof, proof_type=word.proof_type,
        )  # fmt: skip
        done["words"].append(copy.pk)
        if yes and standing is None:
            made = Consent.objects.create(
                person=kept, kind=kind, given_by=word.said_by, given_at=word.said_at
            )
            done["made"].append(made.pk)
            facts.publish(ConsentGiven(person=kept.pk, kind=kind))
        elif not yes and standing is not None:
            Consent.objects.filter(pk=standing.pk).update(withdrawn_at=clock.now())
            done["ended"].append(standing.pk)
            facts.publish(ConsentWithdrawn(person=kept.pk, kind=kind))
    return done


def release(kept: Person, was: dict[str, Any]) -> Person:
    """Put back what `absorb` took; answers the double. Raises Conflict (`changed_since`)."""
    double = Person.objects.select_for_update(no_key=True).filter(pk=was["double"], erased_at=None).first()
    if double is None or double.merged_into_id != kept.pk:
        raise Conflict(_("They are not the same record any more."), code="changed_since")
    blank = {name: "" for name in was["filled"] if getattr(kept, name) == getattr(double, name)}
    Person.objects.filter(pk=kept.pk).update(**blank)
    taken = was.get("external_id", "")
    if taken and Person.objects.filter(pk=kept.pk, external_id=taken).update(external_id=""):
        Person.objects.filter(pk=double.pk).update(external_id=taken)
    Guardianship.objects.filter(pk__in=was["wards"]).update(guardian=double)
    Guardianship.objects.filter(pk__in=was["guardians"]).update(student=double)
    Guardianship.objects.bulk_create(
        [Guardianship(guardian=double, student_id=pk, relation=said) for pk, said in was["wards_kept"]]
        + [Guardianship(guardian_id=pk, student=double, relation=said) for pk, said in was["guardians_kept"]],
        ignore_conflicts=True,
    )
    Member.objects.filter(pk__in=was["members"], person=kept).update(person=double)
    Invitation.objects.filter(pk__in=was["invitations"], person=kept).update(person=double)
    ConsentLink.objects.filter(pk__in=was["consent_link"], person=kept).update(person=double)
    _apart(Instructor, kept, double, was["teaches"])
    _apart(Student, kept, double, was["learns"])
    _unsay(kept, was["consents"])
    Person.objects.filter(pk__in=was.get("doubles", []), merged_into=kept).update(merged_into=double)
    archived_at = was.get("archived_at")
    Person.objects.filter(pk=double.pk).update(
        merged_into=None, archived_at=datetime.fromisoformat(archived_at) if archived_at else None
    )
    double.refresh_from_db()
    return double


def _apart(
    model: type[Instructor] | type[Student], kept: Person, double: Person, was: dict[str, Any]
) -> None:
    """What `_part` laid together, but for what was changed since: that is the kept one's own."""
    manager: Any = model.objects
    mine = manager.filter(person=kept).first()
    if "over" in was and mine is not None and mine.pk == was["over"]:
        now = _said(mine)
        manager.filter(pk=mine.pk).update(person=double, **was.get("row", now))
        if now != was.get("row", now):
            manager.create(person=kept, **now)
    elif "was" in was:
        said = dict(was["was"])
        manager.filter(person=double).update(active=said.pop("theirs_active"))
        if mine is not None:
            now = _said(mine)
            made = was.get("made", now)
            unchanged = {name: value for name, value in said.items() if now[name] == made[name]}
            manager.filter(pk=mine.pk).update(**unchanged)


def _unsay(kept: Person, done: dict[str, list[int]]) -> None:
    """What the merge itself said, unless something was said since."""
    kinds = set(ConsentWord.objects.filter(pk__in=done["words"]).values_list("kind", flat=True))
    newest = queries.last_words([kept.pk])
    for kind in kinds:
        if newest[kept.pk, kind].pk not in done["words"]:
            continue
        made = Consent.objects.filter(pk__in=done["made"], kind=kind, withdrawn_at=None)
        if made.exists():
            made.delete()
            facts.publish(ConsentWithdrawn(person=kept.pk, kind=kind))
        elif Consent.objects.filter(pk__in=done["ended"], kind=kind).update(withdrawn_at=None):
            facts.publish(ConsentGiven(person=kept.pk, kind=kind))
    ConsentWord.objects.filter(pk__in=done["words"]).delete()
