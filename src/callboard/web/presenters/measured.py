"""A session's measures folded into what its axis draws, in one pass: a person's speech and bad connection as
stretches, a recorder's progress, the curve of packets lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from callboard.web.reads.measures import Data, Measure

BAD_LOSS, BAD_RTT_MS, BAD_JITTER_MS = 0.05, 500, 60
MERGE_MS = 4000
REPORT_S = 10
"""How long a report is of, where it does not say."""

Stretches = dict[str, list[list[int]]]


@dataclass
class Progress:
    """Of one recorder: when it was first seen, and what it had at most, when."""

    first: int
    last: int
    seconds: float = 0.0


@dataclass
class Measured:
    """By participant: `speech` as [from, to], `bad` as [from, to, 1 bad or 2 very bad], `lost` as [at, the
    share lost upward]; by recorder its `progress`. `first` and `last` of all. In epoch milliseconds.
    """

    speech: Stretches = field(default_factory=lambda: defaultdict(list))
    bad: Stretches = field(default_factory=lambda: defaultdict(list))
    lost: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    progress: dict[str, Progress] = field(default_factory=dict)
    first: int | None = None
    last: int | None = None

    @property
    def worst(self) -> str | None:
        """Who loses most on the whole; None where even they lose too little to be drawn."""
        shares = {who: [share for _, share in points] for who, points in self.lost.items()}
        if not shares:
            return None
        worst = max(shares, key=lambda who: sum(shares[who]) / len(shares[who]))
        return worst if max(shares[worst]) > BAD_LOSS / 2 else None


def fold(measures: Iterable[Measure]) -> Measured:
    """`measures` in the order in which they happened, those of one kind and participant at least."""
    found = Measured()
    moments: list[int] = []
    for at, kind, participant, data in measures:
        moments.append(at)
        if kind == "connection.report":
            _reported(found, at, participant, data)
        elif kind == "speech":
            _spoke(found.speech[participant], at, data)
        else:
            _progressed(found.progress, at, data)
    if moments:
        found.first, found.last = min(moments), max(moments)
    return found


def _spoke(stretches: list[list[int]], start: int, data: Data) -> None:
    if data.ends_at is None:
        return
    end = int(data.ends_at.timestamp() * 1000)
    if stretches and start - stretches[-1][1] < MERGE_MS:
        stretches[-1][1] = max(stretches[-1][1], end)
    else:
        stretches.append([start, end])


def _reported(found: Measured, at: int, participant: str, data: Data) -> None:
    if data.loss is not None and data.direction == "up":
        found.lost[participant].append((at, data.loss))
    level = _level(data)
    if not level:
        return
    stretches = found.bad[participant]
    start = at - int((REPORT_S if data.interval is None else data.interval) * 1000)
    if stretches and stretches[-1][2] == level and start <= stretches[-1][1] + 1000:
        stretches[-1][1] = at
    else:
        stretches.append([start, at, level])


def _level(data: Data) -> int:
    """0 fine, 1 bad, 2 very bad: as the rule judges it, and at three times its thresholds."""
    loss, rtt, jitter = data.loss or 0, data.rtt_ms or 0, data.jitter_ms or 0
    if loss <= BAD_LOSS and rtt <= BAD_RTT_MS and jitter <= BAD_JITTER_MS:
        return 0  # as nearly all are
    return 2 if max(loss / BAD_LOSS, rtt / BAD_RTT_MS, jitter / BAD_JITTER_MS) > 3 else 1


def _progressed(progress: dict[str, Progress], at: int, data: Data) -> None:
    mine = progress.setdefault(data.recorder or "", Progress(at, at))
    if data.seconds is not None and data.seconds > mine.seconds:
        mine.seconds, mine.last = data.seconds, at
