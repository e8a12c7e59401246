"""The whole school, from nothing to a day under way.

1. Who there is and when they meet is made up, from the seed (`day`).
2. It is written as if it had been a while ago: people, queues, the day's sessions with their promises. What
   begins only later and goes well is left for when it answers (`book_later`), so that it answers sooner.
3. Logins and keys are made.
4. One lesson that is about to begin is booked for a real room, where there are such (`real`): nobody plays
   it, and its people come for real, or not at all.
5. What has happened until now goes to the log (`catch_up`, right before the engine starts).
Any failure leaves a database that the next start makes anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from callboard.cases.operations import create_default_queues
from callboard.demo.play.script import MINUTE
from callboard.demo.school.population import School
from callboard.demo.school.timetable import Lesson, Node
from callboard.demo.stage import history
from callboard.demo.stage.day import WatchedScripts, opened
from callboard.demo.stage.people import Entrances, write_entrances, write_people
from callboard.demo.stage.sessions import book_around, book_lessons, moment, react
from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.people.models import Person
from callboard.people.operations import create_organization

BOOKED_BEFORE = timedelta(hours=26)  # how long ago it all was booked
AT_FIRST = 10 * MINUTE
"""What begins within it is booked before it answers. People come up to four minutes early, so that what is
booked after has minutes until anything happens in it."""
PER_TURN = 40  # lessons that are booked at once while people use it already: they wait for no more than that
SOON, LASTS = 8 * MINUTE, 20 * MINUTE  # when the lesson in a real room begins, and for how long, at least
REAL = Node("livekit", None, None, 0)
SPARSE = frozenset({"large"})  # sizes whose history is told in few words

Say = Callable[[str], None]


@dataclass(frozen=True)
class Built:
    """What was built: the organization's id, how to get in, and the day that goes on."""

    organization: int
    entrances: Entrances
    day: WatchedScripts
    real: str | None = None
    """The session that is held in a real room."""
    later: tuple[Lesson, ...] = ()
    """What is still to be booked, the soonest first. The provider plays it once it is in the timetable."""


def now_ms() -> int:
    return round(clock.now().timestamp() * 1000)


def build(school: School, size: str, seed: int, say: Say, *, real: bool = False) -> Built:
    """Write the school round this very moment. Opens its own transactions."""
    now = now_ms()
    say("Making up its day")
    lessons, day = opened(school, size, seed, now)
    held = _about_to_begin(lessons, day) if real else None
    if held is not None:
        lessons.remove(held)
        del day.scripts[held.key]
    lessons, later = _at_first(lessons, day)
    without_room = {
        fault.session or "" for fault in day.faults for due in fault.dues if due.kind == "room_not_ready"
    }
    with clock.using(clock.VirtualClock(moment(now) - BOOKED_BEFORE)):
        organization = create_organization(school.name, school.slug, school.zone)
        with organization_scope(organization.pk):
            create_default_queues()
            say("Writing its people")
            people = write_people(school)
        say("Booking its day")
        with organization_scope(organization.pk):
            book_lessons(lessons, people, without_room)
        react()
    booked = now - round(BOOKED_BEFORE.total_seconds() * 1000)
    day.scripts = {
        key: script if key in without_room else replace(script, ready=booked)
        for key, script in day.scripts.items()
    }
    with organization_scope(organization.pk):
        entrances = write_entrances(organization, _a_good_one(lessons, day))
        if held is not None:
            book_lessons([replace(held, node=REAL)], people, {held.key})
    return Built(organization.pk, entrances, day, held.key if held is not None else None, tuple(later))


def book_later(built: Built, interrupted: Callable[[], bool] = lambda: False) -> None:
    """Book what was left, with rooms that stand, while people use it already. Opens its own transactions."""
    with organization_scope(built.organization):
        people = dict(Person.objects.values_list("key", "pk"))
    for start in range(0, len(built.later), PER_TURN):
        if interrupted():
            return
        book_around(built.organization, built.later[start : start + PER_TURN], people)


def _at_first(lessons: list[Lesson], day: WatchedScripts) -> tuple[list[Lesson], list[Lesson]]:
    """The lessons that have to be there when it answers, and the others, whose scripts are left out."""
    troubled = _troubled(day)
    later = [each for each in lessons if each.starts > day.began + AT_FIRST and each.key not in troubled]
    for lesson in later:
        del day.scripts[lesson.key]
    return [each for each in lessons if each.key in day.scripts], later


def _about_to_begin(lessons: list[Lesson], day: WatchedScripts) -> Lesson:
    """A lesson without trouble that begins in a minute or a few, lasts, and may be recorded."""
    troubled = _troubled(day)
    coming = [each for each in lessons if each.starts > day.began + MINUTE and each.key not in troubled]
    soon = [each for each in coming if each.starts < day.began + SOON and each.ends > each.starts + LASTS]
    return min(soon or coming, key=lambda each: (not each.recording, each.starts))


def _a_good_one(lessons: list[Lesson], day: WatchedScripts) -> Lesson:
    """A lesson that is live and goes well, in which someone has a guardian."""
    troubled = _troubled(day)
    for lesson in lessons:
        live = lesson.starts + 2 * MINUTE < day.began < lesson.ends - 8 * MINUTE
        if live and lesson.key not in troubled and lesson.group.learners[0].guardians:
            return lesson
    return next(lesson for lesson in lessons if lesson.group.learners[0].guardians)


def _troubled(day: WatchedScripts) -> set[str]:
    """The sessions in which something goes wrong."""
    return {due.session or fault.session or "" for fault in day.faults for due in fault.dues}


def catch_up(ingest_url: str, built: Built) -> int:
    """Let the log know all that has happened until now; answers how many events that is."""
    day, now = built.day, now_ms()
    scripts = list(day.scripts.values())
    since = min(script.starts for script in scripts) - 30 * MINUTE  # rooms have stood since they were booked
    told = [
        *history.until(scripts, since, now, closely=_troubled(day), sparse=day.size in SPARSE),
        *history.polls(scripts, now - 90 * MINUTE, now),
    ]
    told.sort(key=lambda each: each.at)
    day.played_until = now
    return history.write(ingest_url, built.organization, told)
