"""The peer: three of the rules as a Bytewax flow, in the shape that its own guides show.

Reports are keyed by person and direction; plans, joins and leaves by session, with deadlines judged in
event time as the session's own events go by.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import bytewax.operators as op
import msgspec
from bytewax.dataflow import Dataflow
from bytewax.testing import TestingSink, TestingSource, run_main

Event = dict[str, Any]


def run_flow(lines: list[bytes]) -> None:
    """All lines through one worker."""
    flow = Dataflow("rules")
    raised: list[Any] = []
    stream = op.input("in", flow, TestingSource(lines, batch_size=1000))
    decode = msgspec.json.Decoder().decode
    events = op.map("decode", stream, decode)
    reports = op.filter("reports", events, lambda event: event["kind"] == "connection.report")
    by_person = op.key_on(
        "by person",
        reports,
        lambda event: f"{event['session']}/{event['participant']}/{event['data']['direction']}",
    )
    bad = op.stateful_map("bad_connection", by_person, bad_connection)
    by_session = op.key_on("by session", events, lambda event: event["session"])
    gone = op.stateful_map("attendance", by_session, attendance)
    both = op.merge("both", bad, gone)
    cases = op.filter("cases", both, lambda one: bool(one[1]))
    op.output("out", cases, TestingSink(raised))
    run_main(flow)  # type: ignore[no-untyped-call]


def bad_connection(state: tuple[float, float, bool] | None, event: Event) -> tuple[Any, Any]:
    bad, good, held = state or (0.0, 0.0, False)
    data = event["data"]
    loss, rtt, jitter = data.get("loss", 0), data.get("rtt_ms", 0), data.get("jitter_ms", 0)
    if loss > 0.05 or rtt > 500 or jitter > 60:
        bad, good = bad + data["interval"], 0.0
        if bad >= 20 and not held:
            return (bad, good, True), ("bad_connection", event["at"])
    elif loss <= 0.025 and rtt <= 250 and jitter <= 30:
        bad, good = 0.0, good + data["interval"]
        if good >= 30 and held:
            return (bad, good, False), ("cleared", event["at"])
    else:
        bad = good = 0.0
    return (bad, good, held), None


def attendance(state: dict[str, Any] | None, event: Event) -> tuple[Any, list[Any]]:
    """learner_missing ten minutes in, dropped after ninety seconds."""
    state = state or {"in": set(), "been": set(), "left": {}, "plan": None, "told": set()}
    kind, at = event["kind"], datetime.fromisoformat(event["at"]).timestamp()
    found: list[Any] = []
    plan = state["plan"]
    if plan is not None:
        if at >= plan[0] + 600:
            for who in plan[2]:
                if who not in state["been"] and who not in state["told"]:
                    state["told"].add(who)
                    found.append(("learner_missing", who))
        for who, left in list(state["left"].items()):
            if state["in"] and at >= max(left, plan[0]) + 90 and plan[1] - at > 300:
                del state["left"][who]
                found.append(("dropped", who))
    if kind == "session.planned":
        data = event["data"]
        starts = datetime.fromisoformat(data["starts_at"]).timestamp()
        ends = datetime.fromisoformat(data["ends_at"]).timestamp()
        state["plan"] = (starts, ends, data["learners"])
    elif kind == "participant.joined":
        state["in"].add(event["participant"])
        state["been"].add(event["participant"])
        state["left"].pop(event["participant"], None)
    elif kind == "participant.left":
        state["in"].discard(event["participant"])
        state["left"][event["participant"]] = at
    return state, found
