"""Rosters in words: what the fields are called, and what is wrong with a cell."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.people.roster.columns import FIELDS

FIELD_NAMES: dict[str, str | Promise] = {
    "id": lazy("Id in your system"),
    "name": lazy("Whole name"),
    "given_name": lazy("First name"),
    "family_name": lazy("Family name"),
    "role": lazy("Role"),
    "email": lazy("Email address"),
    "phone": lazy("Phone"),
    "zone": lazy("Time zone"),
    "locale": lazy("Language"),
    "level": lazy("Level"),
    "skills": lazy("Skills of an instructor"),
    "buffer_minutes": lazy("Minutes free between sessions"),
    "consent_recording": lazy("Agreed to being recorded"),
    "consent_transcript": lazy("Agreed to a transcript"),
    "consent_model": lazy("Agreed to language models"),
    "consent_date": lazy("Day of the consent"),
    "relation": lazy("Relation"),
}

PROBLEMS: dict[str, str | Promise] = {
    "more_cells": lazy("The row has more cells than there are columns."),
    "no_id": lazy("Everyone in such a file has an id."),
    "no_user": lazy("There is no such user in users.csv."),
    "no_name": lazy("A person needs a name."),
    "guardian_no_name": lazy("A guardian needs a name, or an id that a row of this file has."),
    "guardian_of_whom": lazy("Only a student has guardians."),
    "own_guardian": lazy("Nobody is their own guardian."),
    "nothing_tells": lazy(
        "Nothing tells this person apart when the file is run again: give an id, an email address or a phone "
        "number; for a student, a guardian who has one is enough."
    ),
    "other_than_before": lazy("This says something else than row %(other)s, which is the same person."),
    "same_as": lazy("Row %(other)s leads to the same person as this one."),
    "several": lazy("Several people here could be this one. Give the id in your system to tell them apart."),
    "unseen": lazy("There are characters in it that cannot be seen."),
    "too_long": lazy("This is too long."),
    "email": lazy("This is not an email address."),
    "phone": lazy("This is not a phone number."),
    "zone": lazy("There is no such time zone. It is written as Europe/Madrid."),
    "locale": lazy("There is no such language. It is written as en or pt-BR."),
    "role": lazy("A role is student, instructor or guardian."),
    "buffer_minutes": lazy("Between 0 and 240 minutes."),
    "yes_or_no": lazy("Write yes or no."),
    "day": lazy("This is not a day. It is written as 2026-09-01."),
    "future": lazy("This day is still to come."),
}


def field_name(choice: str) -> str:
    """What a column may be, for people: "Guardian 2: Email address"."""
    if choice in FIELDS:
        return str(FIELD_NAMES[choice])
    slot, _dot, field = choice.partition(".")
    if not field:
        return choice
    return _("Guardian %(number)s: %(field)s") % {
        "number": slot.removeprefix("guardian"),
        "field": str(FIELD_NAMES[field]),
    }


def problem(code: str, other: int | str = "") -> str:
    return str(PROBLEMS[code]) % {"other": other} if code in PROBLEMS else code
