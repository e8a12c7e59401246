"""`callboard drill erasure`: people are erased while whoever does it is killed; nothing of them is found.

1. A school in which everybody has left a trace in every place: rows, words of others, files, jobs, keys of
   effects, lines of the log, an engine's state.
2. One after the other is asked to be erased, as an admin would. Two processes carry it through, at times the
   same one at once, and are killed over and over, at the crash points of the erasure and at seeded moments.
3. This process, which nobody kills, finishes what is left.
4. The audit, in its own SQL: every column of every table, every file that the product keeps, every line that
   it has logged, for name, address, numbers and ids of whoever was erased. And those who were not are whole.
"""

from __future__ import annotations

import contextlib
import re
import sys
import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from callboard.drills import _household
from callboard.drills._frame import Killing, Results, Stage
from callboard.drills._household import Household, One

POINTS = {
    "erase_person.before_step": 12,
    "erase_person.in_step": 12,
    "erase_person.after_step": 12,
    "erase_person.file_deleted": 3,
    "erase_person.between_files_and_rows": 2,
    "erase_person.in_the_log": 1,
    "erase_person.in_the_snapshots": 1,
    "erase_person.in_the_sweep": 4,
    "erase_person.before_done": 1,
    "erase_person.done": 1,
}
"""The crash points, each with how often it may be passed before it kills."""

ERASERS = ("eraser-a", "eraser-b")
MOST = 16
"""Who go; as many stay."""
AT_ONCE = 3
"""Erasures at work, before no more are asked for."""
DRAIN, DRAIN_LEAST = 0.3, 9.0  # share of the time, and seconds, kept for finishing and for the audit
ENOUGH = 3
RUNNING = "SELECT count(*) FROM callboard_people_erasure WHERE status = 'running'"

GONE = {
    "callboard_people_guardianship": "student_id",
    "callboard_people_consent": "person_id",
    "callboard_people_consentword": "person_id",
    "callboard_people_personchange": "person_id",
    "callboard_people_personcopy": "person_id",
    "callboard_people_student": "person_id",
    "callboard_sessions_joinlink": "person_id",
}
"""Tables in which no row may name them any more."""


def run(stage: Stage) -> Results:
    """Play it (see the module's docstring)."""
    with stage.admin() as admin:
        house = _household.build(admin, MOST)
        stage.say(f"drill erasure: the school stands after {stage.budget.elapsed:.1f} s")
        command = [sys.executable, "-m", "callboard.drills._eraser"]
        victims = [stage.victim(name, command) for name in ERASERS]
        points = dict.fromkeys(ERASERS, tuple(POINTS))
        killing = Killing(stage, victims, points=points, ready=stage.ready, passes=POINTS)
        moment = stage.budget.reserve(max(DRAIN_LEAST, DRAIN * stage.budget.seconds))
        asked: list[One] = []
        killing.until(moment, meanwhile=lambda: _ask(admin, house, asked, moment))
        stage.say(f"drill erasure: {stage.kills} kills, {len(asked)} asked for; finishing")
        unfinished = _finish(stage, admin, house)
        return _audit(stage, admin, house, asked, unfinished, killing)


def _ask(admin: psycopg.Connection[Any], house: Household, asked: list[One], moment: float) -> None:
    from callboard.lib.tenancy import organization_scope
    from callboard.workflows import erase_person

    for one in house.going:
        while _count(admin, RUNNING) >= AT_ONCE and time.monotonic() < moment:
            time.sleep(0.05)
        if time.monotonic() >= moment:
            return
        with organization_scope(house.organization):
            erase_person.ask(house.admin, one.pk, one.name)
        asked.append(one)


def _finish(stage: Stage, admin: psycopg.Connection[Any], house: Household) -> int:
    """Until all is done, or there is but the time for the audit; answers how many are not."""
    from callboard.workflows import erase_person

    running = "SELECT id FROM callboard_people_erasure WHERE status = 'running' ORDER BY id"
    for (erasure,) in admin.execute(running.encode()).fetchall():
        if stage.budget.left > 4.0:
            erase_person.carry_through(house.organization, erasure)
    return _count(admin, RUNNING)


def _audit(
    stage: Stage,
    admin: psycopg.Connection[Any],
    house: Household,
    asked: list[One],
    unfinished: int,
    killing: Killing,
) -> Results:
    tokens = sorted({token for one in asked for token in one.tokens})
    places, hits = 0, []
    for place, found in (*_columns(admin, tokens), *_files(stage.data_dir, tokens)):
        places += 1
        if found:
            hits.append(place)
    for table, column in GONE.items():
        places += 1
        query = f"SELECT count(*) FROM {table} WHERE {column} = ANY(%s)"  # noqa: S608
        if _count(admin, query, [one.pk for one in asked]):
            hits.append(f"{table}.{column}")
    for place in hits[:20]:
        stage.say(f"drill erasure: found in {place}")
    harmed = _harmed(admin, house, stage.data_dir)
    results: Results = {
        "kills": stage.kills,
        "places_searched": places,
        "hits": len(hits),
        "asked": len(asked),
        "erased": len(asked) - unfinished,
        "unfinished": unfinished,
        "harmed": harmed,
        "points": stage.points_of(POINTS),
    }
    results["passed"] = (
        not hits and not unfinished and not harmed and len(asked) >= ENOUGH and killing.enough()
    )
    return results


COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' AND table_name NOT LIKE 'drill_%%' ORDER BY 1, 2
"""


def _columns(admin: psycopg.Connection[Any], tokens: list[str]) -> Iterator[tuple[str, bool]]:
    """Every column of every table, whatever its type: (place, whether it has one of them)."""
    pattern = "|".join(re.escape(token) for token in tokens) or "nobody was asked for"
    in_bytes = [token.encode() for token in tokens]
    for table, column, kind in admin.execute(COLUMNS.encode()).fetchall():
        place = f"{table}.{column}"
        if kind == "bytea":
            rows = admin.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'.encode())  # noqa: S608
            yield place, any(_within(bytes(row[0]), in_bytes) for row in rows)
        else:
            query = f'SELECT EXISTS (SELECT FROM "{table}" WHERE "{column}"::text ~* %s)'  # noqa: S608
            yield place, bool(admin.execute(query.encode(), [pattern]).fetchall()[0][0])


def _files(folder: Path, tokens: list[str]) -> Iterator[tuple[str, bool]]:
    """Every file under the data folder, names too, but for the server's own pages: those are the columns."""
    in_bytes = [token.encode() for token in tokens]
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not {"base", "pg_wal", "pg_xact"} & set(parts):
            named = any(token in "/".join(parts) for token in tokens)
            yield "/".join(parts), named or _within(path.read_bytes(), in_bytes)


def _within(content: bytes, tokens: Iterable[bytes]) -> bool:
    whole = content
    with contextlib.suppress(zlib.error):
        whole += zlib.decompress(content)
    return any(token in whole for token in tokens)


def _harmed(admin: psycopg.Connection[Any], house: Household, folder: Path) -> int:
    """How many of those who were to stay lack something."""
    harmed = 0
    for one in house.staying:
        row = admin.execute(
            "SELECT name, email, phone, external_id, key FROM callboard_people_person WHERE id = %s", [one.pk]
        ).fetchone()
        lines = "SELECT count(*) FROM callboard_live_event WHERE participant = %s"
        word = "SELECT count(*) FROM callboard_people_consentword WHERE person_id = %s AND proof <> ''"
        note = "SELECT count(*) FROM callboard_cases_caseentry WHERE text LIKE %s"
        proof = list(folder.rglob(f"{one.key}/prf"))
        whole = (
            row == (one.name, one.email, one.phone, one.elsewhere, one.key)
            and _count(admin, lines, one.key) == 3
            and _count(admin, word, one.pk) == 1
            and _count(admin, note, f"%{one.name} is ill") == 1
            and len(proof) == 1
        )
        harmed += not whole
    return harmed


def _count(admin: psycopg.Connection[Any], query: str, *values: Any) -> int:
    row = admin.execute(query.encode(), values).fetchone()
    return int(row[0]) if row else 0
