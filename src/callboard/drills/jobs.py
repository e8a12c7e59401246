"""`callboard drill jobs`: workers are killed in the midst of jobs; every job acts, and acts once.

1. Two workers run; transactions put jobs in line all the while: effects of the drill's own, and bookings,
   whose rooms the product's own jobs provision at a provider outside. Some transactions roll back.
2. Both workers are killed over and over, at crash points and at seeded moments, and started again.
3. Two workers that nobody kills finish what is left.
4. The audit, in its own SQL: what was acknowledged and has not acted is lost; what acted twice is seen twice;
   what was rolled back and acted is a ghost. How long a killed job waited is read from the jobs' history.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import psycopg

from callboard.drills import _ledger, _school, _worker
from callboard.drills._frame import Killing, Results, Stage

POINTS = {
    "jobs.before_effect": 16,
    "drill.in_effect": 12,
    "jobs.after_effect": 16,
    "prepare_session.before_asking": 4,
    "prepare_session.asked": 4,
    "prepare_session.recorded": 4,
}
"""The crash points, each with how often it may be passed before it kills: some jobs come more often."""

WORKERS = ("worker-a", "worker-b")
DRAIN = 0.34  # share of the time that is kept for finishing and for the audit
DRAIN_LEAST = 9.0  # seconds
ENOUGH = 200  # acknowledged jobs
RESUMED_WITHIN = 30.0  # seconds
PAUSE = 0.02  # seconds between transactions that put jobs in line
LONGEST_LINE = 120  # jobs that wait, before no more are put in line for a while


WAITING = """
SELECT count(*) FROM procrastinate_jobs
WHERE status IN ('todo', 'doing') AND (task_name LIKE 'drill.%' OR task_name LIKE 'prepare_session.%')
"""


class _Acknowledged:
    """What was committed, and what was rolled back, by key."""

    def __init__(self) -> None:
        self.effects: list[str] = []
        self.sessions: list[str] = []
        self.rolled_back: list[str] = []


def run(stage: Stage) -> Results:
    """Play it (see the module's docstring)."""
    _ledger.create(stage.logins.owner)
    _worker.declare()
    school = _school.build(12, 60)
    done = _Acknowledged()
    command = [sys.executable, "-m", "callboard.drills._worker"]
    victims = [stage.victim(name, command) for name in WORKERS]
    points = dict.fromkeys(WORKERS, tuple(POINTS))
    killing = Killing(stage, victims, points=points, ready=stage.ready, passes=POINTS)
    reserve = max(DRAIN_LEAST, DRAIN * stage.budget.seconds)
    moment = stage.budget.reserve(reserve)
    killing.until(moment, meanwhile=lambda: _put_in_line(stage, school, done, moment))
    stage.say(f"drill jobs: {stage.kills} kills, {len(done.effects) + len(done.sessions)} causes; finishing")
    for victim in victims:
        victim.start()
    _finish(stage)
    return _audit(stage, done, killing)


def _put_in_line(stage: Stage, school: _school.School, done: _Acknowledged, moment: float) -> None:
    from django.db import transaction
    from procrastinate.contrib.django import app

    from callboard.lib import jobs
    from callboard.lib.tenancy import organization_scope

    chance = stage.chance("causes")
    effect = app.tasks[_worker.TASK]
    for number in range(1_000_000):
        if number % 10 == 0:
            _let_the_line_move(stage, moment)
        if time.monotonic() > moment:
            return
        if number % 4 == 3:
            with organization_scope(school.organization):
                done_key = _book(school, number)
            done.sessions.append(done_key)
        else:
            key = f"drill:{stage.seed}:{number}"
            rolled_back = number % 16 == 0
            with transaction.atomic():
                jobs.defer(effect, key=key, seconds=chance.uniform(0.0, 0.05))
                transaction.set_rollback(rolled_back)
            (done.rolled_back if rolled_back else done.effects).append(key)
        time.sleep(PAUSE)


def _let_the_line_move(stage: Stage, moment: float) -> None:
    """Wait while the line is long, so that what is measured is killing, not a backlog."""
    with stage.admin() as admin:
        while time.monotonic() < moment:
            row = admin.execute(WAITING).fetchone()
            if row is None or row[0] <= LONGEST_LINE:
                return
            time.sleep(0.1)


def _book(school: _school.School, number: int) -> str:
    """A session that clashes with none: each instructor's and learner's follow each other by the hour."""
    from callboard.lib import clock
    from callboard.sessions.operations import Booking, book

    turn, who = divmod(number // 4, len(school.instructors))
    begins = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2, hours=turn)
    session = book(
        Booking(
            title="Drill",
            starts_at=begins,
            ends_at=begins + timedelta(minutes=50),
            instructor=school.instructors[who],
            learners=[school.learners[who]],
            provider=_worker.PROVIDER,
        )
    )
    return session.key


def _finish(stage: Stage) -> None:
    """Wait until nothing is left to do, or until time is up."""
    with stage.admin() as admin:
        while stage.budget.left > 2.5:
            row = admin.execute(WAITING).fetchone()
            if row == (0,):
                return
            time.sleep(0.1)


def _audit(stage: Stage, done: _Acknowledged, killing: Killing) -> Results:
    with stage.admin() as admin:
        acted = _counted(admin, "SELECT key, count(*) FROM drill_effects GROUP BY key")
        rooms = _counted(
            admin,
            "SELECT session, count(*) FROM callboard_live_event WHERE kind = 'room.ready' GROUP BY session",
        )
        ready = {
            row[0]
            for row in admin.execute(
                "SELECT session.key FROM callboard_sessions_session AS session "
                "JOIN callboard_sessions_room AS room ON room.session_id = session.id "
                "JOIN drill_rooms AS book ON book.session = session.key "
                "AND book.external_id = room.external_id WHERE room.status = 'ready'"
            )
        }
        unfinished = admin.execute(WAITING).fetchone()
        waits = _waits(admin, stage.killed_at)
    lost = [key for key in done.effects if key not in acted]
    lost += [key for key in done.sessions if key not in ready or key not in rooms]
    twice = [key for key, times in acted.items() if times > 1] + [
        k for k, times in rooms.items() if times > 1
    ]
    ghosts = [key for key in done.rolled_back if key in acted]
    resumed_max = round(max(waits, default=0.0), 3)
    acknowledged = len(done.effects) + 2 * len(done.sessions)  # each booking is told of, then provisioned
    results: Results = {
        "kills": stage.kills,
        "jobs": acknowledged,
        "lost": len(lost),
        "ran_twice": len(twice),
        "resumed_max_s": resumed_max,
        "ghosts": len(ghosts),
        "resumed": len(waits),
        "unfinished": int(unfinished[0]) if unfinished else 0,
        "points": stage.points_of(POINTS),
    }
    results["passed"] = (
        not lost
        and not twice
        and not ghosts
        and killing.enough()
        and acknowledged >= ENOUGH
        and bool(waits)
        and resumed_max <= RESUMED_WITHIN
    )
    return results


def _counted(admin: psycopg.Connection[tuple[Any, ...]], query: str) -> dict[str, int]:
    return {str(key): int(count) for key, count in admin.execute(query.encode())}


HISTORY = """
SELECT job_id, array_agg(at ORDER BY at) FROM procrastinate_events
WHERE type = 'started' GROUP BY job_id HAVING count(*) > 1
"""


def _waits(admin: psycopg.Connection[tuple[Any, ...]], killed_at: list[float]) -> list[float]:
    """How long each job that was started again had waited since the kill that cut it off, in seconds."""
    waits = []
    for _job, starts in admin.execute(HISTORY):
        moments: list[datetime] = starts
        for first, again in pairwise(moments):
            kills = [kill for kill in killed_at if first.timestamp() <= kill <= again.timestamp()]
            if kills:
                waits.append(again.timestamp() - min(kills))
    return waits
