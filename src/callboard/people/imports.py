"""Kinds of files that can be brought in. Each is registered by whoever can read it; nobody here knows all.

A file is looked at, its columns are chosen, it is checked (a dry run by the very statements that would
write), and then written, all or none. `operations.imports` leads through that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.functional import Promise

Progress = Callable[[str, int, int], None]
"""Told a step's name, how far it is, and of how many (0: not known)."""

Choices = Mapping[str, Any]
"""What a person has chosen for a file, as JSON; each kind knows its own. `organization_zone` comes along."""


@dataclass(frozen=True)
class Fault:
    """What is wrong at a place of the file, in words. `line` 0: the whole file; `file`: of an archive."""

    line: int
    column: str
    value: str
    text: str
    file: str = ""


@dataclass
class Findings:
    """What a file would do, or did: `counts` by name, `samples` of what is told in lists, all as JSON."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    samples: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """What a file seems to be: the choices to begin with, and what a page shows of it."""

    choices: dict[str, Any]
    shown: dict[str, Any]


class Kind(Protocol):
    """One kind of file."""

    name: str
    permission: str
    accepts: str
    """Endings of such files, as a browser's form names them: ".csv,.txt"."""

    @property
    def title(self) -> str | Promise: ...

    def fields(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What a column can be: groups of (choice, name). Empty where there are no columns to choose."""
        ...

    def look(self, content: bytes) -> Look:
        """Raises lib.sheets.BadFile. Needs no database."""
        ...

    def checked(self, choices: Choices, before: Choices, /) -> dict[str, Any]:
        """The choices, sound, over those made before. Raises Invalid."""
        ...

    def read(self, content: bytes, choices: Choices, progress: Progress, /) -> Any:
        """The file understood, for `settle`. No transaction is open. Raises BadFile."""
        ...

    def settle(
        self, understood: Any, choices: Choices, progress: Progress, /, *, write: bool, skip: bool
    ) -> Findings:
        """Compare with what is known, and write it where asked and where it has no faults; rows that have are
        left out where `skip`. Needs the open transaction in the organization's scope. Without `write` nothing
        stays. Raises Invalid, Conflict.
        """
        ...


_known: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """The same name again replaces it."""
    _known[kind.name] = kind


def kind(name: str) -> Kind | None:
    return _known.get(name)


def kinds() -> tuple[Kind, ...]:
    """In the order of registration."""
    return tuple(_known.values())
