"""Stretches of time: [start, end) in whole milliseconds, and what can be done with lists of them."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]
Spans = tuple[Span, ...]


def without(spans: Iterable[Span], hole: Span) -> Spans:
    """The spans less what lies in the hole."""
    spans = tuple(spans)
    left = [(start, min(end, hole[0])) for start, end in spans]
    right = [(max(start, hole[1]), end) for start, end in spans]
    return tuple(sorted((start, end) for start, end in left + right if end > start))


def shared(some: Iterable[Span], others: Iterable[Span]) -> Spans:
    """Where one of these and one of those hold at once."""
    others = tuple(others)
    cut = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return tuple(sorted((start, end) for start, end in cut if end > start))


def union(spans: Iterable[Span]) -> Spans:
    """The same time, without overlaps and seams."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def covers(spans: Iterable[Span], moment: int) -> bool:
    return any(start <= moment < end for start, end in spans)


def touches(spans: Iterable[Span], span: Span, margin: int = 0) -> bool:
    """Whether any of them comes within `margin` of the span."""
    return any(start < span[1] + margin and end > span[0] - margin for start, end in spans)
