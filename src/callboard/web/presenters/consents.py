"""Consents, as whoever decides about them sees them, and as coordinators do."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from callboard.people import queries
from callboard.people.models import (
    Consent,
    ConsentKind,
    ConsentSaid,
    ConsentWay,
    ConsentWord,
    Person,
    Role,
)
from callboard.sessions import recording_queries
from callboard.web import times

QUESTIONS: dict[str, str | Promise] = {
    ConsentKind.RECORDING.value: gettext_lazy("May sessions be recorded?"),
    ConsentKind.TRANSCRIPT.value: gettext_lazy("May what is said be written down?"),
    ConsentKind.MODEL.value: gettext_lazy("May a language model read what was written down?"),
}
MEANINGS: dict[str, str | Promise] = {
    ConsentKind.TRANSCRIPT.value: gettext_lazy(
        "The text helps to write the notes on a session. It is not shown to other families."
    ),
    ConsentKind.MODEL.value: gettext_lazy(
        "It drafts the notes. A person reads every one of them before it is sent to anybody."
    ),
}


@dataclass(frozen=True)
class Choice:
    """One thing that is asked. `answer`: yes, no, or nothing yet; `said` tells by whom and when."""

    kind: str
    words: str
    question: str
    meaning: str
    answer: str
    said: str


@dataclass(frozen=True)
class Row:
    pk: int
    name: str
    me: bool
    choices: list[Choice]
    history: list[str]


@dataclass(frozen=True)
class WordRow:
    """A word as coordinators see it. `proof` is where its paper lies: an address, or empty."""

    day: str
    kind: str
    said: str
    by: str
    how: str
    reference: str
    proof: str


def rows(people: list[Person], me: int, tz: ZoneInfo) -> list[Row]:
    """`me` is who looks; of themselves they are asked only where they take part in sessions."""
    return [_row(each, me, tz) for each in people if each.pk != me or _takes_part(each)]


def _takes_part(person: Person) -> bool:
    return queries.roles_of(person) != [Role.GUARDIAN.value]


def _row(person: Person, me: int, tz: ZoneInfo) -> Row:
    history = [
        _("%(day)s, %(kind)s: %(what)s") % {
            "day": times.day(word.said_at, tz),
            "kind": capfirst(word.get_kind_display()),
            "what": _by(word, me),
        }
        for word in queries.consent_words(person.pk)
    ]  # fmt: skip
    return Row(person.pk, person.name, person.pk == me, choices(person, me, tz), history)


def choices(person: Person, me: int, tz: ZoneInfo) -> list[Choice]:
    given, last = queries.consents(person.pk), queries.last_words([person.pk])
    found = []
    for kind, words in ConsentKind.choices:
        standing, word = given.get(kind), last.get((person.pk, kind))
        answer = "yes" if standing else "no" if word else ""
        said = _said(standing, word, me, tz)
        found.append(Choice(kind, str(words), str(QUESTIONS[kind]), _meaning(kind), answer, said))
    return found


def _meaning(kind: str) -> str:
    if kind != ConsentKind.RECORDING:
        return str(MEANINGS[kind])
    kept = recording_queries.policy().kept_days
    who = _("Whoever takes part, their guardians, and the school’s coordinators can listen to it again.")
    if not kept:
        return who
    until = ngettext("It is deleted after %(n)d day.", "It is deleted after %(n)d days.", kept) % {"n": kept}
    return f"{who} {until}"


def _said(standing: Consent | None, word: ConsentWord | None, me: int, tz: ZoneInfo) -> str:
    if word is not None and (standing is None) == (word.said != ConsentSaid.GIVEN):
        return _("%(what)s, %(day)s.") % {"what": _by(word, me), "day": times.day(word.said_at, tz)}
    if standing is not None:
        return _("Agreed, %(day)s.") % {"day": times.day(standing.given_at, tz)}
    return _("Not answered yet: counts as a no.")


def _by(word: ConsentWord, me: int) -> str:
    """Who said what, in the words of whoever looks: "You agreed", "Paula Vidal withdrew it"."""
    if word.said_by is None:
        return str(capfirst(_("%(what)s, as the school noted") % {"what": word.get_said_display()}))
    who = _("You") if word.said_by_id == me else word.said_by.name
    return _("%(who)s %(what)s") % {"who": who, "what": word.get_said_display()}


def words_of(person: Person, tz: ZoneInfo) -> list[WordRow]:
    """Everything that was ever said, the latest first."""
    return [
        WordRow(
            times.day(word.said_at, tz),
            str(capfirst(word.get_kind_display())),
            str(word.get_said_display()),
            word.said_by.name if word.said_by else "",
            _how(word, tz),
            word.reference,
            reverse("web:consent_proof", args=[person.pk, word.pk]) if word.proof else "",
        )
        for word in queries.consent_words(person.pk)
    ]


def _how(word: ConsentWord, tz: ZoneInfo) -> str:
    how = str(word.get_way_display())
    if word.way in (ConsentWay.PAPER, ConsentWay.FILE) and word.noted_by is not None:
        return _("%(how)s, entered by %(name)s on %(day)s") % {
            "how": how,
            "name": word.noted_by.user.name or word.noted_by.user.email,
            "day": times.day(word.noted_at, tz),
        }
    return how
