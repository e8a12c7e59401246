"""`callboard demo recordings`: a school's lessons, their recorders' faults, and what of them is lost."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from callboard.demo.recordings.fates import OF_THE_FILE
from callboard.demo.recordings.lesson import Lesson, Told
from callboard.live.engine.events import Joined, LogEvent, Plan, Progress, Recorder
from callboard.live.engine.moments import MINUTE, SECOND
from callboard.live.engine.outputs import Output, Raised
from callboard.live.engine.world import World

START = 1_793_577_600 * SECOND
LENGTHS = (25 * 60, 50 * 60, 80 * 60)
LOSS = 60.0
"""Seconds of a lesson that may be lost."""
ALLOWED = 1 / 10_000
"""Of all lessons, so many may lose more."""

Share = Callable[[float], None]


def run(sessions: int, seed: int, own: str, progress: Share | None = None) -> dict[str, Any]:
    """Play so many lessons; what `--json` prints."""
    began = time.perf_counter()
    rng = random.Random(f"recordings {seed}")
    faults: Counter[str] = Counter()
    cases: Counter[str] = Counter()
    lost_by: Counter[str] = Counter()
    losses: list[float] = []
    late = 0.0
    for number in range(sessions):
        lesson = Lesson(rng, rng.choice(LENGTHS), own)
        lesson.play()
        faults.update(lesson.faults)
        losses.append(lesson.lost)
        if lesson.lost > LOSS:
            lost_by.update([" and ".join(sorted(set(lesson.faults))) or "none"])
        raised = judge(lesson) if lesson.faults else []
        cases.update(case.kind for case in raised)
        late = max([late, *((case.noticed_at - case.raised_at) / SECOND for case in raised)])
        if progress is not None and number % 100 == 0:
            progress(number / sessions)
    losses.sort()
    while_running = sum(n for fault, n in lost_by.items() if not OF_THE_FILE & set(fault.split(" and ")))
    most = max(1, int(sessions * ALLOWED))
    counted = while_running if own == "spare" else sum(lost_by.values())
    return {
        "sessions": sessions,
        "own": own,
        "seed": seed,
        "faults": dict(sorted(faults.items())),
        "lost_over_60s": sum(lost_by.values()),
        "lost_over_60s_while_running": while_running,
        "lost_over_60s_by": dict(sorted(lost_by.items())),
        "lost_p50_s": round(losses[len(losses) // 2], 1),
        "lost_p999_s": round(losses[min(len(losses) - 1, int(len(losses) * 0.999))], 1),
        "lost_max_s": round(losses[-1], 1),
        "cases": dict(sorted(cases.items())),
        "noticed_max_s": round(late, 3),
        "elapsed_s": round(time.perf_counter() - began, 3),
        "passed": counted <= most,
    }


def judge(lesson: Lesson) -> list[Raised]:
    """The cases that the engine raises of a lesson."""
    raised: list[Raised] = []

    def hear(output: Output) -> None:
        if isinstance(output, Raised):
            raised.append(output)

    world = World(hear, judge_quiet=False)
    last = START
    for arrived, event in sorted(_events(lesson), key=lambda each: each[0]):
        world.arrive(event, arrived)
        last = arrived
    world.run(last + 40 * MINUTE)
    return raised


def _events(lesson: Lesson) -> list[tuple[int, LogEvent]]:
    """All of its evidence with its arrival: who was in, and what was told of recorders."""
    end = START + round(lesson.length * SECOND)
    found = [
        _event("plan", "session.planned", START - 60 * MINUTE, data=Plan(START, end, "iris", ("ana",), True)),
        _event("ready", "room.ready", START - 30 * MINUTE),
        _event("iris", "participant.joined", START, "iris", Joined()),
        _event("ana", "participant.joined", START, "ana", Joined()),
        _event("over", "room.ended", end),
    ]
    return [(one.at, one) for one in found] + [
        (START + round(each.arrived * SECOND), _recorder_event(number, each))
        for number, each in enumerate(lesson.told)
    ]


def _recorder_event(number: int, told: Told) -> LogEvent:
    at = START + round(told.at * SECOND)
    data: Recorder | Progress
    if told.kind == "recording.progress":
        data = Progress(told.seconds or 0.0, told.recorder)
    else:
        data = Recorder(told.recorder, told.seconds, None, told.silent)
    return _event(f"r-{number}", told.kind, at, data=data)


def _event(id_: str, kind: str, at: int, who: str | None = None, data: Any = None) -> LogEvent:
    return LogEvent(1, "lesson", id_, kind, at, who, data)
