"""The cases of one fold: at most one open for each kind and subject, and `unstable` in place of the third."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Self

import msgspec

from callboard.live.engine.fold import NEVER
from callboard.live.engine.kinds import UNSTABLE_KINDS
from callboard.live.engine.outputs import Case
from callboard.live.engine.thresholds import DEFAULT, OFF, Rules
from callboard.live.engine.wording import when

Subject = tuple[str, str | None]


class Book(msgspec.Struct):
    """`open` maps what holds now to the case that stands for it: its own, or the `unstable` that took it."""

    cases: list[Case] = msgspec.field(default_factory=list)
    open: dict[Subject, int] = msgspec.field(default_factory=dict)
    raises: dict[Subject, tuple[int, ...]] = msgspec.field(default_factory=dict)
    shaky: dict[Subject, int] = msgspec.field(default_factory=dict)
    calm: dict[Subject, int] = msgspec.field(default_factory=dict)
    touched: bool = False

    def copy(self) -> Self:
        twin = copy(self)
        twin.cases = self.cases.copy()
        twin.open = self.open.copy()
        twin.raises = self.raises.copy()
        twin.shaky = self.shaky.copy()
        twin.calm = self.calm.copy()
        twin.touched = True
        return twin

    def raise_(
        self,
        rules: Rules,
        kind: str,
        participant: str | None,
        at: int,
        key: str,
        params: dict[str, str | int],
        evidence: tuple[str, ...],
    ) -> None:
        """The rule holds from `at` on; it did not before."""
        subject = (kind, participant)
        self.touched = True
        said = rules.said(kind)
        version = "" if rules.version == DEFAULT.version else rules.version
        if kind in UNSTABLE_KINDS and said != OFF and rules.said("unstable") != OFF:
            if subject in self.shaky:  # absorbed
                self.open[subject] = self.shaky[subject]
                self.calm.pop(subject, None)
                return
            recent = self.raises.get(subject, ())
            self.raises[subject] = (*recent, at)[-rules.unstable_times :]
            if self._third(rules, subject, at):
                self.shaky[subject] = len(self.cases)
                params = {"kind": kind, "last": when(recent[-1])}
                said = rules.said("unstable")
                case = Case(
                    "unstable", participant, at, "unstable", params, evidence, None, kind, said, version
                )
                self.open[subject] = len(self.cases)
                self.cases.append(case)
                return
        self.open[subject] = len(self.cases)
        self.cases.append(Case(kind, participant, at, key, params, evidence, severity=said, rules=version))

    def adopt(self, rules: Rules, at: int, holds: Callable[[str, str | None], bool]) -> None:
        """From `at` on other rules are in force: clears what they would not have raised, and lets go of what
        nobody was told of and now would be, so that it can be raised.
        """
        for subject, index in list(self.open.items()):
            kind, who = subject
            case = self.cases[index]
            off = OFF in (rules.said(kind), rules.said(case.kind))
            if case.severity == OFF:
                if not off:
                    del self.open[subject]
            elif off and subject in self.shaky:
                self.touched = True
                self._close(self.shaky.pop(subject), at)
                del self.open[subject]
            elif off or not holds(kind, who):
                self.clear(rules, kind, who, at)
        for subject in [one for one in self.calm if OFF in (rules.said(one[0]), rules.said("unstable"))]:
            self.touched = True
            self._close(self.shaky.pop(subject), at)
            del self.calm[subject]

    def _third(self, rules: Rules, subject: Subject, at: int) -> bool:
        raises = self.raises[subject]
        return len(raises) >= rules.unstable_times and at - raises[0] <= rules.unstable_within

    def is_open(self, kind: str, participant: str | None = None) -> bool:
        return (kind, participant) in self.open

    def raised_at(self, kind: str, participant: str | None = None) -> int:
        return self.cases[self.open[kind, participant]].raised_at

    def clear(self, rules: Rules, kind: str, participant: str | None, at: int) -> None:
        """What held does so no longer; nothing happens where it did not."""
        if not self.open:
            return
        subject = (kind, participant)
        index = self.open.pop(subject, None)
        if index is None:
            return
        self.touched = True
        if self.shaky.get(subject) == index:
            self.calm[subject] = at + rules.unstable_within
        else:
            self._close(index, at)

    def _close(self, index: int, at: int) -> None:
        self.cases[index] = msgspec.structs.replace(self.cases[index], cleared_at=at)

    def calm_due(self) -> int:
        return min(self.calm.values()) if self.calm else NEVER

    def settle_calm(self, at: int) -> None:
        """Clears each `unstable` whose calm has lasted."""
        for subject in [subject for subject, due in self.calm.items() if due <= at]:
            self._close(self.shaky.pop(subject), self.calm.pop(subject))
            self.touched = True

    def end_unstable(self, at: int) -> None:
        """The session has ended: each `unstable` clears."""
        for subject, index in self.shaky.items():
            self._close(index, at)
            self.open.pop(subject, None)
            self.touched = True
        self.shaky.clear()
        self.calm.clear()

    def clear_all(self, at: int) -> None:
        self.end_unstable(at)
        for index in self.open.values():
            self._close(index, at)
            self.touched = True
        self.open.clear()
