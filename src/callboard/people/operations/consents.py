"""What a person agrees to, or their guardian for them. All need the organization's scope."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from callboard.lib import clock, facts, pubsub
from callboard.lib.errors import Forbidden, Invalid
from callboard.people.facts import ConsentGiven, ConsentWithdrawn
from callboard.people.models import Consent, ConsentKind, Guardianship, Person


def give_consent(person: Person, kind: str, given_by: Person | None = None) -> Consent:
    """A person, or a guardian of theirs, agrees. Twice is once.

    Raises Invalid for an unknown kind, Forbidden (`not_theirs`) where `given_by` is neither.
    """
    if kind not in ConsentKind.values:
        raise Invalid(fields={"kind": _("There is no such consent.")})
    giver = given_by or person
    if giver.pk != person.pk and not Guardianship.objects.filter(guardian=giver, student=person).exists():
        raise Forbidden(_("Only they themselves or a guardian can agree to this."), code="not_theirs")
    try:
        with transaction.atomic():
            consent, made = Consent.objects.get_or_create(
                person=person, kind=kind, withdrawn_at=None, defaults={"given_by": giver}
            )
    except IntegrityError:  # another was first
        return Consent.objects.get(person=person, kind=kind, withdrawn_at=None)
    if made:
        facts.publish(ConsentGiven(person=person.pk, kind=kind))
        pubsub.publish("person", person=person.pk)
    return consent


def withdraw_consent(person: Person, kind: str) -> bool:
    """End a consent, from this moment on. False where there was none."""
    withdrawn = Consent.objects.filter(person=person, kind=kind, withdrawn_at=None).update(
        withdrawn_at=clock.now()
    )
    if withdrawn:
        facts.publish(ConsentWithdrawn(person=person.pk, kind=kind))
        pubsub.publish("person", person=person.pk)
    return bool(withdrawn)
