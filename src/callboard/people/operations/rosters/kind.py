"""People by CSV, as a kind of file that can be brought in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.lib import clock, sheets
from callboard.lib.errors import Invalid
from callboard.people.imports import Choices, Fault, Findings, Look, Progress
from callboard.people.operations.rosters.matching import match
from callboard.people.operations.rosters.staging import stage
from callboard.people.operations.rosters.telling import told
from callboard.people.operations.rosters.writing import Source
from callboard.people.operations.rosters.writing import write as write_people
from callboard.people.roster import columns as fields
from callboard.people.roster import words
from callboard.people.roster.families import Families
from callboard.people.roster.rows import INSTRUCTOR, STUDENT, Problem, Reader

EXAMPLES = 3
TOLD_EVERY = 2_000
"""Rows between two words of progress."""


@dataclass(frozen=True)
class Understood:
    """The people of a file, its rows counted, and what is wrong with them."""

    header: tuple[str, ...]
    columns: tuple[str, ...]
    families: Families
    rows: int
    problems: list[Problem]


class People:
    """`choices`: `columns`, what each is (roster.columns), and `role`, what they are where none says it."""

    name = "people"
    permission = "people.manage"
    title = lazy("People")
    accepts = ".csv,.txt,.tsv"

    def fields(self) -> list[tuple[str, list[tuple[str, str]]]]:
        groups: dict[str, list[tuple[str, str]]] = {_("The person"): []}
        for choice in fields.choices():
            slot, _dot, field = choice.partition(".")
            title = _("Guardian %(number)s") % {"number": slot[-1]} if field else _("The person")
            groups.setdefault(title, []).append((choice, words.field_name(choice)))
        return list(groups.items())

    def look(self, content: bytes) -> Look:
        sheet = sheets.read(content)
        return Look({"columns": fields.guessed(sheet.header), "role": STUDENT}, sheets.shown(sheet, EXAMPLES))

    def checked(self, choices: Choices, before: Choices, /) -> dict[str, Any]:
        columns = sheets.checked_columns(
            choices.get("columns", before["columns"]), before["columns"], fields.choices()
        )
        role = choices.get("role", before["role"])
        if not {"name", "given_name", "family_name"} & set(columns):
            raise Invalid(fields={"columns": _("Say which column holds the names.")})
        if role not in (STUDENT, INSTRUCTOR):
            raise Invalid(fields={"role": _("They are students or instructors, where no column says it.")})
        return {"columns": columns, "role": role}

    def read(self, content: bytes, choices: Choices, progress: Progress, /) -> Understood:
        sheet = sheets.read(content)
        columns = tuple(choices["columns"])
        today = clock.now().astimezone(ZoneInfo(choices["organization_zone"])).date()
        reader = Reader(columns, choices["role"], today)
        families, rows, problems = Families(), 0, []
        guess = content.count(b"\n")
        for line, cells in sheet.rows():
            rows += 1
            entry, wrong = reader.read(line, cells)
            problems += wrong or families.add(entry)
            if rows % TOLD_EVERY == 0:
                progress("reading", rows, max(guess, rows))
        problems += families.join()
        return Understood(sheet.header, columns, families, rows, problems)

    def settle(
        self, understood: Understood, choices: Choices, progress: Progress, /, *, write: bool, skip: bool
    ) -> Findings:
        found = settle(
            understood.families, understood.problems, progress, source(choices), write=write, skip=skip
        )
        names = dict(zip(understood.columns, understood.header, strict=False))
        return Findings(
            {"rows": understood.rows, **found.counts},
            faults(found.problems, names),
            found.samples,
        )


@dataclass(frozen=True)
class Settled:
    counts: dict[str, int]
    samples: dict[str, Any]
    problems: list[Problem]


def source(choices: Choices) -> Source:
    return Source(choices["file_name"], choices["asked_by"])


def settle(
    families: Families,
    problems: Sequence[Problem],
    progress: Progress,
    origin: Source,
    *,
    write: bool,
    skip: bool,
) -> Settled:
    """Compare the people of a file with who is known, and write them where asked and nothing is wrong.

    Needs the open transaction in the organization's scope. Rows that are wrong are left out; that is no
    obstacle where `skip`.
    """
    progress("comparing", 0, 0)
    wrong = frozenset(each.line for each in problems)
    stage(families, without=wrong)
    found = match(held=write)
    if found and skip:
        # Without them the others may lead elsewhere, so they are compared anew.
        wrong |= {each.line for each in found}
        stage(families, without=wrong)
        match(held=write)
    counts, samples = told()
    every = sorted([*problems, *found], key=lambda each: each.line)
    if write and (skip or not every):
        write_people(progress, origin)
    return Settled({**counts, "left_out": len(wrong | {each.line for each in found})}, samples, every)


def faults(problems: Sequence[Problem], names: dict[str, str], file: str = "") -> list[Fault]:
    """Problems in words, their columns by what the file calls them, else by the field's own name."""
    return [
        Fault(
            line=each.line,
            column=each.column if file else names.get(each.column) or words.field_name(each.column),
            value=each.value,
            text=words.problem(each.code, each.other),
            file=file,
        )
        for each in problems
    ]
