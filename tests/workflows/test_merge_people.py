"""Two records of one person become one: what is to come goes over, the past stays, and all can be undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from callboard.lib.errors import Conflict, NotFound
from callboard.people import doubles, operations, queries
from callboard.people.access import Access
from callboard.people.models import Guardianship, Organization, Person
from callboard.people.operations import editing, merging
from callboard.sessions import operations as sessions
from callboard.sessions import queries as session_queries
from callboard.sessions.models import Participant, Session
from callboard.sessions.operations import changing, gate, links, locks
from callboard.web.reads import session as reads
from callboard.workflows import merge_people
from tests.people.cast import access
from tests.sessions.conftest import START, Cast
from tests.workflows.conftest import Moody

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]
NOW = START - timedelta(days=7)


@pytest.fixture
def nora(in_organization: Organization) -> Access:
    return access(in_organization, "coordinator", "nora@maple.example")


@pytest.fixture
def double(cast: Cast, provider: Moody, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Ana once more, with an address and a mother."""
    monkeypatch.setattr("callboard.lib.clock.now", lambda: NOW)
    draft = operations.Draft(name="ANA", email="ana@home.example", level="9", consents=("transcript",))
    double = operations.create_people([draft])[0]
    operations.add_guardian(operations.create_person("Clara", email="clara@home.example"), double, "mother")
    return double


def book(cast: Cast, learner: int, minutes: int = 0) -> Session:
    return sessions.book(cast.at(minutes, learners=[learner]))


def learners(session: Session) -> list[int]:
    rows = Participant.objects.filter(session=session, role="learner", active=True)
    return list(rows.values_list("person_id", flat=True))


def test_likely_doubles_are_those_of_one_name_but_not_families(cast: Cast, double: Person) -> None:
    [pair] = doubles.likely()
    assert {pair.first.pk, pair.second.pk} == {cast.ana, double.pk}
    assert pair.why == ("name",)
    other = operations.create_person("Ana", email="ana@home.example")
    assert any(each.why == ("email", "name") for each in doubles.likely(other.pk))
    operations.add_guardian(other, double, "grandmother of the same name")
    assert not any({each.first.pk, each.second.pk} == {other.pk, double.pk} for each in doubles.likely())


def test_those_who_were_said_to_be_two_are_not_suggested_again(
    cast: Cast, double: Person, nora: Access
) -> None:
    merging.say_distinct(nora, double.pk, cast.ana)
    assert doubles.likely() == []


def test_those_who_are_known_to_be_two_take_no_others_place_on_the_list(
    cast: Cast, double: Person, nora: Access
) -> None:
    fathers, sons = (
        [operations.create_person(f"Otto {number}", email=f"{number}@home.example") for number in range(3)]
        for _side in ("fathers", "sons")
    )
    for father, son in zip(fathers[:2], sons[:2], strict=True):
        operations.add_guardian(father, son)
    merging.say_distinct(nora, sons[2].pk, fathers[2].pk)
    [pair] = doubles.likely(most=1)
    assert {pair.first.pk, pair.second.pk} == {cast.ana, double.pk}


def test_a_preview_says_what_would_be_kept_and_does_nothing(cast: Cast, double: Person, nora: Access) -> None:
    book(cast, double.pk)
    seen = merge_people.preview(nora, cast.ana, double.pk)
    assert (seen.refusal, seen.filled, seen.to_come, seen.past) == ("", ("email",), 1, 0)
    assert seen.guardians == ("Clara",)
    assert seen.consents == ("recording", "transcript")
    assert Person.objects.get(pk=double.pk).merged_into_id is None


@pytest.mark.parametrize("of_the_double", ["yes", "no"])
def test_a_preview_says_of_a_yes_and_a_no_of_one_day_what_the_merge_leaves_in_force(
    cast: Cast, nora: Access, of_the_double: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callboard.lib.clock.now", lambda: NOW)
    ana, other = Person.objects.get(pk=cast.ana), operations.create_person("Ana")
    asked, signed = (other, ana) if of_the_double == "yes" else (ana, other)
    operations.answer_consent(asked, "transcript", yes=True, by=asked, way="link")
    operations.note_consent(
        nora, signed, ["transcript"], yes=False, said_at=NOW - timedelta(minutes=1),
        proof=operations.Proof(reference="Binder 3"),
    )  # fmt: skip
    seen = merge_people.preview(nora, ana.pk, other.pk)
    merge_people.merge(nora, ana.pk, other.pk)
    assert set(seen.consents) == set(queries.consents(ana.pk)) == {"recording"}


def test_sessions_to_come_guardians_and_consents_go_over(
    cast: Cast, double: Person, nora: Access, run_jobs: RunJobs
) -> None:
    session = book(cast, double.pk)
    merge_people.merge(nora, cast.ana, double.pk)
    run_jobs()
    assert learners(session) == [cast.ana]
    assert session_queries.by_key(session.key).version == 2
    ana = Person.objects.get(pk=cast.ana)
    assert ana.email == "ana@home.example"
    assert [each.name for each in queries.guardians(ana.pk)] == ["Clara"]
    assert set(queries.consents(ana.pk)) == {"recording", "transcript"}
    assert double not in queries.people_list("").people


def test_the_past_stays_under_its_key_and_is_the_kept_ones_own(
    cast: Cast, double: Person, nora: Access, monkeypatch: pytest.MonkeyPatch, in_organization: Organization
) -> None:
    session = book(cast, double.pk)
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START + timedelta(days=1))
    Session.objects.update(status="ended")
    merge_people.merge(nora, cast.ana, double.pk)
    assert learners(session) == [double.pk], "the log names their key"
    assert Person.objects.get(key=double.key).merged_into_id == cast.ana
    ana = access(in_organization, "student", "ana@home.example", Person.objects.get(pk=cast.ana))
    assert session in session_queries.visible_to(ana)


def test_what_the_kept_one_withdraws_holds_for_the_doubles_past_too(
    cast: Cast, double: Person, nora: Access
) -> None:
    operations.give_consent(double, "recording")
    session = sessions.book(cast.booking(learners=[double.pk], recording_wanted=True))
    Session.objects.update(status="ended")
    merge_people.merge(nora, cast.ana, double.pk)
    assert gate.missing(session) == 0
    operations.withdraw_consent(Person.objects.get(pk=cast.ana), "recording")
    assert gate.missing(session) == 1


def test_the_later_word_counts_where_they_said_different_things(
    cast: Cast, double: Person, nora: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = START + timedelta(days=3650)  # the cast agreed by the real clock
    monkeypatch.setattr("callboard.lib.clock.now", lambda: later)
    operations.give_consent(double, "recording")
    operations.withdraw_consent(double, "recording")
    merge_people.merge(nora, cast.ana, double.pk)
    assert not queries.has_consent(cast.ana, "recording")


def test_the_doubles_link_leads_where_it_led(cast: Cast, double: Person, nora: Access) -> None:
    alone, both = book(cast, double.pk), sessions.book(cast.at(120, learners=[double.pk, cast.ana]))
    kept = [links.path_for(double.pk, each.key).removeprefix("/j/") for each in (alone, both)]
    links.path_for(cast.ana, both.key)
    merge_people.merge(nora, cast.ana, double.pk)
    for token, session in zip(kept, (alone, both), strict=True):
        door = links.resolve(token)
        assert door.person.pk == cast.ana
        assert door.session == session
    assert learners(both) == [cast.ana]


def test_who_would_be_in_two_places_at_once_is_not_merged(cast: Cast, double: Person, nora: Access) -> None:
    book(cast, cast.ana)
    sessions.book(cast.at(30, instructor=cast.ivan, learners=[double.pk]))
    assert "two places" in merge_people.preview(nora, cast.ana, double.pk).refusal
    with pytest.raises(Conflict) as refusal:
        merge_people.merge(nora, cast.ana, double.pk)
    assert refusal.value.code == "double_booked"


def test_who_answers_for_the_other_is_not_merged(cast: Cast, double: Person, nora: Access) -> None:
    clara = Person.objects.get(name="Clara")
    with pytest.raises(Conflict) as refusal:
        merge_people.merge(nora, clara.pk, double.pk)
    assert refusal.value.code == "related"


def test_within_a_day_all_goes_back_where_it_was(
    cast: Cast, double: Person, nora: Access, run_jobs: RunJobs
) -> None:
    operations.add_guardian(Person.objects.get(name="Clara"), Person.objects.get(pk=cast.ana), "mother")
    session, own = book(cast, double.pk), book(cast, cast.ana, 120)
    change = merge_people.merge(nora, cast.ana, double.pk)
    merge_people.unmerge(nora, cast.ana, change.pk)
    run_jobs()
    assert (learners(session), learners(own)) == ([double.pk], [cast.ana])
    assert Guardianship.objects.filter(student=double).exists()
    assert set(queries.consents(cast.ana)) == {"recording"}
    ana, again = Person.objects.get(pk=cast.ana), Person.objects.get(pk=double.pk)
    assert (ana.email, again.merged_into_id, again.archived_at) == ("", None, None)
    assert queries.roles_of(again) == ["student"]


def test_their_id_in_the_schools_books_goes_over_and_back(cast: Cast, double: Person, nora: Access) -> None:
    Person.objects.filter(pk=double.pk).update(external_id="s-1")
    change = merge_people.merge(nora, cast.ana, double.pk)
    assert dict(Person.objects.exclude(external_id="").values_list("pk", "external_id")) == {cast.ana: "s-1"}
    merge_people.unmerge(nora, cast.ana, change.pk)
    assert dict(Person.objects.exclude(external_id="").values_list("pk", "external_id")) == {double.pk: "s-1"}


def test_after_a_day_it_stays(
    cast: Cast, double: Person, nora: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = merge_people.merge(nora, cast.ana, double.pk)
    monkeypatch.setattr("callboard.lib.clock.now", lambda: NOW + timedelta(days=2))
    with pytest.raises(Conflict) as refusal:
        merge_people.unmerge(nora, cast.ana, change.pk)
    assert refusal.value.code == "too_late"


def test_a_doubles_own_double_becomes_the_kept_ones_and_goes_back(
    cast: Cast, double: Person, nora: Access
) -> None:
    third = operations.create_person("Anna")
    merge_people.merge(nora, double.pk, third.pk)
    change = merge_people.merge(nora, cast.ana, double.pk)
    assert queries.records_of([cast.ana]) == [cast.ana, double.pk, third.pk]
    merge_people.unmerge(nora, cast.ana, change.pk)
    assert queries.records_of([cast.ana]) == [cast.ana]
    assert queries.records_of([double.pk]) == [double.pk, third.pk]


def test_a_place_in_a_session_of_both_comes_back(
    cast: Cast, double: Person, nora: Access, run_jobs: RunJobs
) -> None:
    both = sessions.book(cast.at(0, learners=[double.pk, cast.ana]))
    change = merge_people.merge(nora, cast.ana, double.pk)
    assert learners(both) == [cast.ana]
    sessions.move(both.key, START + timedelta(hours=1), START + timedelta(hours=2))
    merge_people.unmerge(nora, cast.ana, change.pk)
    run_jobs()
    assert sorted(learners(both)) == sorted([double.pk, cast.ana])
    assert session_queries.by_key(both.key).version == 4
    busy = {each.busy for each in Participant.objects.filter(session=both, role="learner")}
    assert len(busy) == 1, "moved since, it takes up the session's time"


def test_who_was_in_the_archive_before_is_there_again(cast: Cast, double: Person, nora: Access) -> None:
    editing.archive_person(nora, double.pk)
    change = merge_people.merge(nora, cast.ana, double.pk)
    merge_people.unmerge(nora, cast.ana, change.pk)
    assert Person.objects.get(pk=double.pk).archived_at == NOW


def test_what_was_changed_of_the_kept_one_since_stays(cast: Cast, double: Person, nora: Access) -> None:
    operations.add_student(double, "9", date(2030, 1, 1))
    operations.add_instructor(double, ["maths:8"], 10)
    operations.add_student(Person.objects.get(pk=cast.ana), "")
    change = merge_people.merge(nora, cast.ana, double.pk)
    merged = editing.profile_of(Person.objects.get(pk=cast.ana))
    assert (merged.level, merged.of_age_on, merged.skills) == ("9", date(2030, 1, 1), ("maths:8",))
    wanted = replace(merged, email="ana@new.example", level="10", skills=("art:1",), buffer_minutes=20)
    editing.edit_person(nora, cast.ana, wanted)
    merge_people.unmerge(nora, cast.ana, change.pk)
    ana, again = (editing.profile_of(Person.objects.get(pk=pk)) for pk in (cast.ana, double.pk))
    assert ana == replace(wanted, of_age_on=None)
    assert (again.email, again.level, again.of_age_on) == ("ana@home.example", "9", date(2030, 1, 1))
    assert (again.skills, again.buffer_minutes) == (("maths:8",), 10)


def test_the_past_under_a_doubles_id_is_seen_and_heard_by_whoever_it_is_of(
    cast: Cast, double: Person, nora: Access, organization: Organization
) -> None:
    past = book(cast, double.pk)
    Session.objects.filter(pk=past.pk).update(status="ended", starts_at=NOW - timedelta(days=2),
                                              ends_at=NOW - timedelta(days=1))  # fmt: skip
    merge_people.merge(nora, cast.ana, double.pk)
    ana = access(organization, "student", "ana@maple.example", Person.objects.get(pk=cast.ana))
    assert past in set(session_queries.visible_to(ana))
    assert reads.by_key(past.key, queries.own_people(ana)) == past
    assert past in reads.of_people(queries.own_people(ana))
    with pytest.raises(NotFound):
        reads.by_key(past.key, [cast.ana])


def test_a_cancelled_session_that_stands_again_seats_whom_a_double_became(
    cast: Cast, double: Person, nora: Access
) -> None:
    alone, both = book(cast, double.pk), sessions.book(cast.at(120, learners=[cast.ana, double.pk]))
    for each in (alone, both):
        sessions.cancel(each.key, "snow")
    merge_people.merge(nora, cast.ana, double.pk)
    for each in (alone, both):
        sessions.move(each.key, each.starts_at, each.ends_at)
        assert learners(each) == [cast.ana]


def test_a_merge_that_comes_while_a_cancelled_session_stands_again_is_heeded(
    cast: Cast, double: Person, nora: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = book(cast, double.pk)
    sessions.cancel(session.key, "snow")
    merge_people.merge(nora, cast.ana, double.pk)
    answers: list[dict[int, int]] = [{}]  # as they were before the locks, and the merge

    def became_of(people: list[int]) -> dict[int, int]:
        return answers.pop() if answers else queries.became_of(people)

    monkeypatch.setattr(changing, "became_of", became_of)
    sessions.move(session.key, session.starts_at, session.ends_at)
    assert learners(session) == [cast.ana]


def test_no_cancelled_session_stands_again_with_one_of_them_while_two_become_one(
    cast: Cast, double: Person, nora: Access
) -> None:
    merge_people.merge(nora, cast.ana, double.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            " AND classid = %s",
            [locks.PERSON],
        )
        assert {row[0] for row in cursor.fetchall()} >= {cast.ana, double.pk}
