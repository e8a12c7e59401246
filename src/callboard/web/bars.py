"""A day of a promise as it is drawn, and the measures of the picture, in its own units."""

from __future__ import annotations

from dataclasses import dataclass

STEP = 12
HIGH = 34


@dataclass(frozen=True)
class Bar:
    """One day in the picture: `x`; `missed` and `late` as heights from the foot, in pixels."""

    x: int
    some: bool
    missed: float
    late: float
    title: str
    href: str
