"""Consents, as whoever decides about them sees them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from callboard.people import queries
from callboard.people.models import ConsentKind, Person
from callboard.web import times
from callboard.web.viewer import Viewer


@dataclass(frozen=True)
class Choice:
    """One thing that is agreed to or not. `said` tells since when and by whom."""

    kind: str
    words: str
    given: bool
    said: str


@dataclass(frozen=True)
class Row:
    pk: int
    name: str
    me: bool
    choices: list[Choice]


def rows(people: list[Person], viewer: Viewer) -> list[Row]:
    return [Row(each.pk, each.name, each.pk == viewer.person, _choices(each, viewer)) for each in people]


def _choices(person: Person, viewer: Viewer) -> list[Choice]:
    given = queries.consents(person.pk)
    return [
        Choice(
            kind,
            str(words),
            kind in given,
            _("agreed on %(day)s") % {"day": times.day(given[kind].given_at, viewer.tz)}
            if kind in given
            else _("not agreed"),
        )
        for kind, words in ConsentKind.choices
    ]
