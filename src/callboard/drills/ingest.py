"""`callboard drill ingest`: web, engine and database die under load; nothing is lost or doubled.

1. Sessions are booked; senders send evidence to the web process, each batch again and again until 202 is
   said. Every batch has a stranger who joins: one case each, no more and no less.
2. Web and engine are killed over and over, at crash points and at seeded moments, and the database's server
   too, whose keeper starts it again.
3. An engine that nobody kills finishes what is left.
4. The audit, in its own SQL: what was acknowledged and is not in the log is lost; each acknowledged stranger
   has exactly one case. How long things stood still is read from acknowledgements and from cases' histories.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg

from callboard.drills import _school
from callboard.drills._frame import Killing, Results, Stage, Victim, percentiles

WEB_POINTS = ("ingest.before_copy", "ingest.before_commit", "ingest.after_commit")
ENGINE_POINTS = (
    "engine.after_feed",
    "engine.before_write",
    "engine.before_commit",
    "engine.after_commit",
    "engine.before_snapshot",
    "engine.after_snapshot",
    "overseer.before_commit",
    "overseer.after_commit",
)
SESSIONS = 40
SENDERS = 4
BATCH = 100
PAUSE = 0.05  # seconds between a sender's batches
DATABASE_LIVES = (5.0, 10.0)  # seconds between kills of the database's server, drawn between these
DRAIN, DRAIN_LEAST = 0.25, 7.0  # share of the time, and seconds, kept for finishing and for the audit
ENOUGH = 1_000
RECOVERED_WITHIN = 30.0


@dataclass
class _Sent:
    """What was acknowledged, and when (unix time)."""

    ids: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)

    def lately(self) -> bool:
        """Whether something was acknowledged in the last half second: the web process is at work."""
        return bool(self.moments) and self.moments[-1] > time.time() - 0.5


@dataclass
class _Kills:
    """When what was killed (unix time)."""

    web: list[float] = field(default_factory=list)
    engine: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)


def run(stage: Stage) -> Results:
    """Play it (see the module's docstring)."""
    from callboard.lib.postgres.processes import free_port
    from callboard.lib.processes import programs

    sessions, key = _book(stage)
    port = free_port()
    web = stage.victim("web", programs.web("127.0.0.1", port).command)
    engine = stage.victim("engine", programs.engine().command)
    sent, kills = _Sent(), _Kills()
    moment = stage.budget.reserve(max(DRAIN_LEAST, DRAIN * stage.budget.seconds))
    killing = _Noted(
        stage,
        [web],
        points={"web": WEB_POINTS},
        ready=lambda _: time.monotonic() > moment or sent.lately(),
        passes=60,
    )
    of_engine = _Noted(
        stage,
        [engine],
        points={"engine": ENGINE_POINTS},
        ready=lambda victim: time.monotonic() > moment or _owns_all(stage, victim),
        passes=3,
    )
    killing.kills = of_engine.kills = kills
    engine_dies = threading.Thread(target=of_engine.until, args=(moment,))
    senders = [
        threading.Thread(target=_send, args=(number, port, key, sessions, sent, moment))
        for number in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    engine_dies.start()
    killing.until(moment, meanwhile=lambda: _kill_database(stage, kills, moment))
    for thread in (*senders, engine_dies):
        thread.join()
    stage.say(f"drill ingest: {stage.kills} kills, {len(sent.ids)} acknowledged; finishing")
    engine.start()
    _finish(stage, sent)
    return _audit(stage, sent, kills, killing)


class _Noted(Killing):
    """Remembers when it killed."""

    kills: _Kills

    def _kill(self, victim: Victim, moment: float) -> None:
        former = victim.kill

        def noted() -> str | None:
            getattr(self.kills, victim.name).append(time.time())
            return former()

        victim.kill = noted  # type: ignore[method-assign]
        super()._kill(victim, moment)


def _book(stage: Stage) -> tuple[list[str], str]:
    from callboard.lib import clock
    from callboard.lib.tenancy import organization_scope
    from callboard.people.operations import create_api_key
    from callboard.sessions.operations import Booking, book_many

    school = _school.build(SESSIONS, SESSIONS)
    begins = clock.now() - timedelta(minutes=1)
    with organization_scope(school.organization):
        bookings = [
            Booking(
                title="Drill",
                starts_at=begins,
                ends_at=begins + timedelta(hours=2),
                instructor=instructor,
                learners=[learner],
                provider="drill",
            )
            for instructor, learner in zip(school.instructors, school.learners, strict=True)
        ]
        booked = [session.key for session in book_many(bookings)]
        _, token = create_api_key("drill", ["events.write"])
    stage.say(f"drill ingest: {len(booked)} sessions booked")
    return booked, token


def _send(number: int, port: int, key: str, sessions: list[str], sent: _Sent, moment: float) -> None:
    """Batch after batch, each until it is acknowledged. One without an answer is nobody's claim."""
    headers = {"authorization": f"Bearer {key}"}
    url = f"http://127.0.0.1:{port}/api/v1/events"
    with httpx.Client(headers=headers, timeout=5.0) as client:
        for turn in range(1_000_000):
            stranger = f"stranger-{number}-{turn}"
            batch = _batch(number, turn, stranger, sessions)
            while time.monotonic() < moment:
                with suppress(httpx.HTTPError):
                    answer = client.post(url, json=batch)
                    if answer.status_code == 202:
                        sent.ids += [event["id"] for event in batch]
                        sent.strangers.append(stranger)
                        sent.moments.append(time.time())
                        break
                time.sleep(0.1)
            else:
                return
            time.sleep(PAUSE)


def _batch(number: int, turn: int, stranger: str, sessions: list[str]) -> list[dict[str, Any]]:
    from callboard.lib import clock

    at = clock.now().isoformat()
    session = sessions[(turn * SENDERS + number) % len(sessions)]
    report = {"interval": 10, "direction": "up", "loss": 0.0, "jitter_ms": 5, "rtt_ms": 40}
    events = [{"kind": "participant.joined", "participant": stranger}] + [
        {"kind": "connection.report", "participant": stranger, "data": report} for _ in range(BATCH - 1)
    ]
    return [
        {"id": f"e-{number}-{turn}-{index}", "session": session, "at": at, **event}
        for index, event in enumerate(events)
    ]


OWNED = """
SELECT count(*) = 9 FROM callboard_live_partitionlease
WHERE owner LIKE %s AND held_until > clock_timestamp()
"""


def _owns_all(stage: Stage, engine: Victim) -> bool:
    with suppress(psycopg.Error), stage.admin() as admin:
        return admin.execute(OWNED, [f"%:{engine.pid}"]).fetchone() == (True,)
    return False


def _kill_database(stage: Stage, kills: _Kills, moment: float) -> None:
    """SIGKILL to the server itself, at seeded moments."""
    chance = stage.chance("database")
    while (pause := chance.uniform(*DATABASE_LIVES)) < moment - time.monotonic():
        time.sleep(pause)
        with suppress(psycopg.Error, OSError):
            with stage.admin() as admin:
                row = admin.execute("SHOW data_directory").fetchone()
            assert row is not None
            os.kill(int((Path(row[0]) / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            kills.database.append(time.time())
            stage.count_kill()


STRANGERS = (
    "SELECT participant, count(*) FROM callboard_cases_case WHERE kind = 'stranger' GROUP BY participant"
)


def _finish(stage: Stage, sent: _Sent) -> None:
    """Until each stranger has a case, or time is up."""
    wanted = len(set(sent.strangers))
    while stage.budget.left > 2.5:
        with suppress(psycopg.Error), stage.admin() as admin:
            if len(admin.execute(STRANGERS).fetchall()) >= wanted:
                return
        time.sleep(0.2)


RAISED = (
    "SELECT extract(epoch FROM at)::float FROM callboard_cases_caseentry WHERE kind = 'raised' ORDER BY at"
)


def _audit(stage: Stage, sent: _Sent, kills: _Kills, killing: Killing) -> Results:
    with stage.admin() as admin:
        logged = {row[0] for row in admin.execute("SELECT event_id FROM callboard_live_event")}
        cases = {str(who): int(count) for who, count in admin.execute(STRANGERS)}
        raised = [float(row[0]) for row in admin.execute(RAISED)]
    lost = [one for one in sent.ids if one not in logged]
    cases_lost = [one for one in sent.strangers if one not in cases]
    doubled = [one for one, count in cases.items() if count > 1]
    stood = _stood_still([*kills.web, *kills.database], sorted(sent.moments))
    stood += _stood_still([*kills.engine, *kills.database], raised)
    p50, most = percentiles(stood)
    results: Results = {
        "kills": stage.kills,
        "acknowledged": len(sent.ids),
        "lost": len(lost),
        "cases_expected": len(sent.strangers),
        "cases_lost": len(cases_lost),
        "cases_doubled": len(doubled),
        "recovery_p50_s": p50,
        "recovery_max_s": most,
        "killed": {"web": len(kills.web), "engine": len(kills.engine), "database": len(kills.database)},
        "points": stage.points_of((*WEB_POINTS, *ENGINE_POINTS)),
    }
    results["passed"] = (
        not lost
        and not cases_lost
        and not doubled
        and killing.enough()
        and len(sent.ids) >= ENOUGH
        and most is not None
        and most <= RECOVERED_WITHIN
    )
    return results


def _stood_still(killed: list[float], done: list[float]) -> list[float]:
    """From each kill to the next thing done; a kill after which nothing was to be done tells nothing."""
    nexts = [(moment, bisect_right(done, moment)) for moment in killed]
    return [done[index] - moment for moment, index in nexts if index < len(done)]
