"""A day of a promise as it is drawn, and the measures of the picture, in its own units."""

from __future__ import annotations

from typing import NamedTuple

STEP = 12
HIGH = 34


class Bar(NamedTuple):
    """One day in the picture: `x`; `missed` and `late` as heights from the foot, in pixels.

    `title` and `href` where something was not kept.
    """

    x: int
    some: bool
    missed: float
    late: float
    title: str
    href: str
