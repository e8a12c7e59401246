"""What was raised beside what had to be: found, missed, false, and how soon, for each kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from callboard.demo.faults.fault import Due, Fault
from callboard.live.engine.kinds import KINDS

TOLERANCE = 1_000  # ms by which a moment may differ from the fault's own
ENOUGH = 20  # times each kind must have been expected
GOOD = 0.99  # precision and recall


@dataclass(frozen=True)
class Seen:
    """A case that was raised and not taken back. `subject` is its session, or its provider."""

    kind: str
    subject: str
    participant: str | None
    raised_at: int
    noticed_at: int


@dataclass
class Tally:
    """One kind's figures. Delays are from the moment the rule first held to when it was noticed, in ms."""

    expected: int = 0
    found: int = 0
    false: int = 0
    withdrawn: int = 0
    delays: list[int] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        raised = self.found + self.false
        return {
            "expected": self.expected,
            "found": self.found,
            "missed": self.expected - self.found,
            "false": self.false,
            "withdrawn": self.withdrawn,
            "precision": round(self.found / raised, 4) if raised else 0.0,
            "recall": round(self.found / self.expected, 4) if self.expected else 0.0,
            "delay_p50_s": quantile(self.delays, 0.5),
            "delay_p99_s": quantile(self.delays, 0.99),
        }

    @property
    def good(self) -> bool:
        told = self.told()
        return bool(self.expected >= ENOUGH and told["precision"] >= GOOD and told["recall"] >= GOOD)


@dataclass(frozen=True)
class Verdict:
    """The whole day. `unexplained` are the false ones, `unseen` the faults that led to nothing."""

    tallies: dict[str, Tally]
    unexplained: tuple[Seen, ...]
    unseen: tuple[tuple[Fault, Due], ...]

    @property
    def passed(self) -> bool:
        return all(tally.good for tally in self.tallies.values())


def judge(
    faults: Iterable[Fault], seen: Sequence[Seen], withdrawn: Iterable[Seen] = (), *, late: int = TOLERANCE
) -> Verdict:
    """Each case answers for at most one demand of a fault, and each demand for at most one case.

    `late`: by how many ms a case may come after its moment, where what happened is known from polls alone.
    """
    tallies = {kind: Tally() for kind in KINDS}
    waiting: dict[tuple[str, str, str | None], list[Seen]] = defaultdict(list)
    for case in sorted(seen, key=lambda each: each.raised_at):
        waiting[case.kind, case.subject, case.participant].append(case)
    unseen: list[tuple[Fault, Due]] = []
    for fault in faults:
        for due in fault.dues:
            tally = tallies[due.kind]
            tally.expected += 1
            cases = waiting[due.kind, due.session or fault.session or fault.place, due.participant]
            match = next((case for case in cases if _fits(case, due, late)), None)
            if match is None:
                unseen.append((fault, due))
                continue
            cases.remove(match)
            tally.found += 1
            tally.delays.append(
                max(0, match.noticed_at - max(due.earliest, min(match.raised_at, due.latest)))
            )
    unexplained = [case for cases in waiting.values() for case in cases]
    for case in unexplained:
        tallies[case.kind].false += 1
    for case in withdrawn:
        tallies[case.kind].withdrawn += 1
    return Verdict(tallies, tuple(unexplained), tuple(unseen))


def _fits(case: Seen, due: Due, late: int) -> bool:
    return due.earliest - TOLERANCE <= case.raised_at <= due.latest + late


def quantile(values: Sequence[int], share: float) -> float | None:
    """In seconds; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1000, 3)
