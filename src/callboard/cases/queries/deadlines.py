"""How soon things are to be done, as pages show and offer it."""

from __future__ import annotations

from callboard.cases.models import Queue
from callboard.cases.rules import DEADLINES, DETECTED_WITHIN, SEVERITIES, minutes

USUAL_DEADLINES = DEADLINES
"""Minutes to claim, and from claiming to resolve, by severity, where a queue says nothing else."""


def claim_minutes(queue: Queue, severity: str) -> int:
    """Minutes in which a case of this severity is to be claimed in a queue."""
    return minutes(queue.deadlines, "", severity).claim


__all__ = ["DETECTED_WITHIN", "SEVERITIES", "USUAL_DEADLINES", "claim_minutes"]
