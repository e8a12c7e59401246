"""Keeps the day going: books what comes next, half an hour ahead, as long as one watches."""

from __future__ import annotations

from callboard.demo.school.population import School
from callboard.demo.school.timetable import Lesson, WatchedDay
from callboard.demo.stage.day import BOOKED_AHEAD
from callboard.demo.stage.sessions import book_around
from callboard.lib.tenancy import organization_scope
from callboard.people.models import Person
from callboard.sessions.models import Session

AT_ONCE = 40


class Booker:
    """Books the lessons of a watched day as they come near. What people have booked before goes first."""

    def __init__(self, organization: int, school: School, began: int, seed: int) -> None:
        self._organization = organization
        self._day = WatchedDay(school, began, seed)
        self._day.until(began + BOOKED_AHEAD)  # booked when the school was built
        self._waiting: list[Lesson] = []
        self._people: dict[str, int] = {}

    def book(self, now: int) -> None:
        """Book what begins within the time ahead, a part of it at each call."""
        if not self._waiting:
            self._waiting = self._day.until(now + BOOKED_AHEAD)
        part, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        if not part:
            return
        with organization_scope(self._organization):
            if not self._people:
                self._people = dict(Person.objects.values_list("key", "pk"))
            known = set(
                Session.objects.filter(key__in=[each.key for each in part]).values_list("key", flat=True)
            )
            part = [lesson for lesson in part if lesson.key not in known and lesson.starts > now]
        book_around(self._organization, part, self._people, {lesson.key for lesson in part})
