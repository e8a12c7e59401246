"""What a person agrees to, or whoever speaks for them. All need the organization's scope.

Each word is kept as it was said, with who said it, when and how (`ConsentWord`); what is in force now follows
from the last one (`Consent`). Said of a double, or by one, it is a word of whom they became. What it means
for sessions is not known here: the facts tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from callboard.lib import clock, days, facts, pubsub
from callboard.lib.errors import Forbidden, Invalid, NotFound
from callboard.people import queries
from callboard.people.access import Access
from callboard.people.facts import ConsentGiven, ConsentRefused, ConsentWithdrawn
from callboard.people.models import Consent, ConsentKind, ConsentSaid, ConsentWay, ConsentWord, Person
from callboard.people.operations.proofs import Proof, drop_proof, keep_proof

BY_DAY = frozenset({ConsentWay.PAPER.value, ConsentWay.FILE.value})
"""Ways of which the day is known and not the hour."""


def answer_consent(person: Person, kind: str, *, yes: bool, by: Person, way: str) -> ConsentWord | None:
    """Whoever speaks for a person says yes or no themselves. The same again says nothing new: None.

    A no ends what is in force from this moment on. Raises Invalid, Forbidden (`not_theirs`).
    """
    _check(kind)
    person, by = _held(person), queries.became(by)
    if by.pk not in {each.pk for each in queries.speakers(person)}:
        raise Forbidden(_("Only whoever speaks for them can say this."), code="not_theirs")
    return _say(person, kind, yes=yes, by=by, way=way)


def note_consent(
    access: Access,
    person: Person,
    kinds: Sequence[str],
    *,
    yes: bool,
    said_by: Person | None = None,
    said_at: datetime | None = None,
    proof: Proof | None = None,
) -> list[ConsentWord]:
    """A coordinator enters what was said elsewhere, on paper where there is a proof.

    Raises NotFound for the erased; Forbidden; Invalid by field: what was signed by nobody who may, in the
    future, or without anything that shows it; Conflict (`store_down`). A file is put in the store only once
    all of that holds, and taken away where they are erased meanwhile.
    """
    access.require("people.manage")
    if not kinds:
        raise Invalid(fields={"kinds": _("Choose what it is about.")})
    for kind in kinds:
        _check(kind)
    now = clock.now()
    if said_at is not None and said_at > now:
        raise Invalid(fields={"said_at": _("This day is still to come.")})
    person, said_by = queries.became(person), said_by and queries.became(said_by)
    if said_by is not None and said_by.pk not in {
        person.pk,
        *(each.pk for each in queries.guardians(person.pk)),
    }:
        raise Invalid(fields={"said_by": _("They neither are this person nor answer for them.")})
    if proof is None or not (proof.reference or proof.content or proof.file):
        raise Invalid(fields={"reference": _("Say where the form lies, or add it as a file.")})
    kept = keep_proof(person, proof.reference, proof.content) if proof.content else proof
    try:
        person = _held(person)
    except NotFound:
        if proof.content:
            drop_proof(kept)
        raise
    said: dict[str, Any] = {
        "by": said_by,
        "way": ConsentWay.PAPER,
        "at": said_at,
        "proof": kept,
        "noted_by": access.member,
    }
    words = [_say(person, kind, yes=yes, **said) for kind in dict.fromkeys(kinds)]
    return [word for word in words if word is not None]


def give_consent(person: Person, kind: str, given_by: Person | None = None) -> Consent:
    """A person, or a guardian of theirs, agrees, as another program knows it. Twice is once.

    Raises Invalid for an unknown kind, Forbidden (`not_theirs`) where `given_by` is neither.
    """
    _check(kind)
    person = _held(person)
    giver = queries.became(given_by) if given_by else person
    if giver.pk != person.pk and giver.pk not in {each.pk for each in queries.guardians(person.pk)}:
        raise Forbidden(_("Only they themselves or a guardian can agree to this."), code="not_theirs")
    _say(person, kind, yes=True, by=giver, way=ConsentWay.NOTED)
    return Consent.objects.get(person=person, kind=kind, withdrawn_at=None)


def withdraw_consent(person: Person, kind: str) -> bool:
    """End a consent, from this moment on. False where there was none."""
    person = _held(person)
    if not queries.has_consent(person.pk, kind):
        return False
    return _say(person, kind, yes=False, by=None, way=ConsentWay.NOTED) is not None


def _say(
    person: Person,
    kind: str,
    *,
    yes: bool,
    by: Person | None,
    way: str,
    at: datetime | None = None,
    proof: Proof | None = None,
    noted_by: int | None = None,
) -> ConsentWord | None:
    """Write the word down and put it in force. Needs the person to be held.

    Of a form the day of its signature counts. One that was signed before what was said last is kept, and
    changes nothing; nor does a yes of that very day, since nobody knows which came first, while a no does.
    """
    now = clock.now()
    at = at or now
    standing = Consent.objects.filter(person=person, kind=kind, withdrawn_at=None).first()
    last = queries.last_words([person.pk]).get((person.pk, kind))
    again = (standing is not None) if yes else (standing is None and last is not None)
    if again and proof is None:
        return None
    outdated = proof is not None and last is not None and is_before(at, last.said_at, yes=yes)
    if last is not None and not outdated:
        at = max(at, last.said_at)
    ends = standing is not None and not outdated
    said = ConsentSaid.GIVEN if yes else ConsentSaid.WITHDRAWN if ends else ConsentSaid.REFUSED
    proof = proof or Proof()
    word = ConsentWord.objects.create(
        person=person,
        kind=kind,
        said=said,
        said_by=by,
        said_at=at,
        noted_at=now,
        noted_by_id=noted_by,
        way=way,
        reference=proof.reference.strip()[:200],
        proof=proof.file,
        proof_type=proof.file_type,
    )
    if again or outdated:
        return word
    if yes:
        Consent.objects.create(person=person, kind=kind, given_by=by, given_at=at)
        facts.publish(ConsentGiven(person=person.pk, kind=kind))
    elif standing is not None:
        Consent.objects.filter(pk=standing.pk).update(withdrawn_at=now)
        facts.publish(ConsentWithdrawn(person=person.pk, kind=kind))
    else:
        facts.publish(ConsentRefused(person=person.pk, kind=kind))
    pubsub.publish("person", person=person.pk)
    return word


def _check(kind: str) -> None:
    if kind not in ConsentKind.values:
        raise Invalid(fields={"kind": _("There is no such consent.")})


def ends(word: ConsentWord, standing: ConsentWord) -> bool:
    """Whether `word`, said of another record of the same person, holds in place of what stands.

    As if both had been said of one: the later one, and of a day's end a no that came to be known after it
    was said otherwise.
    """
    if word.said != ConsentSaid.GIVEN and word.way in BY_DAY and word.noted_at >= standing.said_at:
        return not is_before(word.said_at, standing.said_at, yes=False)
    if standing.said != ConsentSaid.GIVEN and standing.way in BY_DAY and standing.noted_at >= word.said_at:
        return is_before(standing.said_at, word.said_at, yes=False)
    return word.said_at > standing.said_at


def is_before(at: datetime, last: datetime, *, yes: bool) -> bool:
    """Whether a word with a day alone (`at`) was said before the last one. A no of its day was not."""
    zone = ZoneInfo(queries.organization().zone)
    return at < last if yes else days.today(at, zone) < days.today(last, zone)


def _held(person: Person) -> Person:
    """Whom a word said of them is about, locked: two words come one after the other, and nobody merges,
    parts or erases them meanwhile. No key of theirs is held up by it. Raises NotFound for the erased.
    """
    while True:
        found = queries.became(Person.objects.get(pk=person.pk))
        held = Person.objects.select_for_update(no_key=True).get(pk=found.pk)
        if held.erased_at is not None:
            raise NotFound(_("There is no such person."), code="person_not_found")
        if queries.became(Person.objects.get(pk=person.pk)) == held:
            return held
