"""The lessons booked, as if some time ago."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from callboard.demo.school.timetable import Lesson
from callboard.lib.errors import CallboardError
from callboard.lib.tenancy import organization_scope
from callboard.sessions.operations import Booking, book_many
from callboard.sessions.ports import RoomInfo
from callboard.workflows import prepare_session

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = 2_000


def moment(at: int) -> datetime:
    """Milliseconds since 1970, as a datetime."""
    return _EPOCH + timedelta(milliseconds=at)


def room_of(key: str, region: str | None, node: str | None) -> RoomInfo:
    """The room that the simulated provider has for a session."""
    name = key.removeprefix("ses_")
    return RoomInfo(f"room-{name}", f"https://rooms.school.example/{name}", region or "", node or "")


def booking(lesson: Lesson, people: Mapping[str, int], *, room: bool) -> Booking:
    group = lesson.group
    return Booking(
        title=group.title,
        subject=group.subject.name,
        level=group.level,
        starts_at=moment(lesson.starts),
        ends_at=moment(lesson.ends),
        instructor=people[lesson.instructor],
        learners=[people[key] for key in lesson.learners],
        recording_wanted=lesson.recording,
        provider=lesson.node.provider,
        key=lesson.key,
        room=room_of(lesson.key, lesson.node.region, lesson.node.name) if room else None,
    )


def book_lessons(
    lessons: Sequence[Lesson], people: Mapping[str, int], without_room: Collection[str] = ()
) -> None:
    """Book them, with rooms that stand but for some. Needs the organization's scope."""
    for start in range(0, len(lessons), AT_ONCE):
        book_many(
            [
                booking(lesson, people, room=lesson.key not in without_room)
                for lesson in lessons[start : start + AT_ONCE]
            ]
        )


def book_around(
    organization: int,
    lessons: Sequence[Lesson],
    people: Mapping[str, int],
    without_room: Collection[str] = (),
) -> None:
    """Book them together, or, where one of them is in the way of what others booked, each by itself; what
    others booked goes first. Opens its own transactions.
    """
    if not lessons:
        return
    try:
        with organization_scope(organization):
            book_lessons(lessons, people, without_room)
    except CallboardError:
        if len(lessons) > 1:
            for lesson in lessons:
                book_around(organization, [lesson], people, without_room)


def react() -> None:
    """Do what booking put in line, here and at the clock's own now, before any worker comes.

    Else the evidence of rooms that have stood for a day would be received only today.
    """
    task = prepare_session.booked
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s RETURNING args", [task.name])
        waiting = [json.loads(args) if isinstance(args, str) else args for (args,) in cursor.fetchall()]
        for arguments in waiting:
            task(**arguments)
