"""Rosters by CSV: who is added, changed, left, and what is wrong, row by row."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DataError
from django.db.models import Model

from callboard.people import operations, queries
from callboard.people.access import Access
from callboard.people.import_models import Import
from callboard.people.models import Consent, ConsentWord, Guardianship, Instructor, Person, Student
from callboard.people.operations import editing, imports, merging, rosters
from callboard.people.operations.rosters import writing
from tests.people.rosters.conftest import BringIn

pytestmark = pytest.mark.django_db

FAMILY = """Student ID,First Name,Last Name,Email,Grade,Guardian Name,Guardian Email,Guardian Phone,Relation
s-1,Joan,Serra,joan@serra.example,8,Paula Serra,paula@serra.example,+34 600 000 001,mother
s-2,Iris,Serra,,6,Paula Serra,paula@serra.example,,mother
s-3,Omar,Haddad,,8,Leila Haddad,,+34 600 000 002,
"""


def texts(row: Any) -> list[tuple[int, str, str]]:
    return [(each["line"], each["column"], each["text"]) for each in row.faults]


def test_students_come_in_with_the_guardians_whom_siblings_share(bring_in: BringIn) -> None:
    row = bring_in(FAMILY)
    assert (row.status, row.found["counts"]["added"], row.fault_count) == ("done", 5, 0)
    paula = Person.objects.get(email="paula@serra.example")
    assert [each.name for each in queries.wards(paula.pk)] == ["Iris Serra", "Joan Serra"]
    assert paula.phone == "+34 600 000 001"
    assert Student.objects.get(person__external_id="s-2").level == "6"
    assert Guardianship.objects.get(student__external_id="s-1").relation == "mother"


def test_the_same_file_again_changes_nothing(bring_in: BringIn) -> None:
    bring_in(FAMILY)
    row = bring_in(FAMILY)
    assert row.found["counts"]["added"] == row.found["counts"]["changed"] == 0
    assert row.found["counts"]["same"] == 5
    assert Person.objects.count() == 5
    assert Guardianship.objects.count() == 3


def test_a_check_writes_nothing_and_says_what_would_change(bring_in: BringIn) -> None:
    bring_in(FAMILY)
    row = bring_in(
        FAMILY.replace("joan@serra", "joan@new").replace("Iris,Serra,,6", "Iris,Serra,,7"), write=False
    )
    assert row.status == "checked"
    assert row.found["counts"]["changed"] == 2
    assert row.found["samples"]["changed"][0]["fields"] == [
        ["email", "joan@serra.example", "joan@new.example"]
    ]
    assert Person.objects.get(external_id="s-1").email == "joan@serra.example"


def test_an_empty_cell_changes_nothing(bring_in: BringIn) -> None:
    bring_in(FAMILY)
    row = bring_in(FAMILY.replace("joan@serra.example", ""))
    assert row.found["counts"]["changed"] == 0
    assert Person.objects.get(external_id="s-1").email == "joan@serra.example"


def test_whoever_was_typed_in_before_is_found_by_address_and_takes_the_id(bring_in: BringIn) -> None:
    joan = operations.create_people(
        [operations.Draft(name="Joan Serra Roca", email="joan@serra.example", level="8")]
    )
    bring_in(FAMILY)
    known = Person.objects.get(external_id="s-1")
    assert (known.pk, known.name) == (joan[0].pk, "Joan Serra")


def test_children_who_carry_a_parents_address_are_neither_their_parent_nor_each_other(
    bring_in: BringIn,
) -> None:
    file = (
        "name,email,guardian name,guardian email\n"
        "Joan Serra,home@serra.example,Paula Serra,home@serra.example\n"
        "Iris Serra,home@serra.example,Paula Serra,home@serra.example\n"
    )
    bring_in(file)
    row = bring_in(file)
    assert row.found["counts"]["same"] == 3
    assert Person.objects.filter(email="home@serra.example").count() == 3
    assert Student.objects.count() == 2


def test_a_new_child_at_a_known_address_is_somebody_new_and_that_is_said(bring_in: BringIn) -> None:
    bring_in("name,email\nJoan Serra,home@serra.example\n")
    row = bring_in("name,email\nIris Serra,home@serra.example\n")
    assert row.found["counts"]["added"] == 1
    assert row.found["samples"]["neighbours"] == [{"line": 2, "name": "Iris Serra", "other": "Joan Serra"}]


def test_a_student_without_any_id_is_known_again_by_their_guardian(bring_in: BringIn) -> None:
    file = "name,guardian name,guardian phone\nIris Serra,Paula Serra,600 000 001\n"
    bring_in(file)
    assert bring_in(file).found["counts"]["same"] == 2
    assert Person.objects.count() == 2


def test_who_is_in_the_archive_stays_there_and_is_named(bring_in: BringIn, nora: Access) -> None:
    bring_in(FAMILY)
    omar = Person.objects.get(external_id="s-3")
    editing.archive_person(nora, omar.pk)
    row = bring_in(
        FAMILY.replace(
            "Omar,Haddad,,8,Leila Haddad,,+34 600 000 002", "Omar,Haddad,,9,Rima Haddad,r@h.example,"
        )
    )
    assert (row.status, row.found["counts"]["added"], row.found["counts"]["changed"]) == ("done", 0, 0)
    assert row.found["samples"]["left"] == [
        {
            "line": 4,
            "name": "Omar Haddad",
            "about": "Is in the archive. Restore them first, where they are back.",
        }
    ]
    student = Student.objects.select_related("person").get(person=omar)
    assert (student.active, student.level, student.person.archived_at is None) == (False, "8", False)
    assert not Person.objects.filter(name="Rima Haddad").exists()


def test_what_is_let_go_of_while_it_is_checked_stays_so(
    bring_in: BringIn, nora: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = rosters.People.settle

    def slowly(*args: Any, **options: Any) -> Any:
        imports.discard(nora, Import.objects.get().pk)
        return settle(*args, **options)

    monkeypatch.setattr(rosters.People, "settle", slowly)
    row = bring_in(FAMILY)
    assert (row.status, row.content, row.found) == ("discarded", None, {})


def test_a_row_that_nothing_tells_apart_is_refused_and_nothing_is_written(bring_in: BringIn) -> None:
    row = bring_in("name,email\nJoan Serra,joan@serra.example\nIris Serra,\n")
    assert row.status == "checked"
    assert [line for line, _column, _text in texts(row)] == [3]
    assert "Nothing tells this person apart" in texts(row)[0][2]
    assert Person.objects.count() == 0


def test_wrong_rows_can_be_left_out(bring_in: BringIn) -> None:
    row = bring_in(
        "name,email,time zone,role\nJoan,joan@serra.example,Europe/Madrid,student\n"
        "Iris,iris at serra,Mars/Olympus,student\nKarim,karim@x.example,,wizard\n",
        skip=True,
    )
    assert row.status == "done"
    assert texts(row) == [
        (3, "email", "This is not an email address."),
        (3, "time zone", "There is no such time zone. It is written as Europe/Madrid."),
        (4, "role", "A role is student, instructor or guardian."),
    ]
    assert [each.name for each in Person.objects.all()] == ["Joan"]


def test_a_student_may_have_a_row_for_each_guardian_and_columns_for_two(bring_in: BringIn) -> None:
    bring_in(
        "id,name,guardian1_name,guardian1_email,guardian2_name,guardian2_email\n"
        "s-1,Joan,Paula,paula@s.example,Pere,pere@s.example\n"
        "s-1,Joan,Avi,avi@s.example,,\n"
    )
    joan = Person.objects.get(external_id="s-1")
    assert [each.name for each in queries.guardians(joan.pk)] == ["Avi", "Paula", "Pere"]


def test_rows_of_one_person_that_contradict_each_other_are_wrong(bring_in: BringIn) -> None:
    row = bring_in("id,name,email\ns-1,Joan,joan@s.example\ns-1,Iris,joan@s.example\n")
    assert texts(row) == [(3, "name", "This says something else than row 2, which is the same person.")]


def test_nothing_is_taken_of_a_row_that_contradicts_an_earlier_one(bring_in: BringIn) -> None:
    head = "id,name,email,phone,teaches,buffer,role\n"
    row = bring_in(
        head
        + "t-1,Marta,marta@m.example,,algebra,10,teacher\n"
        + "t-1,Marta,other@m.example,600000009,physics,20,teacher\n",
        skip=True,
    )
    assert [(line, column) for line, column, _text in texts(row)] == [(3, "email"), (3, "buffer")]
    marta = Instructor.objects.select_related("person").get()
    assert (marta.person.email, marta.person.phone) == ("marta@m.example", "")
    assert (marta.skills, marta.buffer_minutes) == (["algebra"], 10)


def test_instructors_have_skills_and_free_minutes(bring_in: BringIn) -> None:
    file = (
        'Teacher ID,Name,Email,Subjects,Buffer\nt-1,Marta Vidal,marta@m.example,"Algebra:8; algebra : 9",10\n'
    )
    bring_in(file, role="instructor")
    marta = Instructor.objects.get(person__external_id="t-1")
    assert (marta.skills, marta.buffer_minutes) == (["algebra:8", "algebra:9"], 10)
    assert bring_in(file, role="instructor").found["counts"]["same"] == 1


def test_a_merged_doubles_id_leads_to_whom_it_became_who_keeps_their_own(
    bring_in: BringIn, nora: Access
) -> None:
    bring_in("id,name\ns-1,Joan Serra\ns-2,Joan Serra Roca\n")
    kept, double = (Person.objects.get(external_id=each) for each in ("s-1", "s-2"))
    merging.absorb(nora, kept.pk, double.pk)
    row = bring_in("id,name,phone\ns-2,Joan Serra,600 000 001\n")
    assert (row.status, row.found["counts"]["changed"], row.found["counts"]["added"]) == ("done", 1, 0)
    kept.refresh_from_db()
    assert (kept.external_id, kept.phone) == ("s-1", "600 000 001")


def test_two_rows_that_lead_to_one_person_are_wrong(bring_in: BringIn) -> None:
    bring_in("id,name,email\ns-1,Joan Serra,joan@s.example\n")
    row = bring_in("id,name,email\ns-1,Joan Serra,\n,Joan Serra,joan@s.example\n")
    assert texts(row) == [(3, "id", "Row 2 leads to the same person as this one.")]


def test_a_guardian_stays_where_the_row_that_first_named_them_is_left_out(bring_in: BringIn) -> None:
    bring_in("id,name,email\ns-1,Joan Serra,joan@s.example\n")
    row = bring_in(
        "id,name,email,guardian name,guardian email\n"
        ",Joan Serra,joan@s.example,Paula,paula@s.example\n"
        "s-1,Joan Serra,,,\n"
        "s-2,Iris Serra,,Paula,paula@s.example\n",
        skip=True,
    )
    assert [line for line, _column, _text in texts(row)] == [2]
    assert Guardianship.objects.get().student.external_id == "s-2"


def test_what_fails_while_it_is_written_leaves_nothing_and_can_run_again(
    bring_in: BringIn, monkeypatch: Any
) -> None:
    steps = writing.STEPS
    monkeypatch.setattr(writing, "STEPS", (*steps, "SELECT 1/0"))
    agreed = "id,name,guardian name,guardian email,recording\ns-1,Joan,Paula,paula@s.example,yes\n"
    with pytest.raises(DataError, match="division by zero"):
        bring_in(agreed)
    tables: tuple[type[Model], ...] = (Person, Student, Guardianship, Consent, ConsentWord)
    assert [each.__name__ for each in tables if each._default_manager.exists()] == []
    row = Import.objects.get()
    assert (row.status, row.found["counts"]["added"]) == ("writing", 2)

    monkeypatch.setattr(writing, "STEPS", steps)
    imports.run(row.organization.pk, row.pk)
    row.refresh_from_db()
    assert row.status == "done"
    assert [each.__name__ for each in tables if each._default_manager.exists()] == [
        each.__name__ for each in tables
    ]
