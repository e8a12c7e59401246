"""`callboard demo detection`: days in virtual time through the engine, and how well it saw what was wrong.

1. A school and its days are made from the seed, and faults are put into them.
2. Their events are delivered as networks deliver: late, twice, out of order. And once more, in a process of
   its own, as providers deliver: webhooks lost, a receiver away for minutes, and polls that make it good.
3. The engine that production runs judges them, with its overseer.
4. What it raised and did not take back is held against the faults.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import django

from callboard.demo.detection.day import Day, staged_day
from callboard.demo.detection.delivery import arrivals
from callboard.demo.detection.judgement import TOLERANCE, Seen, Verdict, judge
from callboard.demo.faults.fault import Fault
from callboard.demo.play.script import MINUTE
from callboard.demo.school.population import populate
from callboard.demo.school.timetable import DAY
from callboard.live.engine.outputs import IncidentRaised, IncidentWithdrawn, Output, Raised, Withdrawn
from callboard.live.engine.world import World

FIRST_DAY = 1_793_577_600_000  # a Monday in November 2026, in ms
TEACHERS = 110
LESSONS = 300  # per day
KNOWN_BY_POLL = 45_000  # ms: two polls and a little

Progress = Callable[[float], None]


class _Witness:
    """Keeps what the engine says of cases and incidents."""

    def __init__(self) -> None:
        self.cases: dict[tuple[str, str, str | None, int], Seen] = {}
        self.withdrawn: list[Seen] = []
        self.incidents: dict[tuple[str, str, int], int] = {}

    def hear(self, output: Output) -> None:
        if isinstance(output, Raised):
            quiet = output.kind == "provider_quiet"
            subject = (output.place.provider or "") if quiet else output.session
            case = Seen(
                output.kind, subject, output.participant, output.raised_at // 1000, output.noticed_at // 1000
            )
            self.cases.setdefault((case.kind, subject, case.participant, output.raised_at), case)
        elif isinstance(output, Withdrawn):
            found = self.cases.pop((output.kind, output.session, output.participant, output.raised_at), None)
            if found is not None:
                self.withdrawn.append(found)
        elif isinstance(output, IncidentRaised):
            incident = output.incident
            self.incidents[incident.key, incident.kind, incident.raised_at] = len(incident.sessions)
        elif isinstance(output, IncidentWithdrawn):
            incident = output.incident
            self.incidents.pop((incident.key, incident.kind, incident.raised_at), None)


def run(
    seed: int, days: int, progress: Progress | None = None, *, faulty: bool = True
) -> tuple[dict[str, Any], list[Verdict]]:
    """Play so many days, both ways (not `faulty`: one alone); what `--json` prints, and the verdicts with
    their particulars.

    Needs Django, since the watches of real servers do; the environment names its settings.
    """
    began = time.perf_counter()
    if not faulty:
        told, verdict = played(seed, days, progress)
        return {**told, "elapsed_s": round(time.perf_counter() - began, 3)}, [verdict]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=django.setup) as beside:
        other = beside.submit(played, seed, days, faulty=True)
        told, verdict = played(seed, days, progress)
        with_faults, faulty_verdict = other.result()
    return {
        **told,
        "provider_faults": {name: with_faults[name] for name in ("kinds", "incidents", "events", "passed")},
        "elapsed_s": round(time.perf_counter() - began, 3),
        "passed": told["passed"] and with_faults["passed"],
    }, [verdict, faulty_verdict]


def played(
    seed: int, days: int, progress: Progress | None = None, *, faulty: bool = False
) -> tuple[dict[str, Any], Verdict]:
    """The same one way, `faulty` as providers deliver."""
    school = populate(TEACHERS, seed)
    faults: list[Fault] = []
    seen: list[Seen] = []
    withdrawn: list[Seen] = []
    sessions = incidents = events = 0
    for number in range(days):
        day = staged_day(school, FIRST_DAY + number * DAY, LESSONS, seed)
        witness, count = _play(day, seed, _share_of(number, days, progress), faulty=faulty)
        faults += day.faults
        seen += witness.cases.values()
        withdrawn += witness.withdrawn
        sessions += len(day.scripts)
        incidents += len(witness.incidents)
        events += count
    verdict = judge(faults, seen, withdrawn, late=KNOWN_BY_POLL if faulty else TOLERANCE)
    return {
        "kinds": {kind: tally.told() for kind, tally in verdict.tallies.items()},
        "sessions": sessions,
        "days": days,
        "seed": seed,
        "faults": len(faults),
        "incidents": incidents,
        "events": events,
        "passed": verdict.passed,
    }, verdict


def _play(day: Day, seed: int, progress: Progress, *, faulty: bool = False) -> tuple[_Witness, int]:
    witness = _Witness()
    world = World(witness.hear)
    count, arrived = 0, 0
    start, length = day.midnight * 1000, DAY * 1000
    for arrived, event in arrivals(day, seed, faulty=faulty):
        world.arrive(event, arrived)
        count += 1
        if count % 20_000 == 0:
            progress(max(0.0, min(1.0, (arrived - start) / length)))
    world.run(arrived + 60 * MINUTE * 1000)
    return witness, count


def _share_of(number: int, days: int, progress: Progress | None) -> Progress:
    """Tells how much of all the days is done, from how much of one is."""

    def tell(share: float) -> None:
        if progress is not None:
            progress((number + share) / days)

    return tell
