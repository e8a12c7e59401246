"""Consent: given by oneself or a guardian, withdrawn from one moment on, on record for ever."""

from __future__ import annotations

import pytest

from callboard.lib.errors import Forbidden, Invalid
from callboard.people import operations, queries
from callboard.people.models import Consent, Organization, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(in_organization: Organization) -> tuple[Person, Person]:
    paula, joan = operations.create_people([operations.Draft(name=name) for name in ("Paula", "Joan")])
    operations.add_guardian(paula, joan, "mother")
    return paula, joan


def test_a_guardian_agrees_for_their_child(family: tuple[Person, Person]) -> None:
    paula, joan = family
    consent = operations.give_consent(joan, "recording", paula)
    assert consent.given_by_id == paula.pk
    assert queries.has_consent(joan.pk, "recording")
    assert not queries.has_consent(joan.pk, "model")
    assert not queries.has_consent(paula.pk, "recording")


def test_a_child_does_not_agree_for_their_guardian(family: tuple[Person, Person]) -> None:
    paula, joan = family
    with pytest.raises(Forbidden) as refusal:
        operations.give_consent(paula, "recording", joan)
    assert refusal.value.code == "not_theirs"


def test_agreeing_twice_is_agreeing_once(family: tuple[Person, Person]) -> None:
    _, joan = family
    first = operations.give_consent(joan, "recording")
    assert operations.give_consent(joan, "recording").pk == first.pk


def test_a_withdrawn_consent_stays_on_record_and_can_be_given_anew(family: tuple[Person, Person]) -> None:
    _, joan = family
    operations.give_consent(joan, "recording")
    assert operations.withdraw_consent(joan, "recording")
    assert not operations.withdraw_consent(joan, "recording")
    assert not queries.has_consent(joan.pk, "recording")
    operations.give_consent(joan, "recording")
    assert queries.has_consent(joan.pk, "recording")
    assert Consent.objects.count() == 2


def test_those_who_lack_it_are_named(family: tuple[Person, Person]) -> None:
    paula, joan = family
    operations.give_consent(joan, "recording")
    assert queries.lacking_consent([joan.pk, paula.pk], "recording") == [paula.pk]
    assert set(queries.consents(joan.pk)) == {"recording"}


def test_an_unknown_kind_is_refused(family: tuple[Person, Person]) -> None:
    with pytest.raises(Invalid):
        operations.give_consent(family[1], "everything")
