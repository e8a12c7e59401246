"""Promises that the engine saw kept, late or broken, handed to `expectations`."""

from __future__ import annotations

from collections.abc import Iterable

from callboard.expectations.operations import Kept, record_many
from callboard.live.engine.moments import moment_of
from callboard.live.engine.outputs import ExpectationChanged


def record(changes: Iterable[ExpectationChanged]) -> None:
    """Needs an open transaction in the organization's scope."""
    said = [
        Kept(
            session=change.session,
            kind=change.kind,
            person=change.participant,
            status=change.status,
            due_at=None if change.due_at is None else moment_of(change.due_at),
            met_at=None if change.met_at is None else moment_of(change.met_at),
        )
        for change in changes
    ]
    if said:
        record_many(said)
