"""Sessions by CSV, as a kind of file that can be brought in."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.lib import sheets
from callboard.lib.errors import Invalid
from callboard.people.imports import Choices, Fault, Findings, Look, Progress
from callboard.people.roster.rows import Problem
from callboard.people.roster.rows import zone as understood_zone
from callboard.sessions.operations.timetables.settling import settle
from callboard.sessions.timetables import columns as fields
from callboard.sessions.timetables import recurring, words
from callboard.sessions.timetables.rows import Reader
from callboard.sessions.timetables.wanted import Wanted

EXAMPLES = 3
MOST = 20_000


@dataclass(frozen=True)
class Understood:
    header: tuple[str, ...]
    columns: tuple[str, ...]
    wanted: list[Wanted]
    problems: list[Problem]
    rows: int


class Sessions:
    """`choices`: `columns`; `zone`, in which times without an offset are; `minutes`, the usual length."""

    name = "sessions"
    permission = "sessions.book"
    title = lazy("Sessions")
    accepts = ".csv,.txt,.tsv"

    def fields(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return [(_("The session"), [(name, str(words.FIELD_NAMES[name])) for name in fields.FIELDS])]

    def look(self, content: bytes) -> Look:
        sheet = sheets.read(content)
        return Look(
            {"columns": fields.guessed(sheet.header), "zone": "", "minutes": "60"},
            sheets.shown(sheet, EXAMPLES),
        )

    def checked(self, choices: Choices, before: Choices, /) -> dict[str, Any]:
        columns = sheets.checked_columns(
            choices.get("columns", before["columns"]), before["columns"], fields.FIELDS
        )
        if not {"instructor", "learners"} <= set(columns):
            raise Invalid(fields={"columns": _("Say which columns hold the instructor and the learners.")})
        if "starts_at" not in columns and not {"date", "time"} <= set(columns):
            raise Invalid(fields={"columns": _("Say which columns hold the start.")})
        zone = str(choices.get("zone", before["zone"]))
        if zone and understood_zone(zone)[1]:
            raise Invalid(fields={"zone": _("There is no such time zone.")})
        minutes = str(choices.get("minutes", before["minutes"]))
        if not (minutes.isascii() and minutes.isdecimal() and 0 < int(minutes[:5]) <= 24 * 60):
            raise Invalid(fields={"minutes": _("Between 1 and 1,440 minutes.")})
        return {"columns": columns, "zone": understood_zone(zone)[0] if zone else "", "minutes": minutes}

    def read(self, content: bytes, choices: Choices, progress: Progress, /) -> Understood:
        sheet = sheets.read(content)
        columns = tuple(choices["columns"])
        reader = Reader(
            columns, ZoneInfo(choices["zone"] or choices["organization_zone"]), int(choices["minutes"])
        )
        wanted: list[Wanted] = []
        problems: list[Problem] = []
        rows, until = 0, time.thread_time() + recurring.WITHIN_S
        for line, cells in sheet.rows():
            rows += 1
            found, wrong = reader.read(line, cells)
            wanted += found
            problems += wrong
            if time.thread_time() > until:
                raise sheets.BadFile(_("Its rows take too long to be repeated."), line=line)
            if len(wanted) > MOST:
                raise sheets.BadFile(_("These are more than %(most)d sessions.") % {"most": MOST}, line=line)
            if rows % 500 == 0:
                progress("reading", rows, max(rows, content.count(b"\n")))
        return Understood(sheet.header, columns, wanted, problems, rows)

    def settle(
        self, understood: Understood, _choices: Choices, progress: Progress, /, *, write: bool, skip: bool
    ) -> Findings:
        done = settle(understood.wanted, len(understood.problems), progress, write=write, skip=skip)
        names = dict(zip(understood.columns, understood.header, strict=False))
        faults = [
            Fault(each.line, _column(names, each.column), each.value, words.problem(each.code, each.other))
            for each in (*understood.problems, *done.problems)
        ]
        faults += [Fault(e.line, _column(names, e.column), e.value, e.text) for e in done.obstacles]
        done.findings.faults = sorted(faults, key=lambda each: each.line)
        done.findings.counts = {"rows": understood.rows, **done.findings.counts}
        done.findings.counts["left_out"] = len({each.line for each in faults})
        return done.findings


def _column(names: dict[str, str], column: str) -> str:
    return names.get(column) or str(words.FIELD_NAMES.get(column, column))
