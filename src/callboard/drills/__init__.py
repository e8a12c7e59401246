"""Reliability that anyone can try: kill, race, audit, on a throwaway database with real processes.

Owns the drills (`REGISTRY`, one module each) and their common frame (`_frame`: the stage, its time budget,
processes that die at seeded moments and at named crash points). It refuses to touch any database but the
one it is given, and audits in SQL of its own rather than with the product's queries.
"""

from __future__ import annotations

import importlib
from typing import cast

from callboard.drills._frame import Drill

REGISTRY = {
    "ingest": "callboard.drills.ingest",
    "jobs": "callboard.drills.jobs",
    "bookings": "callboard.drills.bookings",
    "erasure": "callboard.drills.erasure",
    "rooms": "callboard.drills.rooms",
}
"""Name to module; each module has `run(stage) -> results`."""


def load(name: str) -> Drill:
    """The drill's `run`. Raises KeyError for a name that is none."""
    return cast(Drill, importlib.import_module(REGISTRY[name]).run)
