"""A fault, and the cases that it must lead to."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from callboard.demo.play.script import Script
from callboard.demo.play.spans import Span
from callboard.live.engine.thresholds import Thresholds

RULES: Final = Thresholds()
"""The product's own thresholds: what a fault must lead to follows from them."""


@dataclass(frozen=True)
class Due:
    """A case that a fault demands: raised first between `earliest` and `latest`, in milliseconds since 1970.

    The two are the same where the fault alone decides; they differ where it depends on what else was said.
    `session` says in which, where the fault concerns several.
    """

    kind: str
    participant: str | None
    earliest: int
    latest: int
    session: str | None = None

    @classmethod
    def at(cls, kind: str, participant: str | None, moment: int) -> Due:
        return cls(kind, participant, moment, moment)


@dataclass(frozen=True)
class Fault:
    """What was put wrong, where and when. `session` None: at a whole provider or node, see `place`."""

    id: str
    name: str
    at: int
    session: str | None
    place: str
    dues: tuple[Due, ...]


Staged = tuple[Script, Fault]
Stager = Callable[[Script, random.Random, Span], "Staged | None"]
"""Puts one fault into a script, beginning within the window; None where it has no place for it."""


def ms(seconds: float) -> int:
    """A threshold, in milliseconds."""
    return round(seconds * 1000)


def of(script: Script, name: str, at: int, *dues: Due) -> Fault:
    """A fault in one session. Its id says what, where and when, and so is the same for the same seed."""
    return Fault(
        f"{name}-{script.session}-{at}", name, at, script.session, script.node or script.provider, dues
    )
