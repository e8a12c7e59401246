"""Consent: said by whoever speaks for a person, withdrawn from one moment on, every word kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callboard.lib import clock
from callboard.lib.errors import Forbidden, Invalid
from callboard.lib.store import documents
from callboard.people import operations, queries, rules
from callboard.people.access import Access
from callboard.people.models import Consent, ConsentWord, Organization, Person
from callboard.people.operations import merging
from tests.people.cast import access

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 signed"


@pytest.fixture
def family(in_organization: Organization) -> tuple[Person, Person]:
    drafts = [operations.Draft(name="Paula"), operations.Draft(name="Joan", level="8")]
    paula, joan = operations.create_people(drafts)
    operations.add_guardian(paula, joan, "mother")
    return paula, joan


@pytest.fixture
def nora(in_organization: Organization) -> Access:
    return access(in_organization, "coordinator", "nora@maple.example")


def said(person: Person) -> list[str]:
    return [each.said for each in queries.consent_words(person.pk)]


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
    assert said(joan) == ["given"]


def test_a_withdrawn_consent_stays_on_record_and_can_be_given_anew(family: tuple[Person, Person]) -> None:
    _, joan = family
    operations.give_consent(joan, "recording")
    assert operations.withdraw_consent(joan, "recording")
    assert not operations.withdraw_consent(joan, "recording")
    assert not queries.has_consent(joan.pk, "recording")
    operations.give_consent(joan, "recording")
    assert queries.has_consent(joan.pk, "recording")
    assert Consent.objects.count() == 2
    assert said(joan) == ["given", "withdrawn", "given"]


def test_those_who_lack_it_are_named(family: tuple[Person, Person]) -> None:
    paula, joan = family
    operations.give_consent(joan, "recording")
    assert queries.lacking_consent([joan.pk, paula.pk], "recording") == [paula.pk]
    assert set(queries.consents(joan.pk)) == {"recording"}


def test_an_unknown_kind_is_refused(family: tuple[Person, Person]) -> None:
    with pytest.raises(Invalid):
        operations.give_consent(family[1], "everything")


def test_a_no_is_an_answer_and_nothing_in_force(family: tuple[Person, Person]) -> None:
    paula, joan = family
    assert queries.unanswered([joan.pk], "recording") == [joan.pk]
    word = operations.answer_consent(joan, "recording", yes=False, by=paula, way="link")
    assert word is not None
    assert word.said == "refused"
    assert word.said_by == paula
    assert queries.unanswered([joan.pk], "recording") == []
    assert not queries.has_consent(joan.pk, "recording")
    assert operations.answer_consent(joan, "recording", yes=False, by=paula, way="link") is None


def test_from_the_day_they_come_of_age_students_speak_for_themselves_alone(
    family: tuple[Person, Person],
) -> None:
    paula, joan = family
    today = clock.now().date()
    with pytest.raises(Forbidden):
        operations.answer_consent(joan, "recording", yes=True, by=joan, way="link")
    operations.add_student(joan, "8", of_age_on=today - timedelta(days=1))
    assert queries.speakers(joan) == [joan]
    assert queries.spoken_for(paula.pk) == [paula]
    operations.answer_consent(joan, "recording", yes=True, by=joan, way="link")
    with pytest.raises(Forbidden):
        operations.answer_consent(joan, "recording", yes=False, by=paula, way="link")


def test_who_has_no_guardian_and_is_known_to_be_a_child_speaks_for_nobody_yet() -> None:
    born = date(2026, 3, 2)
    assert rules.speaks_for_themselves(None, born, has_guardians=False)
    assert not rules.speaks_for_themselves(None, born, has_guardians=True)
    assert not rules.speaks_for_themselves(date(2026, 3, 3), born, has_guardians=False)
    assert rules.speaks_for_themselves(date(2026, 3, 2), born, has_guardians=True)


def test_a_form_on_paper_counts_with_its_day_its_signature_and_its_proof(
    family: tuple[Person, Person], nora: Access
) -> None:
    paula, joan = family
    signed = clock.now() - timedelta(days=3)
    operations.note_consent(
        nora, joan, ["recording", "model"], yes=True, said_by=paula, said_at=signed,
        proof=operations.Proof(reference="Binder 3"),
    )  # fmt: skip
    assert queries.consents(joan.pk)["recording"].given_at == signed
    word = queries.consent_words(joan.pk)[0]
    assert (word.way, word.reference, word.noted_by_id) == ("paper", "Binder 3", nora.member)
    assert word.noted_at > word.said_at


def test_a_form_needs_a_proof_a_signer_who_may_and_a_day_that_was(
    family: tuple[Person, Person], nora: Access, in_organization: Organization
) -> None:
    _, joan = family
    stranger = operations.create_person("Otto")
    proof = operations.Proof(reference="Binder 3")
    for refused in (
        {"proof": None},
        {"proof": proof, "said_by": stranger},
        {"proof": proof, "said_at": clock.now() + timedelta(hours=1)},
    ):
        with pytest.raises(Invalid):
            operations.note_consent(nora, joan, ["recording"], yes=True, **refused)
    with pytest.raises(Invalid):
        operations.note_consent(nora, joan, [], yes=True, proof=proof)
    teacher = access(in_organization, "guardian", "paula@home.example", family[0])
    with pytest.raises(Forbidden):
        operations.note_consent(teacher, joan, ["recording"], yes=True, proof=proof)
    assert not ConsentWord.objects.exists()


def test_a_form_is_put_in_the_store_once_it_may_be_entered_and_not_before(
    family: tuple[Person, Person], nora: Access, settings: Any, tmp_path: Path
) -> None:
    settings.RECORDINGS = str(tmp_path)
    paula, joan = family
    proof = operations.Proof(content=PDF)
    with pytest.raises(Invalid):
        operations.note_consent(
            nora, joan, ["recording"], yes=True, said_by=operations.create_person("Otto"), proof=proof
        )
    with pytest.raises(Invalid):
        operations.note_consent(nora, joan, ["nothing"], yes=True, proof=proof)
    assert list(documents().names("proofs")) == []
    operations.note_consent(nora, joan, ["recording"], yes=True, said_by=paula, proof=proof)
    [word] = queries.consent_words(joan.pk)
    assert list(documents().names("proofs")) == [(word.proof, len(PDF))]


def test_a_form_that_is_older_than_the_last_word_is_kept_and_changes_nothing(
    family: tuple[Person, Person], nora: Access
) -> None:
    paula, joan = family
    operations.answer_consent(joan, "recording", yes=True, by=paula, way="link")
    operations.answer_consent(joan, "recording", yes=False, by=paula, way="link")
    operations.note_consent(
        nora, joan, ["recording"], yes=True, said_by=paula, said_at=clock.now() - timedelta(days=30),
        proof=operations.Proof(reference="Binder 3"),
    )  # fmt: skip
    assert not queries.has_consent(joan.pk, "recording")
    assert sorted(said(joan)) == ["given", "given", "withdrawn"]


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Of some day, by the organization's clock."""
    noon = datetime(2026, 3, 3, 12, tzinfo=ZoneInfo(queries.organization().zone))
    monkeypatch.setattr("callboard.lib.clock.now", lambda: noon)
    return noon


@pytest.mark.parametrize("earlier", [timedelta(hours=12), timedelta(minutes=1), timedelta()])
def test_a_no_on_paper_ends_a_yes_of_its_own_day_and_is_the_last_word(
    family: tuple[Person, Person], nora: Access, at_noon: datetime, earlier: timedelta
) -> None:
    paula, joan = family
    operations.answer_consent(joan, "recording", yes=True, by=paula, way="link")
    operations.note_consent(
        nora, joan, ["recording"], yes=False, said_by=paula, said_at=at_noon - earlier,
        proof=operations.Proof(reference="Binder 3"),
    )  # fmt: skip
    assert not queries.has_consent(joan.pk, "recording")
    assert queries.last_words([joan.pk])[joan.pk, "recording"].said == "withdrawn"


@pytest.mark.parametrize("of_the_double", ["yes", "no"])
def test_of_two_records_that_are_merged_a_no_on_paper_ends_a_yes_of_its_day_too(
    family: tuple[Person, Person], nora: Access, at_noon: datetime, of_the_double: str
) -> None:
    paula, joan = family
    again = operations.create_person("Joan")
    operations.add_guardian(paula, again, "mother")
    asked, signed = (again, joan) if of_the_double == "yes" else (joan, again)
    operations.answer_consent(asked, "recording", yes=True, by=paula, way="link")
    operations.note_consent(
        nora, signed, ["recording"], yes=False, said_by=paula, said_at=at_noon - timedelta(hours=12),
        proof=operations.Proof(reference="Binder 3"),
    )  # fmt: skip
    merging.absorb(nora, joan.pk, again.pk)
    assert not queries.has_consent(joan.pk, "recording")
    assert queries.last_words([joan.pk])[joan.pk, "recording"].said != "given"


@pytest.mark.parametrize("yes", [True, False])
def test_a_form_of_the_day_before_ends_nothing_and_a_yes_of_the_same_day_no_no(
    family: tuple[Person, Person], nora: Access, at_noon: datetime, yes: bool
) -> None:
    paula, joan = family
    operations.answer_consent(joan, "recording", yes=not yes, by=paula, way="link")
    signed = at_noon - timedelta(hours=3 if yes else 13)
    operations.note_consent(
        nora, joan, ["recording"], yes=yes, said_by=paula, said_at=signed,
        proof=operations.Proof(reference="Binder 3"),
    )  # fmt: skip
    assert queries.has_consent(joan.pk, "recording") is not yes


def test_what_is_said_of_a_double_or_by_one_is_said_of_and_by_whom_they_became(
    family: tuple[Person, Person], nora: Access
) -> None:
    paula, joan = family
    again, mother = (operations.create_person(name) for name in ("Joan", "Paula"))
    operations.give_consent(joan, "recording")
    for kept, double in ((joan, again), (paula, mother)):
        merging.absorb(nora, kept.pk, double.pk)
    again.refresh_from_db()
    mother.refresh_from_db()
    assert operations.withdraw_consent(again, "recording")
    assert not queries.has_consent(joan.pk, "recording")
    assert operations.give_consent(again, "recording", mother).person_id == joan.pk
    operations.answer_consent(again, "recording", yes=False, by=mother, way="link")
    operations.note_consent(
        nora, again, ["recording"], yes=True, said_by=mother, proof=operations.Proof(reference="Binder 3")
    )
    assert said(joan) == ["given", "withdrawn", "given", "withdrawn", "given"]
    assert said(again) == []
    assert queries.has_consent(joan.pk, "recording")


def test_a_file_is_what_its_first_bytes_say(in_organization: Organization) -> None:
    assert operations.checked_proof(PDF) == "application/pdf"
    assert operations.checked_proof(b"\xff\xd8\xff\xe0 picture") == "image/jpeg"
    for refused in (b"<html><script>", b"MZ\x90", b"", b"%PDF-" + b" " * rules.PROOF_BYTES):
        with pytest.raises(Invalid):
            operations.checked_proof(refused)
