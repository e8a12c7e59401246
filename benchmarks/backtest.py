"""How long it takes to say what other rules would have raised: seconds for 10,000 sessions over 30 days.

Ours asks and runs a backtest of a change of the microphones' rule as the worker's job does, and counts until
it is done. The sessions are a simulated school day with every kind of fault, told of again over thirty days.
The limit reads and decodes the same signals, and judges nothing. `--quick` takes a tenth of the sessions and
counts ten times what they took; without it, what other rules take is said as well.
"""

from __future__ import annotations

import argparse
import threading
import time
from datetime import datetime, timedelta
from typing import Any

from benchmarks import _product
from benchmarks._common import ROUNDS, interleave, middle, report, say

SESSIONS = 10_000
DAYS = 30
STAGED = 60
CHANGES: dict[str, dict[str, Any]] = {
    "ours": {"inaudible_after_s": 40},
    "connections": {"bad_for_s": 40},
    "recorders": {"recorder_stuck_s": 90},
    "joins": {"learner_after_s": 300},
    "all rules": {"ended_after_empty_s": 600},
}


def staged() -> list[tuple[int, bytes]]:
    """The sessions of one day: when each ended, in microseconds, and its signals."""
    from callboard.demo.detection.day import staged_day
    from callboard.demo.detection.delivery import arrivals
    from callboard.demo.school.population import populate
    from callboard.live import signals
    from callboard.live.engine.events import LogEvent

    midnight = 1_793_577_600_000
    found: dict[str, list[LogEvent]] = {}
    for _, event in arrivals(staged_day(populate(40, 5), midnight, STAGED, 5), 5):
        if event.kind != "provider.polled":
            found.setdefault(event.session, []).append(event)
    return [(max(one.at for one in events), signals.pack(events)) for events in found.values()]


def fill(organization: int, count: int) -> None:
    """So many sessions that have closed over the last days, with their signals."""
    from callboard.lib import clock
    from callboard.lib.tenancy import organization_scope
    from callboard.live import signals
    from callboard.live.engine.moments import micros
    from callboard.live.models import Signals
    from callboard.sessions.models import Session

    day = staged()
    now = clock.now()
    step = timedelta(days=DAYS - 1) / count
    closed = [now - timedelta(hours=1) - number * step for number in range(count)]
    with organization_scope(organization):
        rows = Session.objects.bulk_create([_session(number, end) for number, end in enumerate(closed)], 1000)
        kept = []
        for number, (row, end) in enumerate(zip(rows, closed, strict=True)):
            last, data = day[number % len(day)]
            moved = signals.moved(data, micros(end) - last)
            kept.append(Signals(session=row, closed_at=end, position=0, data=moved))
        Signals.objects.bulk_create(kept, 1000)


def _session(number: int, end: datetime) -> Any:
    from callboard.sessions.models import Session

    start = end - timedelta(hours=1)
    return Session(
        key=f"bench-{number}", title="A lesson", subject="algebra", status="ended", starts_at=start,
        ends_at=end, ended_at=end,
    )  # fmt: skip


def ours(organization: int, values: dict[str, Any], first: list[float]) -> float:
    """Wall seconds from asking to done; adds to `first` after how long there were figures."""
    from callboard.lib.tenancy import organization_scope
    from callboard.live import operations
    from callboard.live.models import Backtest

    with organization_scope(organization):
        asked = operations.ask_backtest(values, days=DAYS)
    began = time.perf_counter()

    def watch() -> None:
        while time.perf_counter() - began < 120:
            with organization_scope(organization):
                if Backtest.objects.filter(pk=asked.pk, judged__gt=0).exists():
                    first.append(time.perf_counter() - began)
                    return
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    operations.run_backtest(organization, asked.pk)
    took = time.perf_counter() - began
    watcher.join()
    with organization_scope(organization):
        row = operations.get_backtest(asked.pk)
        assert (row.status, row.judged) == ("done", row.total)
    return took


def bare(organization: int) -> float:
    """Reads and decodes them."""
    from callboard.lib.tenancy import organization_scope
    from callboard.live import signals
    from callboard.live.models import Signals

    began = time.perf_counter()
    with organization_scope(organization):
        for data in Signals.objects.order_by("-closed_at").values_list("data", flat=True).iterator(100):
            signals.image_of(bytes(data))
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.backtest", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sessions")
    quick: bool = parser.parse_args().quick
    count = SESSIONS // 10 if quick else SESSIONS
    scale = SESSIONS / count
    with _product.database():
        organization, _ = _product.school()
        fill(organization, count)
        say(f"{count:,} sessions")
        first: list[float] = []
        figures = interleave(
            {
                "ours": lambda: scale * ours(organization, CHANGES["ours"], first),
                "read and decode": lambda: scale * bare(organization),
            },
            ROUNDS,
        )
        say(f"first figures after {middle(first):.2f} s, at worst {max(first):.2f} s")
        for name, values in () if quick else tuple(CHANGES.items())[1:]:
            say(f"{name}: {scale * ours(organization, values, first):.1f} s")
    report("backtest", "s", figures, higher_is_better=False, limit="read and decode")


if __name__ == "__main__":
    main()
