"""When something was seen of a provider: stretches without a gap as long as the one that raises a case.

A stretch is [first, last]. However the sightings arrive, and through however many partitions, the same
stretches come out; between them lie the only gaps that matter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

Stretch = list[int]

_LONG_AGO: Final = -(1 << 62)


class Stretches:
    """Disjoint stretches in order, at least `gap` apart; `last` is the latest, to look at first."""

    __slots__ = ("evidence", "gap", "last", "spans")

    def __init__(self, gap: int, spans: Iterable[Iterable[int]] = ()) -> None:
        self.gap = gap
        self.spans: list[Stretch] = [list(span) for span in spans]
        self.evidence = ""  # of the latest
        self.last: Stretch = self.spans[-1] if self.spans else [1, _LONG_AGO]

    def see(self, at: int) -> bool:
        """Whether that did more than prolong the last stretch."""
        last = self.last
        until = last[1]
        if at > until:
            if at - until < self.gap:
                last[1] = at
                return False
        elif at >= last[0]:
            return False
        self.cover(at, at)
        return True

    def cover(self, first: int, last: int) -> None:
        """Adds a stretch, joining what it touches."""
        spans, gap = self.spans, self.gap
        at = bisect_right(spans, [first])
        while at and first - spans[at - 1][1] < gap:
            at -= 1
            first, last = min(first, spans[at][0]), max(last, spans[at][1])
            del spans[at]
        while at < len(spans) and spans[at][0] - last < gap:
            first, last = min(first, spans[at][0]), max(last, spans[at][1])
            del spans[at]
        spans.insert(at, [first, last])
        self.last = spans[-1]

    def cover_all(self, spans: Iterable[Iterable[int]]) -> None:
        for first, last in spans:
            self.cover(first, last)

    def forget_before(self, at: int) -> None:
        """Drops the stretches that ended before, all but the last."""
        while len(self.spans) > 1 and self.spans[1][0] < at:
            del self.spans[0]


class Provider:
    """What a partition saw of one provider: in its polls, and in all together."""

    __slots__ = ("everything", "name", "organization", "polls", "sent")

    def __init__(self, organization: int, name: str, gap: int) -> None:
        self.organization = organization
        self.name = name
        self.polls = Stretches(gap)
        self.everything = Stretches(gap)
        self.sent: tuple[tuple[int, int], ...] = ()
