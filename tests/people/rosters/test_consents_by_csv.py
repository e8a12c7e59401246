"""What a roster says of consents, beside what people have said themselves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from callboard.people import operations, queries
from callboard.people.access import Access
from callboard.people.models import Consent, ConsentWord, Person
from callboard.people.operations import editing
from tests.people.rosters.conftest import BringIn

pytestmark = pytest.mark.django_db

HEAD = "id,name,recording,consent date\n"
NOW = datetime(2026, 9, 10, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callboard.lib.clock.now", lambda: NOW)


def row(said: str, day: str = "") -> str:
    return f"{HEAD}s-1,Joan,{said},{day}\n"


@pytest.fixture
def joan(bring_in: BringIn) -> Person:
    """Of whom nobody has said anything."""
    bring_in("id,name\ns-1,Joan\n")
    return Person.objects.get()


def in_force(joan: Person) -> bool:
    return queries.has_consent(joan.pk, "recording")


def said(joan: Person) -> list[str]:
    return [word.said for word in reversed(queries.consent_words(joan.pk))]


def test_a_yes_is_a_word_of_its_day_with_the_file_and_who_brought_it_in(
    bring_in: BringIn, nora: Access
) -> None:
    bring_in(row("yes", "2026-01-07"))
    word, consent = ConsentWord.objects.get(), Consent.objects.get()
    midnight_in_madrid = datetime(2026, 1, 6, 23, tzinfo=UTC)
    assert (word.said, word.way, word.reference) == ("given", "file", "roster.csv")
    assert (word.said_at, word.noted_at, consent.given_at) == (midnight_in_madrid, NOW, midnight_in_madrid)
    assert (word.said_by, word.noted_by_id) == (None, nora.member)


def test_today_is_the_organizations_day(bring_in: BringIn, monkeypatch: pytest.MonkeyPatch) -> None:
    past_midnight_in_madrid = datetime(2026, 9, 10, 22, 30, tzinfo=UTC)
    monkeypatch.setattr("callboard.lib.clock.now", lambda: past_midnight_in_madrid)
    assert bring_in(row("yes", "2026-09-11")).faults == []
    assert "still to come" in bring_in(row("yes", "2026-09-12")).faults[0]["text"]


def test_the_same_file_again_says_nothing_new(bring_in: BringIn) -> None:
    for file in (row("yes"), row("no")):
        bring_in(file)
        assert bring_in(file).found["counts"]["consents"] == 0
    assert said(Person.objects.get()) == ["given", "withdrawn"]
    assert not in_force(Person.objects.get())


def test_a_no_is_a_refusal_and_an_answer(bring_in: BringIn, joan: Person) -> None:
    bring_in(row("no"))
    assert said(joan) == ["refused"]
    assert queries.unanswered([joan.pk], "recording") == []


@pytest.mark.parametrize("day", ["", "2026-09-09", "2026-09-10"])
def test_no_older_or_undated_yes_undoes_a_persons_refusal(bring_in: BringIn, joan: Person, day: str) -> None:
    operations.answer_consent(joan, "recording", yes=False, by=joan, way="link")
    assert bring_in(row("yes", day)).found["counts"]["consents"] == 0
    assert (said(joan), in_force(joan)) == (["refused"], False)


@pytest.mark.parametrize("day", ["", "2026-09-09", "2026-09-10"])
def test_no_older_or_undated_yes_undoes_a_withdrawal(bring_in: BringIn, joan: Person, day: str) -> None:
    bring_in(row("yes", "2026-01-07"))
    operations.withdraw_consent(joan, "recording")
    assert bring_in(row("yes", day)).found["counts"]["consents"] == 0
    assert (said(joan), in_force(joan)) == (["given", "withdrawn"], False)


def test_a_yes_of_a_later_day_counts(
    bring_in: BringIn, joan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations.answer_consent(joan, "recording", yes=False, by=joan, way="link")
    monkeypatch.setattr("callboard.lib.clock.now", lambda: NOW.replace(day=20))
    assert bring_in(row("yes", "2026-09-12")).found["counts"]["consents"] == 1
    assert (said(joan), in_force(joan)) == (["refused", "given"], True)


@pytest.mark.parametrize(("day", "ends"), [("2026-09-09", False), ("2026-09-10", True)])
def test_a_no_ends_what_was_agreed_to_unless_it_is_older(
    bring_in: BringIn, joan: Person, day: str, ends: bool
) -> None:
    operations.answer_consent(joan, "recording", yes=True, by=joan, way="link")
    bring_in(row("no", day))
    assert in_force(joan) is not ends
    last = queries.last_words([joan.pk])[joan.pk, "recording"]
    assert last.said == ("withdrawn" if ends else "given")


@pytest.mark.parametrize("name", ["roster.csv", ""])
def test_an_undated_no_undoes_a_yes_once_and_not_with_each_run(
    bring_in: BringIn, joan: Person, name: str
) -> None:
    operations.answer_consent(joan, "recording", yes=True, by=joan, way="link")
    bring_in(row("no"), name=name)
    assert not in_force(joan)
    operations.answer_consent(joan, "recording", yes=True, by=joan, way="link")
    bring_in(row("no"), name=name)
    assert in_force(joan)


def test_what_the_school_noted_by_hand_is_no_word_of_a_file(bring_in: BringIn, joan: Person) -> None:
    operations.give_consent(joan, "recording")
    operations.withdraw_consent(joan, "recording")
    operations.give_consent(joan, "recording")
    bring_in(row("no"))
    assert not in_force(joan)


def test_the_no_of_someone_in_the_archive_is_heard(bring_in: BringIn, joan: Person, nora: Access) -> None:
    operations.answer_consent(joan, "recording", yes=True, by=joan, way="link")
    editing.archive_person(nora, joan.pk)
    bring_in(row("no"))
    assert not in_force(joan)


def test_a_check_says_how_many_and_writes_none(bring_in: BringIn, joan: Person) -> None:
    assert bring_in(row("no"), write=False).found["counts"]["consents"] == 1
    assert said(joan) == []


@pytest.mark.parametrize("first", ["yes", "no"])
def test_where_two_rows_contradict_each_other_the_no_counts(bring_in: BringIn, first: str) -> None:
    other = "no" if first == "yes" else "yes"
    found = bring_in(f"{HEAD}s-1,Joan,{first},\ns-1,Joan,{other},\n", skip=True)
    assert [(each["line"], each["column"]) for each in found.faults] == [(3, "recording")]
    assert not in_force(Person.objects.get())
