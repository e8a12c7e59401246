"""What one more live session costs when there are many, over what it costs when there are few.

Three sizes, each ten times the former: the marginal CPU and the marginal memory per session from the second
to the third, over those from the first to the second; the worse of the two. 1 is growth in a straight line.
What is counted are the web process, the engine and the database under the contract's load; CPU over a
window in each round, memory at its end, without the shared buffers, whose size is fixed. `--quick` takes 100,
300 and 1,000 sessions, each sending six times the usual load, so that short windows hold enough to count.
"""

from __future__ import annotations

import argparse
import contextlib
import time
from dataclasses import dataclass

from benchmarks import _common, _crowd, _meter, _product
from benchmarks.case_latency import Client, book, caught_up
from callboard.lib.postgres.processes import free_port
from callboard.lib.processes import programs, ready

ROUNDS = 5


@dataclass(frozen=True)
class Plan:
    sizes: tuple[int, int, int]
    speed: float
    settle: float
    window: float


QUICK = Plan((100, 300, 1_000), 6.0, 0.4, 1.0)
FULL = Plan((100, 1_000, 10_000), 1.0, 10.0, 20.0)


@dataclass(frozen=True)
class Point:
    """One window at one size: cores in use, and bytes held."""

    sessions: int
    cores: float
    memory: int


def measure(meter: _meter.Meter, sessions: int, seconds: float) -> Point:
    before, began = meter.total(), time.perf_counter()
    time.sleep(seconds)
    after = meter.total()
    return Point(sessions, (after.cpu - before.cpu) / (time.perf_counter() - began), after.memory)


def ratio(points: tuple[Point, Point, Point]) -> tuple[float, float]:
    """Marginal cost of the third step over the second: of CPU, of memory."""
    few, some, many = points
    grown, further = some.sessions - few.sessions, many.sessions - some.sessions
    cpu = ((many.cores - some.cores) / further) / max(1e-9, (some.cores - few.cores) / grown)
    memory = ((many.memory - some.memory) / further) / max(1e-9, (some.memory - few.memory) / grown)
    return cpu, memory


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.growth", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100, 300 and 1,000 sessions")
    plan = QUICK if parser.parse_args().quick else FULL
    with _product.database() as place, contextlib.ExitStack() as stack:
        organization, key = _product.school()
        port = free_port()
        web = stack.enter_context(_product.process(programs.web("127.0.0.1", port).command))
        engine = stack.enter_context(_product.process(programs.engine().command))
        if not ready.wait_until(
            lambda: ready.answers(f"http://127.0.0.1:{port}/health/live"), 30.0, unless=lambda: False
        ):
            raise RuntimeError("the web process did not answer")
        meter = _meter.Meter(
            {"web": web.pid, "engine": engine.pid, "database": _meter.postmaster(place.admin_url)}
        )
        crowd = _crowd.Crowd(Client(port, key), speed=plan.speed)
        found: list[list[Point]] = []
        stood = 0
        with crowd.sending() as tally:
            for size in plan.sizes:
                crowd_more = book(organization, size - stood)
                crowd.add(crowd_more)
                stood = size
                caught_up(place.admin_url, lag=20_000)
                time.sleep(plan.settle)
                points = [measure(meter, size, plan.window) for _ in range(ROUNDS)]
                found.append(points)
                _common.say(
                    f"{size:,} sessions: {_middle(points):.3f} cores, {points[-1].memory / 2**20:.1f} MiB, "
                    f"{tally.behind:.1f} s behind"
                )
                if tally.failed is not None:
                    raise tally.failed
    rounds = [ratio((few, some, many)) for few, some, many in zip(*found, strict=True)]
    for cpu, memory in rounds:
        _common.say(f"CPU {cpu:.2f}, memory {memory:.2f}")
    which = max((0, 1), key=lambda each: _common.middle([one[each] for one in rounds]))
    figures = _common.Figures({"ours": [one[which] for one in rounds], "a straight line": [1.0] * ROUNDS})
    _common.report("growth", "ratio", figures, higher_is_better=False, limit="a straight line")


def _middle(points: list[Point]) -> float:
    return _common.middle([each.cores for each in points])


if __name__ == "__main__":
    main()
