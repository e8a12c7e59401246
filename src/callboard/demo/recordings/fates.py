"""What becomes of a provider's recorder: mostly nothing; else one of the eight faults.

The rates are per recorder asked for. Of LiveKit's about one in a thousand never starts; for the others no
figures are known, and these are assumed, rather too high than too low. A bad file comes to light only when it
is there, so that a spare that waits for trouble cannot help: one in ten thousand each.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

RATES = {
    "never_started": 1 / 1_000,
    "started_late": 1 / 500,
    "stopped": 1 / 1_000,
    "stalled": 1 / 1_000,
    "failed": 1 / 500,
    "unreported": 1 / 500,
    "empty_file": 1 / 10_000,
    "short_file": 1 / 10_000,
}
OF_THE_FILE = frozenset({"empty_file", "short_file"})
STARTS_IN = (1.5, 5.0)
LATE_BY = (40.0, 300.0)
OWN_STARTS_IN = (1.0, 4.0)
"""Until our own recorder has found its wish and is in the room."""
KILLED_EVERY = 8 * 3600.0
"""Seconds between two deaths of the process that has our recorder in hand."""
TAKEN_OVER_IN = (2.0, 13.0)


@dataclass(frozen=True)
class Fate:
    """Of one recorder, in seconds since it was asked for. `ends` and `stuck`: None where it goes on.

    `reported`: its end is told by its provider; `share`: of what it recorded, so much is in the file.
    """

    fault: str
    starts: float | None
    ends: float | None = None
    stuck: float | None = None
    how: str = "stopped"
    reported: bool = True
    share: float = 1.0


def draw(rng: random.Random, length: float, faults: bool = True) -> Fate:
    """For a recorder that would have `length` seconds to record."""
    starts = rng.uniform(*STARTS_IN)
    pick, fault = rng.random(), ""
    for name, rate in RATES.items():
        if faults and pick < rate:
            fault = name
            break
        pick -= rate
    return staged(fault, rng, starts, length)


def staged(fault: str, rng: random.Random, starts: float, length: float) -> Fate:
    """The fate with this fault; "" for none."""
    within = rng.uniform(0.1, 0.9) * length
    match fault:
        case "never_started":
            return Fate(fault, None)
        case "started_late":
            return Fate(fault, rng.uniform(*LATE_BY))
        case "stopped":
            return Fate(fault, starts, ends=within)
        case "failed":
            return Fate(fault, starts, ends=within, how="failed")
        case "unreported":
            return Fate(fault, starts, ends=within, reported=False)
        case "stalled":
            return Fate(fault, starts, stuck=within)
        case "empty_file":
            return Fate(fault, starts, share=0.0)
        case "short_file":
            return Fate(fault, starts, share=rng.uniform(0.3, 0.85))
    return Fate("", starts)
