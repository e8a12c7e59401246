"""How the people of a file are told apart, so that each is written once, whoever mentions them.

1. A row with an id is that id; the same id again is the same person (one row per guardian is a common form).
2. Without an id it is the address and the name together, since families share addresses; then the number.
3. A student with neither is told by their name and the first guardian who can be told by 1 or 2.
4. A guardian with neither is told by their name and the student.
A row that nothing tells apart is a problem: run again, it would be someone new each time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from callboard.people.roster.rows import STUDENT, Answering, Entry, Problem

SCALARS = ("ext", "name", "email", "phone", "zone", "locale", "level", "consent_date")
_COLUMN = {"ext": "id"}


@dataclass(eq=False)
class Someone:
    """One person of the file. `minor`: a student; the others are on the side of those who answer or teach.

    `by` says what tells them apart: id, email, phone, guardian (a student by theirs) or ward. `own`: they
    have a row, and are no mere guardian in a student's.
    """

    n: int
    line: int
    minor: bool
    by: str
    entry: Entry
    roles: set[str] = field(default_factory=set)
    own: bool = False


@dataclass(frozen=True)
class Link:
    """That one person of the file answers for another."""

    guardian: int
    student: int
    relation: str
    line: int


class Families:
    """Gathers rows; `people` and `links` are complete once all are `add`ed and `join` has been called."""

    def __init__(self) -> None:
        self.people: list[Someone] = []
        self.links: dict[tuple[int, int], Link] = {}
        self._known: dict[tuple[str, ...], Someone] = {}
        self._adults: dict[str, list[Someone]] = {}
        self._waiting: list[tuple[Someone, Entry]] = []

    def add(self, entry: Entry) -> list[Problem]:
        """Take a sound row in. Answers what contradicts an earlier row, or tells nobody apart."""
        key = _key(entry)
        if key is None:
            return [Problem(entry.line, "id", "nothing_tells")]
        known = self._known.get(key)
        if known is None:
            known = self._someone(key, entry, minor=entry.role == STUDENT)
        else:
            problems = _contradictions(known, entry)
            if problems:
                # The row is wrong, and nothing of it is taken but this: who says no anywhere has not agreed.
                known.entry.consents.update(dict.fromkeys(_disputed(known.entry, entry), False))
                return problems
            _merge(known.entry, entry)
        known.roles.add(entry.role)
        known.own = True
        if entry.guardians:
            self._waiting.append((known, entry))
        return []

    def join(self) -> list[Problem]:
        """Who answers for whom, once every row is in: siblings come to share their guardians."""
        problems = []
        for student, entry in self._waiting:
            for answering in entry.guardians:
                guardian = self._guardian(student, answering)
                if guardian is None:
                    column = f"guardian{answering.slot}.name"
                    problems.append(Problem(entry.line, column, "guardian_no_name"))
                elif guardian is student:
                    problems.append(Problem(entry.line, f"guardian{answering.slot}.id", "own_guardian"))
                else:
                    pair = (guardian.n, student.n)
                    if pair not in self.links or answering.relation:
                        self.links[pair] = Link(*pair, answering.relation, entry.line)
        return problems

    def link(self, guardian: str, student: str, relation: str, line: int) -> bool:
        """Let one answer for another, by their ids; False where the file has not both, as they must be."""
        one, other = self._known.get(("x", guardian)), self._known.get(("x", student))
        if one is None or other is None or one is other or not other.minor:
            return False
        pair = (one.n, other.n)
        if pair not in self.links or relation:
            self.links[pair] = Link(*pair, relation, line)
        one.roles.add("guardian")
        return True

    def _someone(self, key: tuple[str, ...], entry: Entry, *, minor: bool) -> Someone:
        made = Someone(len(self.people), entry.line, minor, _BY[key[0]], entry)
        self.people.append(made)
        self._known[key] = made
        if not minor and entry.email:
            self._adults.setdefault(entry.email, []).append(made)
        return made

    def _guardian(self, student: Someone, said: Answering) -> Someone | None:
        """Who that is; None where neither an id that the file knows nor a name says it."""
        if said.ext and not said.name:
            return self._known.get(("x", said.ext))
        entry = Entry(student.line, "guardian", said.ext, said.name, said.email, said.phone)
        entry.line = student.entry.line
        key = _key(entry)
        if key is None:
            key = ("w", folded(said.name), str(student.n))
        known = self._known.get(key)
        if known is None and not said.ext and said.email:
            # The same person stands in a row of their own, under an id.
            same = [one for one in self._adults.get(said.email, ()) if _same_name(one.entry.name, said.name)]
            known = same[0] if len(same) == 1 else None
        if known is None:
            known = self._someone(key, entry, minor=False)
        else:
            for name in ("email", "phone"):
                if not getattr(known.entry, name):
                    setattr(known.entry, name, getattr(entry, name))
        known.roles.add("guardian")
        return known


_BY = {"x": "id", "e": "email", "p": "phone", "g": "guardian", "w": "ward"}


def _key(entry: Entry) -> tuple[str, ...] | None:
    side = "student" if entry.role == STUDENT else "adult"
    if entry.ext:
        return ("x", entry.ext)
    if entry.email:
        return ("e", side, entry.email, folded(entry.name))
    if entry.phone:
        return ("p", side, digits(entry.phone), folded(entry.name))
    for each in entry.guardians:
        if each.ext or each.email or each.phone:
            return ("g", folded(entry.name), each.ext or each.email or digits(each.phone))
    return None


def _contradictions(known: Someone, entry: Entry) -> list[Problem]:
    """Where a further row and an earlier one both say something of them, and not the same."""
    first = known.entry

    def other(column: str, value: str = "") -> Problem:
        return Problem(entry.line, column, "other_than_before", value[:100], first.line)

    if known.minor != (entry.role == STUDENT):
        return [other("role", entry.role)]
    found = []
    for name in SCALARS:
        before, now = getattr(first, name), getattr(entry, name)
        if before and now and before != now:
            found.append(other(_COLUMN.get(name, name), now))
    if (
        None not in (first.buffer_minutes, entry.buffer_minutes)
        and first.buffer_minutes != entry.buffer_minutes
    ):
        found.append(other("buffer_minutes", str(entry.buffer_minutes)))
    found += [other(f"consent_{kind}") for kind in _disputed(first, entry)]
    return found


def _disputed(first: Entry, entry: Entry) -> list[str]:
    return [kind for kind, said in entry.consents.items() if first.consents.get(kind, said) != said]


def _merge(first: Entry, entry: Entry) -> None:
    """Take what a further row says of them; it contradicts nothing."""
    for name in (*SCALARS, "buffer_minutes"):
        now = getattr(entry, name)
        if now not in ("", None):
            setattr(first, name, now)
    first.skills = tuple(sorted({*first.skills, *entry.skills}))
    first.consents.update(entry.consents)


def folded(name: str) -> str:
    return " ".join(name.casefold().split())


def digits(phone: str) -> str:
    return "".join(each for each in phone if each.isdigit())


def _same_name(one: str, other: str) -> bool:
    return not one or not other or folded(one) == folded(other)
