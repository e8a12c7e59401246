"""OneRoster as a kind of file that can be brought in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from callboard.integrations.oneroster import files, reading
from callboard.people.imports import Choices, Findings, Look, Progress
from callboard.people.operations import rosters


class OneRoster:
    """Nothing is to be chosen: the shape says what each column is."""

    name = "oneroster"
    permission = "people.manage"
    title = lazy("People, as OneRoster or School Data Sync")
    accepts = ".zip,.csv"

    def fields(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return []

    def look(self, content: bytes) -> Look:
        found = files.tables(content)
        return Look({}, {"files": [f"{name}.csv" for name in sorted(found)]})

    def checked(self, _choices: Choices, _before: Choices, /) -> dict[str, Any]:
        return {}

    def read(self, content: bytes, _choices: Choices, progress: Progress, /) -> reading.Understood:
        lines = content.count(b"\n") if not content.startswith(b"PK") else 0
        return reading.understood(files.tables(content), lambda row: progress("reading", row, lines))

    def settle(
        self,
        understood: reading.Understood,
        choices: Choices,
        progress: Progress,
        /,
        *,
        write: bool,
        skip: bool,
    ) -> Findings:
        elsewhere = [
            fault
            for name, problems in understood.problems.items()
            if name != "users"
            for fault in rosters.faults(problems, {}, f"{name}.csv")
        ]
        writes = write and (skip or not elsewhere)
        problems = understood.problems.get("users", [])
        origin = rosters.source(choices)
        found = rosters.settle(understood.families, problems, progress, origin, write=writes, skip=skip)
        users = rosters.faults(found.problems, {}, "users.csv")
        return Findings({**found.counts, **understood.counts}, [*users, *elsewhere], found.samples)
