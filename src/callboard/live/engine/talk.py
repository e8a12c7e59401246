"""How long somebody has spoken: the length of the union of their speech."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right


class Talk:
    """Disjoint spans of speech in order, in two arrays of microseconds."""

    __slots__ = ("ends", "starts")

    def __init__(self) -> None:
        self.starts: array[int] = array("q")
        self.ends: array[int] = array("q")

    def add(self, start: int, end: int) -> None:
        starts, ends = self.starts, self.ends
        if not ends or start > ends[-1]:
            starts.append(start)
            ends.append(end)
            return
        low, high = bisect_left(ends, start), bisect_right(starts, end)
        if low < high:
            start, end = min(start, starts[low]), max(end, ends[high - 1])
        starts[low:high] = array("q", [start])
        ends[low:high] = array("q", [end])

    def total(self) -> int:
        return sum(self.ends) - sum(self.starts)
