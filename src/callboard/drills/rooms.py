"""`callboard drill rooms`: of two real LiveKit servers one is killed in mid-lesson, again and again.

1. The product runs: web, engine, worker, our own recorder, and two servers whose webhooks reach it. Lessons
   begin, each with an instructor and two learners, who come in by their join links and hum.
2. Once all are together and recorded, the server that has the lessons is killed. How long it takes until
   everybody sees everybody again, on the other, is told by the people themselves; how much the recorder
   missed meanwhile, by the evidence: seconds recorded are seconds heard.
3. The killed one starts again. Once our books have it back, the other one is next, as often as time allows;
   each at most once in two minutes, since what begins within two minutes is one incident by rule.
4. The audit, in its own SQL: one incident for each kill and none besides, closed each time; every lesson in
   as many rooms as there were kills and one; nothing left open.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from callboard.drills._frame import Results, Stage, Victim, percentiles

LESSONS = 3
LEARNERS = 2
TOGETHER_WITHIN = 90.0  # seconds given to a move before it counts as failed
PROMISED = 30.0  # seconds, of the median
SETTLES = 45.0  # seconds given to a server to be back in the books, and to a recorder
DRAIN = 4.0  # seconds kept for the audit
WARMTH = 2.0  # seconds of being together before the next kill
APART = 125.0  # seconds between kills of the same server

MOST_KILLS = "CALLBOARD_DRILL_MOST_KILLS"

OPEN_INCIDENTS = (
    "SELECT count(*) FROM callboard_cases_incident WHERE cleared_at IS NULL AND withdrawn_at IS NULL"
)
INCIDENTS = """
SELECT key, kind, cleared_at IS NOT NULL,
       (SELECT count(*) FROM callboard_cases_case WHERE incident_id = incident.id)
FROM callboard_cases_incident AS incident WHERE withdrawn_at IS NULL ORDER BY raised_at
"""
ROOMS = """
SELECT session.key, room.external_id, room.generation, room.node, server.id
FROM callboard_sessions_room AS room
JOIN callboard_sessions_session AS session ON session.id = room.session_id
LEFT JOIN callboard_sessions_server AS server ON server.id = room.server_id
"""
PROGRESS = """
SELECT session, extract(epoch FROM at)::float8, (data::jsonb ->> 'seconds')::float8
FROM callboard_live_event WHERE kind = 'recording.progress' ORDER BY session, at
"""
DOWN = "SELECT count(*) FROM callboard_sessions_server WHERE down_at IS NOT NULL"
CASES = """
SELECT count(*), kind, status, raised_at FROM callboard_cases_case
GROUP BY kind, status, raised_at ORDER BY raised_at
"""
STANDING = """
SELECT kind, count(*) FROM callboard_cases_case WHERE over_at IS NULL GROUP BY kind
"""


@dataclass
class _Lessons:
    """What the people said last: by session and person, the room and whom they see there."""

    place: Path
    people: dict[str, set[str]]
    _read: int = 0
    _last: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def listen(self) -> None:
        with suppress(FileNotFoundError), self.place.open("rb") as said:
            said.seek(self._read)
            for line in said:
                if not line.endswith(b"\n"):
                    return
                self._read += len(line)
                with suppress(ValueError):
                    one = json.loads(line)
                    self._last[one["session"], one["person"]] = one

    def together_at(self, rooms: dict[str, str]) -> float | None:
        """Since when each lesson's people all see each other in its room; None while some do not."""
        self.listen()
        latest = 0.0
        for session, people in self.people.items():
            for person in people:
                said = self._last.get((session, person))
                if said is None or not str(said["room"]).endswith(rooms[session]):
                    return None
                if set(said["sees"]) != people - {person}:
                    return None
                latest = max(latest, said["at"])
        return latest


@dataclass
class _Figures:
    """In seconds from each kill. `killed`: when each server last was (time.monotonic)."""

    killed: dict[str, float] = field(default_factory=dict)
    together: list[float] = field(default_factory=list)
    unheard: list[float] = field(default_factory=list)
    never: int = 0
    deaths: int = 0


def run(stage: Stage) -> Results:
    """Play it (see the module's docstring)."""
    school = _School.build(stage)
    figures = _Figures()
    for victim in (*school.servers.values(), *school.product):
        victim.start()
    with stage.admin() as admin:
        _until(stage, lambda: _standing(admin, school), SETTLES)
        school.classroom.start()
        _until(stage, lambda: school.lessons.together_at(_rooms(admin)) is not None, TOGETHER_WITHIN)
        _until(stage, lambda: _recorded_since(admin, school, school.began), SETTLES)
        stage.say(f"drill rooms: everybody is in after {stage.budget.elapsed:.0f} s")
        while (moment := _next_kill(stage, admin, figures)) is not None:
            time.sleep(max(WARMTH, moment - time.monotonic()))
            _kill_one(stage, admin, school, figures)
        return _audit(stage, admin, school, figures)


def _next_kill(stage: Stage, admin: psycopg.Connection[Any], figures: _Figures) -> float | None:
    """When the server that now has the lessons may be killed; None where too little time is left after it.

    The first kill always; then there must be as long as it takes as a rule to move and to come back.
    """
    if stage.kills >= int(os.environ.get(MOST_KILLS, "1000")):
        return None
    moment = max(time.monotonic(), figures.killed.get(_node(admin), 0.0) + APART)
    usual = max([20.0, *figures.together]) + 15.0 + DRAIN
    return moment if not stage.kills or moment + usual < stage.budget.reserve(0.0) else None


def _node(admin: psycopg.Connection[Any]) -> str:
    """Where the lessons are."""
    return str(next(iter(admin.execute(ROOMS.encode())))[3])


def _kill_one(stage: Stage, admin: psycopg.Connection[Any], school: _School, figures: _Figures) -> None:
    """The server on which the lessons are."""
    node = _node(admin)
    victim = school.servers[node]
    at, figures.killed[node] = time.time(), time.monotonic()
    victim.kill()

    def moved_on() -> bool:
        if not school.classroom.alive():
            # Their own program died, which is no part of the trial: they come in anew.
            figures.deaths += 1
            school.classroom.start()
        return _moved_from(admin, node) and _together_since(admin, school, at)

    moved = _until(stage, moved_on, TOGETHER_WITHIN)
    together = school.lessons.together_at(_rooms(admin)) if moved else None
    if together is None:
        figures.never += 1
    else:
        figures.together.append(together - at)
        stage.say(f"drill rooms: {node} killed, together again after {together - at:.1f} s")
        if _until(stage, lambda: _recorded_since(admin, school, together), SETTLES):
            figures.unheard.append(_unheard(admin, at, together))
    victim.start()
    _until(stage, lambda: _count(admin, DOWN) == 0, SETTLES)
    _until(stage, lambda: _count(admin, OPEN_INCIDENTS) == 0, SETTLES)


def _together_since(admin: psycopg.Connection[Any], school: _School, at: float) -> bool:
    found = school.lessons.together_at(_rooms(admin))
    return found is not None and found > at


def _moved_from(admin: psycopg.Connection[Any], node: str) -> bool:
    return all(row[3] != node for row in admin.execute(ROOMS.encode()))


def _rooms(admin: psycopg.Connection[Any]) -> dict[str, str]:
    return {row[0]: row[1] for row in admin.execute(ROOMS.encode())}


def _standing(admin: psycopg.Connection[Any], school: _School) -> bool:
    rooms = _rooms(admin)
    return len(rooms) == len(school.lessons.people) and all(rooms.values())


def _progress(admin: psycopg.Connection[Any]) -> dict[str, list[tuple[float, float]]]:
    """By lesson, in order: when a recorder told of how many seconds."""
    found: dict[str, list[tuple[float, float]]] = {}
    for session, at, seconds in admin.execute(PROGRESS.encode()):
        found.setdefault(session, []).append((at, seconds))
    return found


def _recorded_since(admin: psycopg.Connection[Any], school: _School, at: float) -> bool:
    """Whether every lesson has shown a recorder at work since then."""
    told = _progress(admin)
    return all(told.get(session, [(0.0, 0.0)])[-1][0] > at for session in school.lessons.people)


def _unheard(admin: psycopg.Connection[Any], killed: float, together: float) -> float:
    """Seconds around the kill that were not recorded, of the lesson that lost most."""
    lost = []
    for told in _progress(admin).values():
        before = max((one for one in told if one[0] <= killed), default=told[0])
        after = min(one for one in told if one[0] > together)
        lost.append((after[0] - before[0]) - (after[1] - before[1]))
    return max(lost)


def _count(admin: psycopg.Connection[Any], query: str) -> int:
    row = admin.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def _until(stage: Stage, holds: Callable[[], object], within: float) -> bool:
    """Wait until it holds, at most so long, and not past the whole command's time."""
    deadline = min(time.monotonic() + within, stage.budget.reserve(DRAIN))
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return bool(holds())


def _audit(stage: Stage, admin: psycopg.Connection[Any], school: _School, figures: _Figures) -> Results:
    incidents = list(admin.execute(INCIDENTS.encode()))
    expected = [row for row in incidents if row[1] == "room_lost" and row[2]]
    for row in incidents:
        stage.say(
            f"drill rooms: incident {row[0]} ({row[1]}), {'cleared' if row[2] else 'open'}, {row[3]} cases"
        )
    for row in admin.execute(CASES.encode()):
        stage.say(f"drill rooms: {row[0]} cases of {row[1]}, {row[2]}, raised at {row[3]:%H:%M:%S}")
    generations = [row[2] for row in admin.execute(ROOMS.encode())]
    together_p50, together_max = percentiles(figures.together)
    unheard_p50, unheard_max = percentiles(figures.unheard)
    results: Results = {
        "kills": stage.kills,
        "lessons": len(school.lessons.people),
        "people": sum(len(people) for people in school.lessons.people.values()),
        "together_p50_s": together_p50,
        "together_max_s": together_max,
        "never_together": figures.never,
        "unheard_p50_s": unheard_p50,
        "unheard_max_s": unheard_max,
        "recordings_gone_on": len(figures.unheard),
        "incidents": len(incidents),
        "incidents_as_expected": len(expected),
        "participants_died": figures.deaths,
        "rooms_opened": sum(generations),
        "cases_standing": dict(admin.execute(STANDING.encode())),
    }
    results["passed"] = (
        stage.kills > 0
        and not figures.never
        and together_p50 is not None
        and together_p50 <= PROMISED
        and len(figures.unheard) == stage.kills
        and len(incidents) == len(expected) == stage.kills
        and set(generations) == {stage.kills + 1}
    )
    return results


@dataclass
class _School:
    """All that runs, and the lessons."""

    servers: dict[str, Victim]
    product: list[Victim]
    classroom: Victim
    lessons: _Lessons
    began: float

    @classmethod
    def build(cls, stage: Stage) -> _School:
        from callboard.integrations.livekit import binary
        from callboard.lib.postgres.processes import free_port
        from callboard.lib.processes import programs

        port = free_port()
        program = binary.have(stage.say)
        began = time.time()
        organization, people = _enroll()
        servers = {
            name: stage.victim(name, _server(stage, organization, program, name, port))
            for name in ("madrid", "lisbon")
        }
        sessions, pupils = _book(organization, people, port)
        place = stage.data_dir / "people.json"
        place.write_text(json.dumps(pupils))
        place.chmod(0o600)
        classroom = stage.victim(
            "classroom", [sys.executable, "-m", "callboard.drills._classroom", str(place)]
        )
        product = [
            stage.victim("web", programs.web("127.0.0.1", port).command),
            stage.victim("engine", programs.engine().command),
            stage.victim("worker", programs.worker().command),
            stage.victim("recorder", programs.command("recorder", "--data-dir", str(stage.data_dir))),
        ]
        log = stage.data_dir / "logs" / "classroom.log"
        return cls(servers, product, classroom, _Lessons(log, sessions), began)


def _enroll() -> tuple[int, list[Any]]:
    from callboard.lib.tenancy import organization_scope
    from callboard.people import operations as people
    from callboard.sessions.operations.recorders import set_recording_policy

    organization = people.create_organization("Drill", "drill").pk
    drafts = []
    for number in range(LESSONS):
        drafts.append(people.Draft(name=f"Instructor {number}", skills=["maths:8"], consents=("recording",)))
        drafts += [
            people.Draft(name=f"Learner {number}.{n}", level="8", consents=("recording",))
            for n in range(LEARNERS)
        ]
    with organization_scope(organization):
        set_recording_policy({"own": "beside"})
        return organization, people.create_people(drafts)


def _server(stage: Stage, organization: int, program: Path, name: str, port: int) -> list[str]:
    """Set it up in the product's books; answers the command that runs it."""
    from callboard.integrations.livekit import server
    from callboard.lib import sealing
    from callboard.lib.tenancy import organization_scope
    from callboard.sessions.models import Server

    keys, place = server.new_keys(), server.place()
    with organization_scope(organization):
        row = Server.objects.create(
            slug=name,
            name=name.title(),
            kind="livekit",
            settings={"url": place.url, "api_key": keys.key, "egress": "no"},
            sealed=sealing.seal(json.dumps({"api_secret": keys.secret})),
            position=0 if name == "madrid" else 1,
        )
        hook = f"http://127.0.0.1:{port}/hooks/livekit/{row.hook_token()}"
    return list(server.program(program, stage.data_dir, place, keys, hook, name=name).command)


def _book(
    organization: int, people: list[Any], port: int
) -> tuple[dict[str, set[str]], list[dict[str, Any]]]:
    """Lessons that run now; by session the people's ids, and what each needs to come in."""
    from callboard.lib import clock
    from callboard.lib.tenancy import organization_scope
    from callboard.sessions.models import ConfirmedDevice
    from callboard.sessions.operations import Booking, book, links

    begins = clock.now().replace(microsecond=0)
    sessions: dict[str, set[str]] = {}
    pupils = []
    size = LEARNERS + 1
    with organization_scope(organization):
        for number in range(LESSONS):
            mine = people[number * size : (number + 1) * size]
            session = book(
                Booking(
                    title="Drill",
                    starts_at=begins,
                    ends_at=begins + timedelta(hours=2),
                    instructor=mine[0].pk,
                    learners=[each.pk for each in mine[1:]],
                    recording_wanted=True,
                    provider="livekit",
                )
            )
            sessions[session.key] = {each.key for each in mine}
            for person in mine:
                secret = secrets.token_urlsafe(32)
                kept = hashlib.sha256(secret.encode()).hexdigest()
                ConfirmedDevice.objects.create(person=person, token_hash=kept)
                door = f"http://127.0.0.1:{port}{links.path_for(person.pk, session.key)}"
                cookie = {f"door-{organization}-{person.pk}": secret}
                pupils.append({"session": session.key, "person": person.key, "door": door, "cookie": cookie})
    return sessions, pupils
