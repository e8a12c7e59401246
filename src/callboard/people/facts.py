"""What happened to people."""

from __future__ import annotations

from dataclasses import dataclass

from callboard.lib.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Fact):
    """`kind` as in ConsentKind; `person` is an id."""

    person: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Fact):
    """From now on it must not be done; what rested on it is up to who reacts."""

    person: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class ConsentRefused(Fact):
    """They were asked and said no, where nothing was in force: an answer, and nothing to stop."""

    person: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class ConsentsHeard(Fact):
    """A file said so of many at once, who were here before. `said` as in ConsentSaid; `people` are ids."""

    kind: str
    said: str
    people: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class CopyAsked(Fact):
    """Somebody wants a copy of all that is held of a person. `copy` is an id."""

    copy: int


@dataclass(frozen=True, kw_only=True)
class ZoneChanged(Fact):
    """The clock on the organization's walls is another: its days begin at other moments."""

    zone: str


@dataclass(frozen=True, kw_only=True)
class ImportAsked(Fact):
    """Someone wants a file checked, or written: which of both its row says."""

    id: int
