"""The last thirty days of the simulated school, as far as rules are tried on them: its closed sessions.

One school day with its faults is played, and told of again and again with other lessons left out, so that it
takes seconds. What is kept of each session to judge it again is there; cases, promises and words are not.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from psycopg.types.range import TimestamptzRange

from callboard.demo.detection.day import Day, plan_of
from callboard.demo.detection.delivery import arrivals
from callboard.demo.faults.catalogue import STAGERS
from callboard.demo.play.cast import cast
from callboard.demo.school.population import School
from callboard.demo.school.timetable import DAY, Lesson, working_day
from callboard.demo.stage.sessions import moment
from callboard.lib.ids import session_key
from callboard.lib.tenancy import organization_scope
from callboard.live import signals
from callboard.live.engine.events import LogEvent
from callboard.live.models import Signals
from callboard.people.models import Person
from callboard.sessions.models import Participant, Session, SessionStatus

DAYS = 30
LESSONS = 40  # on the day that is played
SHARE = 0.6  # of them held on each day
EACH_KIND = 2  # faults on the day that is played


def write_past(organization: int, school: School, now: int, seed: int) -> int:
    """Write them up to the day before `now`, in milliseconds; answers how many sessions. Opens its own
    transaction.
    """
    midnight = now - now % DAY - DAY
    lessons = working_day(school, midnight, LESSONS, seed)
    kept = _played(lessons, midnight, seed)
    rng = random.Random(f"past {seed}")
    sessions: list[Session] = []
    seats: list[Participant] = []
    rows: list[Signals] = []
    with organization_scope(organization):
        people = dict(Person.objects.values_list("key", "pk"))
        for days in range(DAYS):
            for lesson in lessons:
                if rng.random() < SHARE and lesson.key in kept:
                    session = _session(replace(lesson, key=session_key()), days)
                    sessions.append(session)
                    seats += _seats(session, lesson, people)
                    data = signals.moved(kept[lesson.key], -days * DAY * 1000)
                    rows.append(Signals(session=session, closed_at=session.ends_at, position=0, data=data))
        Session.objects.bulk_create(sessions)
        Participant.objects.bulk_create(seats)
        Signals.objects.bulk_create(rows)
    return len(sessions)


def _played(lessons: list[Lesson], midnight: int, seed: int) -> dict[str, bytes]:
    """What is kept of each lesson of the day, with a few faults of every kind in them."""
    rng = random.Random(f"past faults {seed}")
    day = Day(midnight)
    for lesson in lessons:
        plan = plan_of(lesson)
        day.plans[plan.session], day.scripts[plan.session] = plan, cast(plan, seed)
    for stagers in STAGERS.values():
        count = 0
        for session in rng.sample(sorted(day.scripts), len(day.scripts)):
            staged = rng.choice(stagers)(day.scripts[session], rng, (midnight, midnight + DAY))
            if staged is not None and count < EACH_KIND:
                day.scripts[session] = staged[0]
                count += 1
    told: dict[str, list[LogEvent]] = {}
    for _, event in arrivals(day, seed):
        if event.kind != "provider.polled":
            told.setdefault(event.session, []).append(event)
    return {session: signals.pack(events) for session, events in told.items()}


def _session(lesson: Lesson, days: int) -> Session:
    starts, ends = moment(lesson.starts) - timedelta(days=days), moment(lesson.ends) - timedelta(days=days)
    return Session(
        key=lesson.key, title=lesson.group.title, subject=lesson.group.subject.name,
        level=lesson.group.level, starts_at=starts, ends_at=ends, status=SessionStatus.ENDED,
        provider=lesson.node.provider, started_at=starts, ended_at=ends,
        created_at=starts - timedelta(days=1), recording_wanted=lesson.recording,
    )  # fmt: skip


def _seats(session: Session, lesson: Lesson, people: dict[str, int]) -> list[Participant]:
    busy = TimestamptzRange(session.starts_at, session.ends_at)
    roles = [(lesson.instructor, "instructor"), *((key, "learner") for key in lesson.learners)]
    return [Participant(session=session, person_id=people[key], role=role, busy=busy) for key, role in roles]
