"""What must happen once a database was restored, before anyone works on it: erasures above all.

A backup holds people who were erased after it was taken. Whoever keeps the list of erasures registers here
how to apply it again; wiring does it. Each is called with Django started, on the schema of this version, and
must be right to be run twice: a restore that is cut short is begun anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Restored:
    """`taken_at`: what was erased since then is in the database again. `erasures`: a list of them that was
    kept elsewhere, where one was given.
    """

    taken_at: datetime
    erasures: Path | None = None


Step = Callable[[Restored], int]
"""Answers to how many it did something."""

_steps: dict[str, Step] = {}


def register(name: str, step: Step) -> None:
    """The same name again replaces it."""
    _steps[name] = step


def run(restored: Restored) -> dict[str, int]:
    """All of them, in the order of registration; to how many each did something."""
    return {name: step(restored) for name, step in _steps.items()}
