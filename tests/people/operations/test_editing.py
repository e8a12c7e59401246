"""Changing a person: checked, written down, and taken back within a day unless somebody changed it since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from callboard.lib import clock
from callboard.lib.errors import Conflict, Forbidden, Invalid, NotFound
from callboard.people import operations, queries
from callboard.people.access import Access
from callboard.people.models import Guardianship, Member, Organization, Person
from callboard.people.operations import copying, editing, merging
from callboard.people.records import PersonChange
from tests.people.cast import access, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(in_organization: Organization) -> Access:
    return access(in_organization, "coordinator", "nora@maple.example")


@pytest.fixture
def joan(in_organization: Organization) -> Person:
    draft = operations.Draft(name="Joan", email="joan@home.example", level="8")
    return operations.create_people([draft])[0]


def test_what_is_changed_is_kept_and_written_down_with_who_did_it(nora: Access, joan: Person) -> None:
    wanted = replace(editing.profile_of(joan), name="  Joan   Vidal ", phone="600 100", level="9")
    change = editing.edit_person(nora, joan.pk, wanted)
    assert change is not None
    assert change.before == {"name": "Joan", "phone": "", "level": "8"}
    assert change.after == {"name": "Joan Vidal", "phone": "600 100", "level": "9"}
    assert change.member_id == nora.member
    assert editing.profile_of(Person.objects.get(pk=joan.pk)).name == "Joan Vidal"


def test_the_same_again_is_no_change(nora: Access, joan: Person) -> None:
    assert editing.edit_person(nora, joan.pk, editing.profile_of(joan)) is None
    assert not PersonChange.objects.exists()


def test_what_cannot_be_is_said_by_field_and_nothing_is_changed(nora: Access, joan: Person) -> None:
    wanted = replace(
        editing.profile_of(joan), name=" ", email="nobody", zone="Mars/Base", locale="xx", buffer_minutes=999
    )
    with pytest.raises(Invalid) as refusal:
        editing.edit_person(nora, joan.pk, wanted)
    assert set(refusal.value.fields) == {"name", "email", "zone", "locale", "buffer_minutes"}
    assert Person.objects.get(pk=joan.pk).name == "Joan"


def test_who_stops_learning_and_begins_to_teach_is_what_is_said(nora: Access, joan: Person) -> None:
    wanted = replace(editing.profile_of(joan), level=None, skills=["maths:8"])
    editing.edit_person(nora, joan.pk, wanted)
    assert queries.roles_of(joan) == ["instructor"]


def test_who_stops_learning_and_teaching_is_as_they_were_once_that_is_taken_back(
    nora: Access, joan: Person
) -> None:
    was = replace(
        editing.profile_of(joan), of_age_on=date(2030, 9, 1), skills=("maths:8",), buffer_minutes=15
    )
    editing.edit_person(nora, joan.pk, was)
    stops = replace(was, level=None, skills=None, of_age_on=None, buffer_minutes=0)
    change = editing.edit_person(nora, joan.pk, stops)
    assert change is not None
    assert set(change.after) == {"level", "skills"}
    assert queries.roles_of(joan) == ["guardian"]
    editing.undo_change(nora, joan.pk, change.pk)
    assert editing.profile_of(joan) == was


def test_what_is_said_of_them_as_they_begin_again_is_taken_back_too(nora: Access, joan: Person) -> None:
    was = replace(editing.profile_of(joan), of_age_on=date(2030, 9, 1))
    editing.edit_person(nora, joan.pk, was)
    editing.edit_person(nora, joan.pk, replace(was, level=None))
    begins = editing.edit_person(nora, joan.pk, replace(was, level="9", of_age_on=None))
    assert begins is not None
    editing.undo_change(nora, joan.pk, begins.pk)
    assert editing.profile_of(joan) == replace(was, level=None)


def test_somebody_elses_change_meanwhile_is_not_overwritten(nora: Access, joan: Person) -> None:
    seen = editing.latest_change(joan)
    editing.edit_person(nora, joan.pk, replace(editing.profile_of(joan), phone="1"), seen=seen)
    with pytest.raises(Conflict) as refusal:
        editing.edit_person(nora, joan.pk, replace(editing.profile_of(joan), phone="2"), seen=seen)
    assert refusal.value.code == "changed_since"


def test_a_change_is_taken_back_once(nora: Access, joan: Person) -> None:
    wanted = replace(editing.profile_of(joan), of_age_on=date(2026, 9, 1), level="9")
    change = editing.edit_person(nora, joan.pk, wanted)
    assert change is not None
    editing.undo_change(nora, joan.pk, change.pk)
    profile = editing.profile_of(Person.objects.get(pk=joan.pk))
    assert (profile.level, profile.of_age_on) == ("8", None)
    with pytest.raises(Conflict) as refusal:
        editing.undo_change(nora, joan.pk, change.pk)
    assert refusal.value.code == "undone_already"


def test_what_was_changed_again_since_is_not_taken_back(nora: Access, joan: Person) -> None:
    first = editing.edit_person(nora, joan.pk, replace(editing.profile_of(joan), phone="1"))
    joan.refresh_from_db()
    editing.edit_person(nora, joan.pk, replace(editing.profile_of(joan), phone="2"))
    assert first is not None
    with pytest.raises(Conflict) as refusal:
        editing.undo_change(nora, joan.pk, first.pk)
    assert refusal.value.code == "changed_since"


def test_after_a_day_it_is_too_late(nora: Access, joan: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    change = editing.edit_person(nora, joan.pk, replace(editing.profile_of(joan), phone="1"))
    assert change is not None
    later = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr("callboard.lib.clock.now", lambda: later)
    with pytest.raises(Conflict) as refusal:
        editing.undo_change(nora, joan.pk, change.pk)
    assert refusal.value.code == "too_late"


def test_a_guardian_is_linked_and_unlinked_and_both_are_taken_back(nora: Access, joan: Person) -> None:
    paula = operations.create_person("Paula")
    linked = editing.link_guardian(nora, paula.pk, joan.pk, "mother")
    with pytest.raises(Conflict):
        editing.link_guardian(nora, paula.pk, joan.pk)
    editing.undo_change(nora, joan.pk, linked.pk)
    assert queries.guardians(joan.pk) == []
    editing.link_guardian(nora, paula.pk, joan.pk, "mother")
    gone = editing.unlink_guardian(nora, paula.pk, joan.pk)
    editing.undo_change(nora, joan.pk, gone.pk)
    assert Guardianship.objects.get().relation == "mother"
    with pytest.raises(NotFound):
        editing.unlink_guardian(nora, joan.pk, paula.pk)


def test_a_link_that_was_changed_since_is_neither_ended_nor_made_anew(nora: Access, joan: Person) -> None:
    paula = operations.create_person("Paula")
    linked = editing.link_guardian(nora, paula.pk, joan.pk, " mother ")
    operations.add_guardian(paula, joan, "stepmother")
    refused(lambda: editing.undo_change(nora, joan.pk, linked.pk), "changed_since")
    gone = editing.unlink_guardian(nora, paula.pk, joan.pk)
    refused(lambda: editing.undo_change(nora, joan.pk, linked.pk), "changed_since")
    editing.link_guardian(nora, paula.pk, joan.pk, "aunt")
    refused(lambda: editing.undo_change(nora, joan.pk, gone.pk), "changed_since")
    assert Guardianship.objects.get().relation == "aunt"
    Guardianship.objects.all().delete()
    merging.absorb(nora, operations.create_person("Paula Serra").pk, paula.pk)
    refused(lambda: editing.undo_change(nora, joan.pk, gone.pk), "changed_since")
    assert not Guardianship.objects.exists()


def test_nothing_is_changed_of_a_double_any_more(nora: Access, joan: Person) -> None:
    again, paula = operations.create_person("Joan"), operations.create_person("Paula")
    edited = editing.edit_person(nora, again.pk, replace(editing.profile_of(again), phone="1"))
    assert edited is not None
    merging.absorb(nora, joan.pk, again.pk)
    again.refresh_from_db()
    for deed in (
        lambda: editing.edit_person(nora, again.pk, replace(editing.profile_of(again), phone="2")),
        lambda: editing.link_guardian(nora, paula.pk, again.pk),
        lambda: editing.link_guardian(nora, again.pk, paula.pk),
        lambda: editing.unlink_guardian(nora, paula.pk, again.pk),
        lambda: editing.archive_person(nora, again.pk),
        lambda: editing.restore_person(nora, again.pk),
        lambda: editing.undo_change(nora, again.pk, edited.pk),
        lambda: copying.ask_copy(nora, again.pk),
        lambda: operations.invite("joan@home.example", "student", again, by=nora),
        lambda: operations.add_guardian(paula, again),
        lambda: operations.add_student(again, "8"),
        lambda: operations.add_instructor(again),
    ):
        refused(deed, "merged")


def refused(deed: Callable[[], object], code: str) -> None:
    with pytest.raises(Conflict) as refusal:
        deed()
    assert refusal.value.code == code


def test_who_is_archived_is_in_no_list_signs_in_no_more_and_comes_back_as_they_were(
    nora: Access, joan: Person
) -> None:
    member = operations.add_member(login("joan@home.example"), "student", joan)
    archived = editing.archive_person(nora, joan.pk)
    assert joan not in queries.people_list("Joan").people
    assert joan in queries.people_list("Joan", "archived").people
    assert Member.objects.get(pk=member.pk).deactivated_at is not None
    editing.undo_change(nora, joan.pk, archived.pk)
    assert joan in queries.people_list("", "student").people
    assert Member.objects.get(pk=member.pk).deactivated_at is None
    editing.archive_person(nora, joan.pk)
    editing.restore_person(nora, joan.pk)
    assert joan in queries.people_list("", "student").people


DEEDS: list[Callable[[Access, Person], object]] = [
    lambda by, who: editing.edit_person(by, who.pk, editing.profile_of(who)),
    lambda by, who: editing.link_guardian(by, who.pk, who.pk),
    lambda by, who: editing.archive_person(by, who.pk),
    lambda by, who: editing.restore_person(by, who.pk),
    lambda by, who: editing.undo_change(by, who.pk, 1),
]


@pytest.mark.parametrize("deed", DEEDS)
def test_only_those_who_manage_people_change_them(
    in_organization: Organization, joan: Person, deed: Callable[[Access, Person], object]
) -> None:
    with pytest.raises(Forbidden):
        deed(access(in_organization, "student", "joan@home.example", joan), joan)


def test_a_search_minds_neither_capitals_nor_accents_and_takes_words_in_any_order(
    in_organization: Organization,
) -> None:
    operations.create_people(
        [operations.Draft(name="José Núñez", email="pepe@home.example"), operations.Draft(name="Josefa Ruiz")]
    )
    assert [each.name for each in queries.found_people("nunez jose")] == ["José Núñez"]
    assert [each.name for each in queries.found_people("NÚÑEZ")] == ["José Núñez"]
    assert [each.name for each in queries.found_people("pepe@")] == ["José Núñez"]
    assert {each.name for each in queries.found_people("jose")} == {"José Núñez", "Josefa Ruiz"}
    assert list(queries.found_people("100%_")) == []
