"""What other rules would have raised: the engine over kept signals, under the old rules and under the new.
Pure.

Cases of the two are the same where they are of one kind, session and person (and `unstable` of one kind) and
overlap; what is left over on either side is what the change takes away and what it adds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from callboard.live import policy, signals
from callboard.live.engine.engine import Engine
from callboard.live.engine.events import LogEvent
from callboard.live.engine.incidents import Member, incidents_of
from callboard.live.engine.kinds import KINDS, UNSTABLE_KINDS
from callboard.live.engine.moments import HOUR
from callboard.live.engine.outputs import Cleared, Incident, Output, Raised, Reopened, Withdrawn
from callboard.live.engine.thresholds import DEFAULT, Rules, with_overrides
from callboard.live.spared import spared
from callboard.live.thinned import thinned

BELOW_FLOOR: Final = "below_floor"
NOT_KEPT: Final = "not_kept"
"""Notes: a bound lies below the floor of what is kept; a provider's silences are not kept by session."""

AFTERWARDS: Final = 26 * HOUR
"""How long after the last of its events a session is still judged: the longest wait of a rule, and more."""


OF_SEVERAL: Final = frozenset({policy.INCIDENT, "provider_quiet"})
"""What is judged over several sessions: it changes no case of a single one."""

_encode = msgspec.json.Encoder(order="sorted").encode


class Job(NamedTuple):
    """One session to judge: what it is called, its signals, and the two policies (merged values) for it."""

    session: str
    data: bytes
    old: Mapping[str, Any]
    new: Mapping[str, Any]


class Found(msgspec.Struct, frozen=True):
    """A case that one of the two would have raised. Times in microseconds."""

    session: str
    kind: str
    participant: str | None
    raised_at: int
    cleared_at: int | None
    severity: str
    of: str | None = None


class Compared(msgspec.Struct):
    """Of one or more sessions: by kind how many `now` and `then`, what is `more` and `less`; `broken` counts
    sessions whose signals cannot be read. `members`: for incidents, each kind's cases under either.
    """

    judged: int = 0
    broken: int = 0
    now: dict[str, int] = msgspec.field(default_factory=dict)
    then: dict[str, int] = msgspec.field(default_factory=dict)
    more: list[Found] = msgspec.field(default_factory=list)
    less: list[Found] = msgspec.field(default_factory=list)
    louder: dict[str, int] = msgspec.field(default_factory=dict)
    members: tuple[dict[str, list[Member]], dict[str, list[Member]]] = msgspec.field(
        default_factory=lambda: ({}, {})
    )


class Pair(NamedTuple):
    """Two policies side by side: the rules of either, which kinds' rules differ, and which of them have to be
    judged (None: all).
    """

    old: Rules
    new: Rules
    changed: frozenset[str]
    kinds: frozenset[str] | None


def pair_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> Pair:
    changed = policy.changed_kinds(old, new)
    was, will = (with_overrides(each, DEFAULT.version) for each in (old, new))
    ends = was.ended_after_empty != will.ended_after_empty  # the end of a session is many rules' affair
    kinds = None if ends or policy.INCIDENT in changed else judged_kinds(changed)
    return Pair(was, will, changed, kinds)


def judged_kinds(changed: frozenset[str]) -> frozenset[str]:
    """Which kinds the engine has to judge where the rules of these have changed."""
    found = set(changed)
    if "unstable" in changed:
        found |= UNSTABLE_KINDS
    if "room_empty" in changed:
        found.add("dropped")
    return frozenset(found)


def notes(changed: frozenset[str], new: Mapping[str, Any]) -> list[str]:
    """What a backtest cannot know."""
    found = []
    if "bad_connection" in changed and any(
        new.get(name, least) < least for name, least in signals.least_kept().items()
    ):
        found.append(BELOW_FLOOR)
    if "provider_quiet" in changed:
        found.append(NOT_KEPT)
    return found


def cases_of(
    events: Iterable[LogEvent], rules: Rules, kinds: frozenset[str] | None = None, until: int | None = None
) -> list[tuple[Found, Raised]]:
    """The cases of one session's events, in order of their moments, under these rules, as they stand in the
    end.
    """
    engine = Engine(rules, kinds=kinds, cases_alone=True)
    out: list[Output] = []
    last = 0
    for event in events:
        out += engine.feed(event, event.at)
        last = max(last, event.at)
        if event.kind == "session.planned":
            last = max(last, event.data.ends_at)
    out += engine.advance(last + AFTERWARDS if until is None else min(until, last + AFTERWARDS))
    standing: dict[tuple[str, str | None, int], tuple[Raised, int | None]] = {}
    for one in out:
        if not isinstance(one, Raised | Cleared | Reopened | Withdrawn):
            continue
        key = (one.kind, one.participant, one.raised_at)
        if isinstance(one, Raised):
            standing[key] = (one, None)
        elif isinstance(one, Withdrawn):
            standing.pop(key, None)
        elif key in standing:
            standing[key] = (standing[key][0], one.cleared_at if isinstance(one, Cleared) else None)
    return [
        (Found(one.session, one.kind, one.participant, one.raised_at, cleared, one.severity, one.of), one)
        for one, cleared in standing.values()
    ]


def compare(jobs: Iterable[Job], now: int) -> Compared:
    """Judges sessions under both policies, up to `now`."""
    made: dict[bytes, Pair] = {}
    whole = Compared()
    for job in jobs:
        key = _encode((job.old, job.new))
        pair = made.get(key)
        if pair is None:
            pair = made[key] = pair_of(job.old, job.new)
        try:
            image = signals.image_of(job.data)
        except ValueError:
            whole.broken += 1
            continue
        whole.judged += 1
        old, new = _both(image, job.session, pair, now)
        if policy.INCIDENT in pair.changed:
            for side, cases in zip(whole.members, (old, new), strict=True):
                _gather(side, cases)
        _count(whole, [one for one, _ in old], [one for one, _ in new])
    return whole


Cases = list[tuple[Found, Raised]]


def _both(image: signals.Image, session: str, pair: Pair, now: int) -> tuple[Cases, Cases]:
    """The cases under either policy."""

    def raises(events: list[LogEvent], rules: Rules) -> bool:
        return bool(cases_of(events, rules, pair.kinds, now))

    if spared(image, pair.kinds, pair.old, pair.new, raises):
        return [], []
    events = thinned(signals.events_of(image, 0, session, pair.kinds), pair.old, pair.new)
    old = cases_of(events, pair.old, pair.kinds, now)
    if pair.changed <= OF_SEVERAL:
        return old, old
    return old, cases_of(events, pair.new, pair.kinds, now)


def _gather(side: dict[str, list[Member]], cases: list[tuple[Found, Raised]]) -> None:
    for one, raised in cases:
        member = Member(one.raised_at, one.session, one.participant or "", raised.place, one.cleared_at)
        side.setdefault(one.kind, []).append(member)


def _count(whole: Compared, old: list[Found], new: list[Found]) -> None:
    for counts, cases in ((whole.now, old), (whole.then, new)):
        for one in cases:
            counts[one.kind] = counts.get(one.kind, 0) + 1
    pool: defaultdict[tuple[str, str | None, str | None], list[Found]] = defaultdict(list)
    for one in sorted(old, key=lambda each: each.raised_at):
        pool[one.kind, one.participant, one.of].append(one)
    for one in sorted(new, key=lambda each: each.raised_at):
        mine = pool[one.kind, one.participant, one.of]
        match = next((each for each in mine if _overlap(each, one)), None)
        if match is None:
            whole.more.append(one)
        else:
            mine.remove(match)
            if match.severity != one.severity:
                whole.louder[one.kind] = whole.louder.get(one.kind, 0) + 1
    whole.less += [one for rest in pool.values() for one in rest]


def _overlap(one: Found | Incident, other: Found | Incident) -> bool:
    return (other.cleared_at is None or one.raised_at <= other.cleared_at) and (
        one.cleared_at is None or other.raised_at <= one.cleared_at
    )


def joined(parts: Iterable[Compared]) -> Compared:
    """Several sessions' worth as one."""
    whole = Compared()
    for part in parts:
        whole.judged += part.judged
        whole.broken += part.broken
        for mine, theirs in ((whole.now, part.now), (whole.then, part.then), (whole.louder, part.louder)):
            for kind, count in theirs.items():
                mine[kind] = mine.get(kind, 0) + count
        whole.more += part.more
        whole.less += part.less
        for side, other in zip(whole.members, part.members, strict=True):
            for kind, members in other.items():
                side.setdefault(kind, []).extend(members)
    return whole


class Incidents(NamedTuple):
    """How many there would have been `now` and `then`, and those that are of one side alone."""

    now: int
    then: int
    more: list[Incident]
    less: list[Incident]


def incidents(whole: Compared, old: Mapping[str, Any], new: Mapping[str, Any]) -> Incidents:
    """The incidents under either policy. Two are the same where they are of one kind and key and overlap."""
    was, will = (
        [
            one
            for kind, members in side.items()
            for one in incidents_of(kind, members, with_overrides(values, DEFAULT.version))
        ]
        for side, values in zip(whole.members, (old, new), strict=True)
    )
    gone, fresh = list(was), list[Incident]()
    for one in will:
        same = next(
            (each for each in gone if (each.kind, each.key) == (one.kind, one.key) and _overlap(each, one)),
            None,
        )
        if same is None:
            fresh.append(one)
        else:
            gone.remove(same)
    return Incidents(len(was), len(will), fresh, gone)


def figures(whole: Compared) -> dict[str, dict[str, int]]:
    """By kind: how many now and then, more and less, and with another severity."""
    more, less = (_by_kind(one) for one in (whole.more, whole.less))
    kinds = [kind for kind in KINDS if any(kind in each for each in (whole.now, whole.then))]
    return {
        kind: {
            "now": whole.now.get(kind, 0),
            "then": whole.then.get(kind, 0),
            "more": more.get(kind, 0),
            "less": less.get(kind, 0),
            "louder": whole.louder.get(kind, 0),
        }
        for kind in kinds
    }


def _by_kind(cases: Iterable[Found]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in cases:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return counts
