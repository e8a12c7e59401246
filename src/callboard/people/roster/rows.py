"""What one row says of a person and of who answers for them, cell by cell; what it cannot mean, by column."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import available_timezones

from callboard.people.roster.columns import MOST_GUARDIANS

STUDENT, INSTRUCTOR, GUARDIAN = "student", "instructor", "guardian"
ROLES = {
    STUDENT: ("student", "learner", "pupil", "alumno", "alumna", "estudiante", "schuler", "eleve", "s"),
    INSTRUCTOR: ("instructor", "teacher", "tutor", "coach", "faculty", "professor", "profesor", "profesora",
                 "docente", "lehrer", "lehrerin", "professeur", "t", "i"),
    GUARDIAN: ("guardian", "parent", "carer", "padre", "madre", "tutor legal", "eltern", "p", "g"),
}  # fmt: skip
_ROLE = {word: role for role, words in ROLES.items() for word in words}
YES = frozenset(("yes", "y", "true", "t", "1", "x", "si", "sí", "ja", "oui", "given", "granted"))
NO = frozenset(("no", "n", "false", "f", "0", "nein", "non", "refused", "denied"))
CONSENTS = ("recording", "transcript", "model")

EMAIL = re.compile(
    r"^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$"
)
LOCALE = re.compile(r"^[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})?$")
UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row: `column` is what the cell was read as ("" for the row as a whole)."""

    line: int
    column: str
    code: str
    value: str = ""
    other: int | str = ""


@dataclass(frozen=True)
class Answering:
    """Who answers for the person of a row, as its columns say. `slot` from 1."""

    slot: int
    ext: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    relation: str = ""


@dataclass
class Entry:
    """A row, understood. Empty: the file says nothing. `consents`: kind to yes or no."""

    line: int
    role: str
    ext: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    zone: str = ""
    locale: str = ""
    level: str = ""
    skills: tuple[str, ...] = ()
    buffer_minutes: int | None = None
    consents: dict[str, bool] = field(default_factory=dict)
    consent_date: str = ""
    guardians: list[Answering] = field(default_factory=list)


class Reader:
    """Reads the rows of one file, by what its columns are."""

    def __init__(self, columns: Sequence[str], role: str = STUDENT, today: date | None = None) -> None:
        """`role`: what they are where no column says it. `today`: no consent is given later."""
        self._at = {choice: place for place, choice in enumerate(columns) if choice}
        self._columns = len(columns)
        self._role = role
        self._today = today
        self._slots = [
            number
            for number in range(1, MOST_GUARDIANS + 1)
            if any(choice.startswith(f"guardian{number}.") for choice in self._at)
        ]

    def read(self, line: int, cells: Sequence[str]) -> tuple[Entry, list[Problem]]:
        """The entry, sound where there are no problems."""
        wrong: list[Problem] = []

        def take(choice: str, understood: Callable[[str], tuple[str, str]]) -> str:
            place = self._at.get(choice)
            if place is None or not cells[place]:
                return ""
            value, code = understood(cells[place])
            if code:
                wrong.append(Problem(line, choice, code, cells[place][:100]))
            return value

        if any(cells[self._columns :]):
            wrong.append(Problem(line, "", "more_cells"))
        entry = Entry(
            line=line,
            role=take("role", _role) or self._role,
            ext=take("id", ext),
            name=_named(take, ""),
            email=take("email", email),
            phone=take("phone", phone),
            zone=take("zone", zone),
            locale=take("locale", _locale),
            level=take("level", _short(40)),
            skills=_skills(take("skills", _short(2000))),
            consent_date=take("consent_date", self._day),
        )
        buffer = take("buffer_minutes", _minutes)
        entry.buffer_minutes = int(buffer) if buffer.isdecimal() else None
        for kind in CONSENTS:
            said = take(f"consent_{kind}", _yes_or_no)
            if said:
                entry.consents[kind] = said == "yes"
        if not entry.name and not any(each.column in NAMES for each in wrong):
            wrong.append(Problem(line, "name", "no_name"))
        for slot in self._slots:
            found = _answering(take, slot)
            if found is None:
                continue
            if not found.name and not found.ext:
                wrong.append(Problem(line, f"guardian{slot}.name", "guardian_no_name"))
            entry.guardians.append(found)
        if entry.guardians and entry.role != STUDENT:
            wrong.append(Problem(line, f"guardian{entry.guardians[0].slot}.name", "guardian_of_whom"))
        return entry, wrong

    def _day(self, text: str) -> tuple[str, str]:
        return day(text, self._today)


NAMES = frozenset(("name", "given_name", "family_name"))
Take = Callable[[str, Callable[[str], tuple[str, str]]], str]


def _named(take: Take, prefix: str) -> str:
    whole = take(f"{prefix}name", name)
    if whole:
        return whole
    parts = [take(f"{prefix}given_name", name), take(f"{prefix}family_name", name)]
    return " ".join(part for part in parts if part)


def _answering(take: Take, slot: int) -> Answering | None:
    prefix = f"guardian{slot}."
    found = Answering(
        slot=slot,
        ext=take(f"{prefix}id", ext),
        name=_named(take, prefix),
        email=take(f"{prefix}email", email),
        phone=take(f"{prefix}phone", phone),
        relation=take(f"{prefix}relation", _short(40)),
    )
    return found if found.ext or found.name or found.email or found.phone else None


def name(text: str) -> tuple[str, str]:
    if UNSEEN.search(text):
        text = " ".join(text.split())
        if UNSEEN.search(text):
            return "", "unseen"
    text = " ".join(text.split())
    return (text, "") if len(text) <= 200 else ("", "too_long")


def email(text: str) -> tuple[str, str]:
    text = text.lower().removeprefix("mailto:")
    if not text.isascii():
        local, _at, domain = text.rpartition("@")
        try:
            text = f"{local}@{domain.encode('idna').decode()}"
        except UnicodeError:
            return "", "email"
    return (text, "") if len(text) <= 254 and EMAIL.match(text) and ".." not in text else ("", "email")


def phone(text: str) -> tuple[str, str]:
    good = len(text) <= 40 and sum(each.isdigit() for each in text) >= 4 and not UNSEEN.search(text)
    return (text, "") if good else ("", "phone")


@functools.lru_cache(maxsize=2048)
def zone(text: str) -> tuple[str, str]:
    """By IANA's name, whatever its case; a blank for an underscore."""
    known = _zones().get(text.replace(" ", "_").casefold())
    return (known, "") if known else ("", "zone")


@functools.cache
def _zones() -> Mapping[str, str]:
    return {each.casefold(): each for each in available_timezones() if len(each) <= 64}


def day(text: str, latest: date | None) -> tuple[str, str]:
    for shape in ("%Y-%m-%d", "%d.%m.%Y", "%Y%m%d"):
        try:
            found = datetime.strptime(text[:10], shape).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
        return ("", "future") if latest and found > latest else (found.isoformat(), "")
    return "", "day"


def _role(text: str) -> tuple[str, str]:
    known = _ROLE.get(" ".join(text.casefold().replace("ü", "u").replace("è", "e").split()))
    return (known, "") if known else ("", "role")


def ext(text: str) -> tuple[str, str]:
    if UNSEEN.search(text):
        return "", "unseen"
    return (text, "") if len(text) <= 100 else ("", "too_long")


def _locale(text: str) -> tuple[str, str]:
    return (text, "") if LOCALE.match(text) and len(text) <= 16 else ("", "locale")


def _minutes(text: str) -> tuple[str, str]:
    good = text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= 240
    return (text, "") if good else ("", "buffer_minutes")


def _yes_or_no(text: str) -> tuple[str, str]:
    said = text.casefold()
    if said in YES or said in NO:
        return ("yes" if said in YES else "no"), ""
    return "", "yes_or_no"


def _short(most: int) -> Callable[[str], tuple[str, str]]:
    def understood(text: str) -> tuple[str, str]:
        if UNSEEN.search(text):
            return "", "unseen"
        return (text, "") if len(text) <= most else ("", "too_long")

    return understood


def _skills(text: str) -> tuple[str, ...]:
    """ "algebra:8, algebra:9; physics": each once, in small letters."""
    parts = (re.sub(r"\s*:\s*", ":", " ".join(part.split())).casefold() for part in re.split(r"[,;|/]", text))
    return tuple(sorted({part for part in parts if part}))
