"""What is kept of a closed session raises the very cases of its whole log, under any rules it is kept for."""

from __future__ import annotations

import random
import zlib
from typing import Any

import msgspec
import pytest

from callboard.demo.detection.day import staged_day
from callboard.demo.detection.delivery import arrivals
from callboard.demo.school.population import populate
from callboard.live import backtest, signals
from callboard.live.engine.engine import Engine
from callboard.live.engine.events import LogEvent
from callboard.live.engine.outputs import Cleared, Raised, Reopened, Withdrawn
from callboard.live.engine.thresholds import Rules, with_overrides
from callboard.live.policy import BOUNDS
from tests.live.engine.cast import Lesson

MIDNIGHT = 1_793_577_600_000
Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def sessions() -> dict[str, list[LogEvent]]:
    """A school day with every kind of fault, by session, in order of arrival."""
    found: dict[str, list[LogEvent]] = {}
    for _, event in arrivals(staged_day(populate(40, 5), MIDNIGHT, 60, 5), 5):
        if event.kind != "provider.polled":
            found.setdefault(event.session, []).append(event)
    return found


def judged(events: list[LogEvent], rules: Rules) -> Rows:
    """The cases of the whole log, as the engine that production runs says them."""
    return sorted((row[:-1] for row in raised(events, rules)), key=str)


def raised(events: list[LogEvent], rules: Rules) -> Rows:
    """The same, each with what it is `unstable` of."""
    engine = Engine(rules)
    standing: dict[tuple[str, str | None, int], tuple[Any, ...]] = {}
    out = []
    for event in sorted(events, key=lambda one: one.at):
        out += engine.feed(event, event.at)
    out += engine.advance(max(event.at for event in events) + backtest.AFTERWARDS)
    for one in out:
        if isinstance(one, Raised | Cleared | Reopened | Withdrawn):
            key = (one.kind, one.participant, one.raised_at)
            if isinstance(one, Raised):
                standing[key] = (one.severity, None, one.of)
            elif isinstance(one, Withdrawn):
                del standing[key]
            else:
                severity, _, of = standing[key]
                standing[key] = (severity, one.cleared_at if isinstance(one, Cleared) else None, of)
    return sorted(((*key, *said) for key, said in standing.items()), key=str)


def kept(data: bytes, rules: Rules) -> Rows:
    found = backtest.cases_of(signals.unpack(data, 0, "s"), rules)
    rows = ((one.kind, one.participant, one.raised_at, one.severity, one.cleared_at) for one, _ in found)
    return sorted(rows, key=str)


def drawn(rng: random.Random) -> Rules:
    """Some rules within the bounds that people may set, above what is kept."""
    values: dict[str, Any] = {}
    least = signals.least_kept()
    for name, bounds in BOUNDS.items():
        if rng.random() < 0.5:
            low = max(bounds.least, least.get(name, 0.0))
            value = rng.uniform(low, min(bounds.most, 12 * low or 100))
            values[name] = round(value) if bounds.whole else round(value, 4)
    if values.get("ended_after_empty_s", 300) <= values.get("empty_after_s", 60):
        values.pop("ended_after_empty_s", None)
        values.pop("empty_after_s", None)
    return with_overrides(values, "default")


@pytest.mark.parametrize("seed", range(4))
def test_the_same_cases_come_of_signals_under_any_rules(
    sessions: dict[str, list[LogEvent]], seed: int
) -> None:
    rng = random.Random(seed)
    count = 0
    for events in sessions.values():
        rules = with_overrides({}, "default") if seed == 0 else drawn(rng)
        expected = judged(events, rules)
        assert kept(signals.pack(events), rules) == expected
        count += len(expected)
    assert count > 100


def test_a_session_takes_a_few_thousand_bytes(sessions: dict[str, list[LogEvent]]) -> None:
    sizes = sorted(len(signals.pack(events)) for events in sessions.values())
    assert sizes[len(sizes) // 2] < 6_000


def test_doubled_events_are_kept_once() -> None:
    events = Lesson().planned().ready().all_in().events
    assert signals.pack([*events, *events]) == signals.pack(events)


def test_times_between_milliseconds_are_kept() -> None:
    events = Lesson().planned().ready().join("ana", 0.000_001).events
    assert [one.at for one in signals.unpack(signals.pack(events), 0, "s")] == [one.at for one in events]


def test_a_session_can_be_told_of_at_another_time(sessions: dict[str, list[LogEvent]]) -> None:
    rules = with_overrides({}, "default")
    troubled = sorted(sessions, key=lambda name: len(judged(sessions[name], rules)))[-1]
    data = signals.pack(sessions[troubled])
    later = [
        (kind, who, raised - 7, said) for kind, who, raised, said, _ in kept(signals.moved(data, 7), rules)
    ]
    assert later
    assert later == [(kind, who, raised, said) for kind, who, raised, said, _ in kept(data, rules)]


def test_what_another_version_wrote_is_refused() -> None:
    with pytest.raises(ValueError, match=r".+"):
        signals.unpack(b"nonsense", 0, "s")
    other = zlib.compress(msgspec.msgpack.encode(signals.Image(9, 0, 1, [], [])))
    with pytest.raises(ValueError, match="format 9"):
        signals.unpack(other, 0, "s")
