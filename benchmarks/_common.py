"""What all benchmarks share: contenders in turns, medians, and the last line (contract: one JSON object)."""

from __future__ import annotations

import json
import math
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Contender = Callable[[], float]
ROUNDS = 5


@dataclass
class Figures:
    """Each contender's figures, one a round; a contender that is absent has none."""

    by_name: dict[str, list[float]] = field(default_factory=dict)

    def median(self, name: str | None) -> float | None:
        figures = self.by_name.get(name or "")
        return statistics.median(figures) if figures else None

    def spread(self, name: str) -> float:
        """The largest relative deviation from the median."""
        middle = self.median(name)
        if not middle:
            return 0.0
        return max(abs(figure - middle) for figure in self.by_name[name]) / middle


def interleave(contenders: Mapping[str, Contender], rounds: int = ROUNDS) -> Figures:
    """Each contender once a round, and each round another one first, so that a machine's moods hit all."""
    names: Sequence[str] = list(contenders)
    figures = Figures({name: [] for name in names})
    for number in range(rounds):
        turn = number % len(names)
        for name in (*names[turn:], *names[:turn]):
            figure = contenders[name]()
            figures.by_name[name].append(figure)
            say(f"round {number + 1}/{rounds}: {name} {figure:,.2f}")
    return figures


def say(text: str) -> None:
    """Progress, to standard error."""
    print(text, file=sys.stderr, flush=True)


def report(
    name: str,
    unit: str,
    figures: Figures,
    *,
    higher_is_better: bool,
    peer: str | None = None,
    limit: str | None = None,
    ours_to_peer: str | None = None,
) -> None:
    """Print the last line. Ours is the contender "ours"; `peer` and `limit` name theirs, where they ran.

    `ours_to_peer` names the contender of ours that does what the peer does, where "ours" does more.
    """
    ours = figures.median("ours")
    assert ours is not None
    values = {kind: figures.median(other) for kind, other in (("peer", peer), ("limit", limit))}
    line: dict[str, object] = {
        "name": name,
        "unit": unit,
        "higher_is_better": higher_is_better,
        "ours": round(ours, 3),
    }
    for kind, other in (("peer", peer), ("limit", limit)):
        value = values[kind]
        line[kind] = None if value is None else {"name": other, "value": round(value, 3)}
    for kind in ("peer", "limit"):
        value = values[kind]
        own = (figures.median(ours_to_peer) or ours) if kind == "peer" else ours
        line[f"ours_over_{kind}"] = round(own / value, 4) if value else None
    line |= {"rounds": len(figures.by_name["ours"]), "spread": round(figures.spread("ours"), 4)}
    if figures.median(ours_to_peer):
        line["ours_to_peer"] = {"name": ours_to_peer, "value": round(figures.median(ours_to_peer) or 0, 3)}
    print(json.dumps(line), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)
