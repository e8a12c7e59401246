"""Thousands of live sessions for an hour with a burst in the midst: is anything lost, does memory grow?

    python -m benchmarks.load --sessions 10000 --minutes 60

A throwaway product (database, web process, engine) with so many live sessions, each sending its regular load
in real time; for `--burst-minutes` in the middle every session sends three times as much. Twice a second a
stranger joins somewhere and leaves again. At the end all is counted, in SQL of its own:

- every event that was acknowledged is in the log, once;
- the engine has read the log to its end;
- every stranger became one case, and every one who left in time cleared it; nobody else raised any;
- each process's own memory, every ten seconds: its growth per hour from ten minutes after the burst on, when
  what the burst left in the engine has gone from it.

The last line is the report as JSON; the exit code says whether it passed.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import random
import sys
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg

from benchmarks import _common, _crowd, _meter, _product
from benchmarks.case_latency import Client, Stream, book, caught_up
from callboard.lib.postgres.processes import free_port
from callboard.lib.processes import programs, ready

STRANGERS_PER_S = 2.0
STAYS_S = 5.0
SAMPLED_EVERY_S = 10.0
BURST = 3
GROWS_AT_MOST = 0.10
"""Of a process's memory per hour: more is not flat."""
SPARE_BYTES = 24 * 2**20
"""Growth below it is an allocator's mood, whatever the share."""
SETTLES_S = 600.0
"""For so long the engine keeps evidence: of a burst too, which is then judged as if it were growth."""
JUDGED_FROM_MIN = 50.0
"""A shorter run says nothing about memory: too little of it is steady."""


@dataclass
class Samples:
    """Memory by process, in bytes, with seconds since the start."""

    at: list[float] = field(default_factory=list)
    memory: dict[str, list[int]] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    def grown(self, name: str, since: float) -> tuple[float, float]:
        """Bytes per hour from that second on, by least squares; and that over what it held then."""
        first = bisect_left(self.at, since)
        at, held = self.at[first:], self.memory[name][first:]
        if len(at) < 3:
            return 0.0, 0.0
        mean_at, mean = sum(at) / len(at), sum(held) / len(held)
        above = sum((x - mean_at) * (y - mean) for x, y in zip(at, held, strict=True))
        slope = above / sum((x - mean_at) ** 2 for x in at) * 3600
        return slope, slope / mean


class Strangers:
    """Who joins where they are on no roster, and when their case was heard of on the stream."""

    def __init__(self, crowd: _crowd.Crowd, stream: Stream, sessions: list[str]) -> None:
        self._crowd = crowd
        self._stream = stream
        self._sessions = sessions
        self._chance = random.Random(11)
        self.came: dict[str, float] = {}

    def visit(self, until: float) -> None:
        """They come one after another until that moment of the monotonic clock, and leave after a while."""
        leaving: list[tuple[float, str, str]] = []
        for number in itertools.count():
            now = time.monotonic()
            if now >= until:
                break
            name, key = f"stranger-{number}", self._chance.choice(self._sessions)
            self._crowd.extra.put(self._crowd.event("participant.joined", key, name))
            self.came[name] = time.perf_counter()
            leaving.append((now + STAYS_S, name, key))
            while leaving and leaving[0][0] <= now:
                _at, who, where = leaving.pop(0)
                self._crowd.extra.put(self._crowd.event("participant.left", where, who))
            time.sleep(1 / STRANGERS_PER_S)
        for _at, who, where in leaving:
            self._crowd.extra.put(self._crowd.event("participant.left", where, who))

    def delays(self) -> list[float]:
        """From joining to the case on the stream, in ms; those never heard of are left out."""
        heard = self._stream.heard
        came = list(self.came.items())  # at once: others come meanwhile
        return [(heard[name] - at) * 1000 for name, at in came if name in heard]


@contextlib.contextmanager
def sampling(meter: _meter.Meter) -> Iterator[Samples]:
    samples, stop, began = Samples(), threading.Event(), time.monotonic()
    before = meter.read()

    def sample() -> None:
        while not stop.wait(SAMPLED_EVERY_S):
            costs = meter.read()
            samples.at.append(time.monotonic() - began)
            for name, cost in costs.items():
                samples.memory.setdefault(name, []).append(cost.memory)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        stop.set()
        thread.join()
        seconds = time.monotonic() - began
        after = meter.read()
        samples.cpu = {name: (after[name].cpu - before[name].cpu) / seconds for name in after}


AUDIT = {
    "events": "SELECT count(*) FROM callboard_live_event WHERE event_id LIKE 'c-%'",
    "ids": "SELECT count(DISTINCT event_id) FROM callboard_live_event WHERE event_id LIKE 'c-%'",
    "strangers": "SELECT count(DISTINCT participant) FROM callboard_cases_case"
    " WHERE kind = 'stranger' AND status <> 'withdrawn'",
    "doubled": "SELECT count(*) - count(DISTINCT participant) FROM callboard_cases_case"
    " WHERE kind = 'stranger' AND status <> 'withdrawn'",
    "standing": "SELECT count(*) FROM callboard_cases_case WHERE kind = 'stranger' AND over_at IS NULL",
    "others": "SELECT count(*) FROM callboard_cases_case WHERE kind <> 'stranger' AND status <> 'withdrawn'",
    "live": "SELECT count(*) FROM callboard_sessions_session WHERE status = 'live'",
}


def audit(admin_url: str) -> dict[str, int]:
    """What the database holds, by the superuser, past row-level security."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        found: dict[str, int] = {}
        for name, query in AUDIT.items():
            row = admin.execute(query.encode()).fetchone()
            assert row is not None
            found[name] = int(row[0])
        return found


def run(sessions: int, minutes: float, burst_minutes: float) -> dict[str, Any]:
    with _product.database() as place, contextlib.ExitStack() as stack:
        organization, key = _product.school()
        port = free_port()
        web = stack.enter_context(_product.process(programs.web("127.0.0.1", port).command))
        engine = stack.enter_context(_product.process(programs.engine().command))
        address = f"http://127.0.0.1:{port}/health/live"
        if not ready.wait_until(lambda: ready.answers(address), 60.0, unless=lambda: False):
            raise RuntimeError("the web process did not answer")
        _common.say(f"booking {sessions:,} sessions")
        booked = book(organization, sessions, timedelta(minutes=minutes + 60))
        crowd = _crowd.Crowd(Client(port, key))
        stream = Stream(port, key)
        meter = _meter.Meter(
            {"web": web.pid, "engine": engine.pid, "database": _meter.postmaster(place.admin_url)}
        )
        strangers = Strangers(crowd, stream, [each for each, _people in booked])
        with crowd.sending() as tally:
            crowd.add(booked)
            caught_up(place.admin_url, 600, lag=20_000)
            _common.say("all are in")
            with sampling(meter) as samples:
                _through(crowd, strangers, minutes * 60, burst_minutes * 60)
            time.sleep(2)
        if tally.failed is not None:
            raise tally.failed
        caught_up(place.admin_url, 120)
        time.sleep(3)
        return _report(sessions, minutes, burst_minutes, tally, samples, strangers, audit(place.admin_url))


def _through(crowd: _crowd.Crowd, strangers: Strangers, seconds: float, burst: float) -> None:
    """The steady load, the burst in the middle, and the steady load again."""
    began = time.monotonic()
    steady = (seconds - burst) / 2
    thread = threading.Thread(target=strangers.visit, args=(began + seconds - STAYS_S,))
    thread.start()
    for speed, until in ((1.0, steady), (float(BURST), steady + burst), (1.0, seconds)):
        crowd.speed = speed
        while (left := began + until - time.monotonic()) > 0:
            time.sleep(min(left, 30.0))
            _common.say(
                f"{(time.monotonic() - began) / 60:.1f} min: {crowd.tally.sent:,} sent, "
                f"{crowd.tally.behind:.1f} s behind, {len(strangers.delays()):,} cases heard of"
            )
    thread.join()


def _report(
    sessions: int,
    minutes: float,
    burst_minutes: float,
    tally: _crowd.Tally,
    samples: Samples,
    strangers: Strangers,
    found: dict[str, int],
) -> dict[str, Any]:
    delays = strangers.delays()
    since = (minutes + burst_minutes) * 30 + SETTLES_S
    memory = {}
    for name, held in samples.memory.items():
        slope, share = samples.grown(name, since)
        memory[name] = {
            "first_mib": round(held[0] / 2**20, 1),
            "last_mib": round(held[-1] / 2**20, 1),
            "most_mib": round(max(held) / 2**20, 1),
            "grown_mib_per_hour": round(slope / 2**20, 1),
            "flat": (share <= GROWS_AT_MOST or slope <= SPARE_BYTES) if minutes >= JUDGED_FROM_MIN else None,
            "mib": [round(each / 2**20) for each in held[:: max(1, len(held) // 30)]],
        }
    lost = tally.sent - found["ids"]
    report: dict[str, Any] = {
        "sessions": sessions,
        "minutes": minutes,
        "burst": {"times": BURST, "minutes": burst_minutes},
        "acknowledged": tally.sent,
        "in_log": found["events"],
        "lost": lost,
        "doubled": found["events"] - found["ids"],
        "most_behind_s": round(tally.most_behind, 2),
        "slowest_answer_s": round(tally.slowest_answer, 2),
        "strangers": len(strangers.came),
        "cases": found["strangers"],
        "cases_lost": len(strangers.came) - found["strangers"],
        "cases_doubled": found["doubled"],
        "cases_standing": found["standing"],
        "other_cases": found["others"],
        "live_at_the_end": found["live"],
        "case_p50_ms": round(_common.percentile(delays, 0.5)) if delays else None,
        "case_p99_ms": round(_common.percentile(delays, 0.99)) if delays else None,
        "memory": memory,
        "cores": {name: round(cores, 2) for name, cores in samples.cpu.items()},
    }
    whole = ("lost", "doubled", "cases_lost", "cases_doubled", "cases_standing")
    flat = all(each["flat"] is not False for each in memory.values())
    return report | {"passed": flat and not any(report[name] for name in whole)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.load", description=__doc__.partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--burst-minutes", type=float, default=None, help="a twelfth of the time unless told")
    given = parser.parse_args()
    burst = given.minutes / 12 if given.burst_minutes is None else given.burst_minutes
    report = run(given.sessions, given.minutes, burst)
    print(json.dumps(report), flush=True)
    sys.exit(0 if report["passed"] else 1)


if __name__ == "__main__":
    main()
