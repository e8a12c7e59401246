"""`python -m benchmarks.engine`: events a second through the live engine on one core, all rules on.

Ours reads each line of NDJSON, checks it, and judges it: sixteen kinds, late lines by milliseconds,
attendance, promises. The limit is a bare loop that decodes the same lines and puts each into a dict. The
peer is Bytewax (Python up to 3.12) doing three of the rules: bad_connection, dropped and learner_missing;
`ours_over_peer` sets ours with the same three against it, `ours` is with all.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import time
from collections.abc import Callable

import msgspec

from benchmarks._common import ROUNDS, Contender, interleave, report, say
from benchmarks._load import lesson, opening
from callboard.live.engine.engine import Engine
from callboard.live.engine.events import decode_line
from callboard.live.engine.moments import MINUTE

KEEP = 5 * MINUTE
PEERS_RULES = frozenset({"bad_connection", "dropped", "learner_missing"})
SAME = "ours, the peer's rules alone"
LIVE_SESSIONS = 10_000
EVENTS_PER_SESSION = 4 / 10 + 2 / 30 + 1 / 6
"""A second: reports, a progress and a poll, utterances."""


def ours(start: list[bytes], lines: list[bytes], kinds: frozenset[str] | None = None) -> float:
    engine = Engine(keep_us=KEEP, kinds=kinds)
    for line in start:
        event = decode_line(line)
        engine.feed(event, event.received_at or event.at)

    def run() -> None:
        for line in lines:
            event = decode_line(line)
            engine.feed(event, event.received_at or event.at)

    return timed(run, len(lines))


def bare(lines: list[bytes]) -> float:
    decode = msgspec.json.Decoder().decode
    seen: dict[tuple[str, str | None, str], object] = {}

    def run() -> None:
        for line in lines:
            event = decode(line)
            seen[event["session"], event.get("participant"), event["kind"]] = event

    return timed(run, len(lines))


def timed(run: Callable[[], None], count: int) -> float:
    """Events a second of one core's time (so that a busy machine does not show as a slow engine); what was
    made before is kept out of the collector's way.
    """
    gc.collect()
    gc.freeze()
    began = time.process_time()
    run()
    took = time.process_time() - began
    gc.unfreeze()
    return count / took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="a smaller load, within 40 s")
    quick: bool = parser.parse_args().quick
    sessions, seconds = (250, 120) if quick else (2000, 180)
    start, lines = opening(sessions), lesson(sessions, seconds)
    say(f"{sessions} sessions, {len(lines):,} events")
    contenders: dict[str, Contender] = {
        "ours": lambda: ours(start, lines),
        "decode and dict": lambda: bare(lines),
    }
    peer = "bytewax, three rules"
    if importlib.util.find_spec("bytewax") is None:
        say("bytewax is absent (group bench-peers, Python up to 3.12): no peer")
    else:
        from benchmarks._bytewax import run_flow

        contenders[SAME] = lambda: ours(start, lines, PEERS_RULES)
        contenders[peer] = lambda: timed(lambda: run_flow([*start, *lines]), len(start) + len(lines))
    figures = interleave(contenders, ROUNDS)
    needed = LIVE_SESSIONS * EVENTS_PER_SESSION
    times = (figures.median("ours") or 0) / needed
    say(f"{LIVE_SESSIONS:,} live sessions send {needed:,.0f}/s: {times:.1f} times that")
    report(
        "engine",
        "events/s",
        figures,
        higher_is_better=True,
        peer=peer,
        limit="decode and dict",
        ours_to_peer=SAME,
    )


if __name__ == "__main__":
    main()
