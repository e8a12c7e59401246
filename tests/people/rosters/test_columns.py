"""Which column is most likely which."""

from __future__ import annotations

import pytest

from callboard.people.roster import columns


@pytest.mark.parametrize(
    ("header", "guessed"),
    [
        ("Student ID,First Name,Surname,E-mail,Year", "id,given_name,family_name,email,level"),
        ("studentId,givenName,familyName,timeZone", "id,given_name,family_name,zone"),
        ("Nombre,Apellidos,Correo electrónico,Teléfono,Curso", "given_name,family_name,email,phone,level"),
        ("Name,Guardian Name,Relationship", "name,guardian1.name,guardian1.relation"),
        ("name,Parent 2 Phone,parent1_email,parent1", "name,guardian2.phone,guardian1.email,guardian1.name"),
        ("name,Mother's Name,Father's Mobile", "name,guardian1.name,guardian2.phone"),
        ("Name,Name,Shoe size", "name,,"),
        ("Pupil ID,Pupil", "id,name"),
        ("Full name,First name", "name,"),
    ],
)  # fmt: skip
def test_headings_are_known_in_many_spellings(header: str, guessed: str) -> None:
    assert columns.guessed(header.split(",")) == guessed.split(",")


def test_a_guess_is_always_something_that_can_be_chosen() -> None:
    headings = [" ".join(words) for words in zip(columns.FIELDS, columns.GUARDIAN_WORDS, strict=False)]
    assert set(columns.guessed(headings)) <= {"", *columns.choices()}
