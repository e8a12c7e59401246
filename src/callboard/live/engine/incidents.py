"""Many cases with one cause: which of them make an incident, and under what key.

Three or more sessions with a case of the same kind, raised within two minutes of the first, that share a
node, an instructor, a region or a provider. The narrowest of these comes first: what shares a node is
gathered before what shares a region. It follows from the set of cases alone, not from the order in which
they were told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from callboard.live.engine.outputs import Incident, Place
from callboard.live.engine.thresholds import Rules

NARROWEST_FIRST: Final = ("node", "instructor", "region", "provider")


class Member(NamedTuple):
    """A case as incidents see it."""

    raised_at: int
    session: str
    participant: str
    place: Place
    cleared_at: int | None


def incidents_of(kind: str, cases: Iterable[Member], rules: Rules) -> list[Incident]:
    """The incidents among the cases of one kind, in the order of their times."""
    pool = sorted(cases, key=lambda case: case[:3])
    found: list[Incident] = []
    for shared in NARROWEST_FIRST:
        groups: defaultdict[str, list[Member]] = defaultdict(list)
        for case in pool:
            value = getattr(case.place, shared)
            if value is not None:
                groups[value].append(case)
        taken: set[tuple[int, str, str]] = set()
        for value, members in sorted(groups.items()):
            for window in _windows(members, rules):
                found.append(_incident(f"{shared}:{value}", kind, window, rules))
                taken.update(case[:3] for case in window)
        if taken:
            pool = [case for case in pool if case[:3] not in taken]
    return sorted(found, key=lambda incident: (incident.raised_at, incident.key))


def _windows(members: list[Member], rules: Rules) -> Iterable[list[Member]]:
    start = 0
    while start < len(members):
        latest = members[start].raised_at + rules.incident_within
        end = start
        while end < len(members) and members[end].raised_at <= latest:
            end += 1
        window = members[start:end]
        if len({case.session for case in window}) >= rules.incident_sessions:
            yield window
            start = end
        else:
            start += 1


def _incident(key: str, kind: str, window: list[Member], rules: Rules) -> Incident:
    first: dict[str, int] = {}
    for case in window:
        first.setdefault(case.session, case.raised_at)
    raised_at = sorted(first.values())[rules.incident_sessions - 1]
    clearings = [case.cleared_at for case in window]
    cleared = None if None in clearings else max(at for at in clearings if at is not None)
    return Incident(key, kind, tuple(sorted(first)), raised_at, cleared)
