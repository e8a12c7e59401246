"""`callboard drill bookings`: 64 connections race for the same people; nobody is ever in two places.

1. Four processes of sixteen connections book, move, reassign and cancel among a dozen instructors and forty
   learners; a fifth does so too, and is killed over and over in the midst of it.
2. When they have ended, the audit, in its own SQL: nobody overlaps, by the busy times in the books and, apart
   from those, by the sessions' own times and buffers; what was acknowledged stands as it was acknowledged.
`attempts` are those of the four: each was answered (`booked`, `moved`, `reassigned`, `cancelled`, `refused`),
or is in `errors` or `unanswered`. This drill is a race: it is enough that the fifth is killed at all; what
that one had been answered counts in `lost` if it is not there.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from callboard.drills import _school
from callboard.drills._frame import Killing, Results, Stage, Victim

PROCESSES, THREADS = 4, 16
KILLED = "racer-killed"
POINTS = ("sessions.people_locked", "sessions.booking_written", "bookings.committed")
AUDIT = 5.0  # seconds kept for the racers to end and for the audit
ENOUGH = 200  # bookings
BUFFER = 10  # minutes, of every second instructor

Line = dict[str, Any]


def run(stage: Stage) -> Results:
    """Play it (see the module's docstring)."""
    school = _school.build(12, 40, buffer_minutes=BUFFER)
    moment = stage.budget.reserve(AUDIT)
    wall = time.time() + (moment - time.monotonic())
    racers = [_racer(stage, school, f"racer-{n}", THREADS, wall) for n in range(PROCESSES)]
    killed = _racer(stage, school, KILLED, 8, wall + 60)
    for racer in racers:
        racer.start()
    Killing(stage, [killed], points={KILLED: POINTS}, ready=stage.ready, passes=5).until(moment)
    patience = time.monotonic() + AUDIT - 2.0
    while any(racer.alive() for racer in racers) and time.monotonic() < patience:
        time.sleep(0.05)
    return _audit(stage)


def _racer(stage: Stage, school: _school.School, name: str, threads: int, until: float) -> Victim:
    task = {
        "seed": f"{stage.seed}:{name}",
        "threads": threads,
        "until": until,
        "organization": school.organization,
        "instructors": school.instructors,
        "learners": school.learners,
        "file": str(_file(stage, name)),
    }
    place = stage.data_dir / f"{name}.task.json"
    place.write_text(json.dumps(task))
    return stage.victim(name, [sys.executable, "-m", "callboard.drills._racer", str(place)])


def _file(stage: Stage, name: str) -> Path:
    return stage.data_dir / f"{name}.ndjson"


def _lines(path: Path) -> list[Line]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]


def _audit(stage: Stage) -> Results:
    own = [line for n in range(PROCESSES) for line in _lines(_file(stage, f"racer-{n}"))]
    cut = _lines(_file(stage, KILLED))
    answers = [line for line in own if "said" in line]
    said = Counter(line["what"] for line in answers if line["said"] == "done")
    errors = [line for line in answers if line["said"].startswith("error")]
    attempts = len(own) - len(answers)
    with stage.admin() as admin:
        overlaps = _scalar(admin, OVERLAPS_IN_BOOKS) + _scalar(admin, OVERLAPS_IN_TIME)
        lost = _lost(admin, answers, complete=True) + _lost(admin, cut, complete=False)
        deadlocks = _scalar(admin, DEADLOCKS)
    for line in errors[:5]:
        stage.say(f"drill bookings: {line['what']} answered {line['said']}: {line['why']}")
    results: Results = {
        "attempts": attempts,
        "booked": said["book"],
        "refused": sum(line["said"] == "refused" for line in answers),
        "overlaps": overlaps,
        "unanswered": attempts - len(answers),
        "errors": len(errors),
        "moved": said["move"],
        "reassigned": said["reassign"],
        "cancelled": said["cancel"],
        "lost": lost,
        "deadlocks": deadlocks,
        "connections": PROCESSES * THREADS,
        "kills": stage.kills,
        "points": stage.points_of(POINTS),
    }
    results["passed"] = (
        overlaps == lost == 0
        and results["unanswered"] == 0
        and not errors
        and said["book"] >= ENOUGH
        and results["refused"] > 0
        and stage.kills > 0
    )
    return results


def _scalar(admin: psycopg.Connection[Any], query: str) -> int:
    row = admin.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


OVERLAPS_IN_BOOKS = """
SELECT count(*) FROM callboard_sessions_participant AS one
JOIN callboard_sessions_participant AS other
  ON other.person_id = one.person_id AND other.id > one.id AND other.busy && one.busy
WHERE one.active AND other.active
"""

OVERLAPS_IN_TIME = """
WITH taking_part AS (
    SELECT part.person_id, session.id AS session_id, session.starts_at,
           session.ends_at + CASE WHEN part.role = 'instructor'
                             THEN make_interval(mins => coalesce(teaches.buffer_minutes, 0)::int)
                             ELSE interval '0' END AS free_at
    FROM callboard_sessions_participant AS part
    JOIN callboard_sessions_session AS session ON session.id = part.session_id
    LEFT JOIN callboard_people_instructor AS teaches ON teaches.person_id = part.person_id
    WHERE part.active AND session.status <> 'cancelled'
)
SELECT count(*) FROM taking_part AS one JOIN taking_part AS other
  ON other.person_id = one.person_id AND other.session_id > one.session_id
 AND other.starts_at < one.free_at AND one.starts_at < other.free_at
"""

DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"

STANDING = """
SELECT session.key, session.status, session.starts_at, part.person_id
FROM callboard_sessions_session AS session
LEFT JOIN callboard_sessions_participant AS part
  ON part.session_id = session.id AND part.active AND part.role = 'instructor'
"""


def _lost(admin: psycopg.Connection[Any], lines: list[Line], *, complete: bool) -> int:
    """How many sessions do not stand as they were last acknowledged.

    Each was changed by one thread alone, so its last answer is its state; of a thread that was cut off (not
    `complete`) a later change may have gone through unsaid, so only that the session is there counts.
    """
    standing = {key: (status, starts, who) for key, status, starts, who in admin.execute(STANDING.encode())}
    expected: dict[str, Line] = {}
    for line in lines:
        if line.get("said") == "done":
            known = expected.setdefault(line["key"], {})
            known.update(line)
            known["off"] = line["what"] == "cancel"
    return sum(not _stands(standing.get(key), line, complete) for key, line in expected.items())


def _stands(found: tuple[str, datetime, int | None] | None, line: Line, complete: bool) -> bool:
    if found is None:
        return False
    if not complete:
        return True
    status, starts, who = found
    if line["off"]:
        return status == "cancelled"
    right_time = starts == datetime.fromisoformat(line["starts"])
    return status != "cancelled" and right_time and who == line["instructor"]
