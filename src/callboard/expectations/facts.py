"""What became of promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callboard.lib.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PromisesChanged(Fact):
    """Another policy of promises is in force: this version."""

    version: int


@dataclass(frozen=True, kw_only=True)
class ExpectationMissed(Fact):
    """A promise that jobs judge was not kept in time. `session` is a key, `person` an id or None."""

    session: str
    kind: str
    person: int | None
    due_at: datetime
