"""What happened to cases. `cases` are ids."""

from __future__ import annotations

from dataclasses import dataclass

from callboard.lib.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CasesRaised(Fact):
    """New cases, or new occurrences of standing ones, of kinds that somebody follows (`registry.follow`).

    All of one commit in one fact, since a node that goes down raises hundreds.
    """

    cases: list[int]
