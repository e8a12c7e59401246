"""The simulated school: the same from the same seed, and possible."""

from __future__ import annotations

import itertools
from collections import defaultdict
from zoneinfo import ZoneInfo

import pytest

from callboard.demo.school.population import School, populate
from callboard.demo.school.timetable import HOUR, MINUTE, Lesson, WatchedDay, working_day

MONDAY = 1_793_577_600_000
NOON = MONDAY + 12 * HOUR + 23_456


@pytest.fixture(scope="module")
def school() -> School:
    return populate(60, seed=4)


def clashes(lessons: list[Lesson]) -> list[tuple[str, str]]:
    """Pairs of lessons that want one person at once, the instructor's buffers on both sides included."""
    of_each: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for lesson in lessons:
        buffer = lesson.group.teacher.buffer_minutes * MINUTE
        of_each[lesson.instructor].append((lesson.starts - buffer, lesson.ends + buffer, lesson.key))
        for learner in lesson.learners:
            of_each[learner].append((lesson.starts, lesson.ends, lesson.key))
    found = []
    for spans in of_each.values():
        spans.sort()
        found += [(one[2], next_[2]) for one, next_ in itertools.pairwise(spans) if next_[0] < one[1]]
    return found


def test_the_same_seed_makes_the_same_school_and_another_makes_another(school: School) -> None:
    assert populate(60, seed=4) == school
    assert populate(60, seed=5) != school


def test_people_have_keys_and_addresses_of_their_own_and_zones_that_exist(school: School) -> None:
    people = [teacher.person for teacher in school.teachers]
    people += [learner.person for learner in school.learners] + list(school.guardians)
    assert len({person.key for person in people}) == len(people)
    assert len({person.email for person in people}) == len(people)
    assert all(ZoneInfo(person.zone) for person in people)
    assert all(person.email.isascii() and len(person.name.split()) >= 2 for person in people)
    assert len({person.zone for person in people}) > 15


def test_every_student_has_a_guardian_who_is_there_and_some_share_one(school: School) -> None:
    known = {guardian.key for guardian in school.guardians}
    assert all(learner.guardians and known.issuperset(learner.guardians) for learner in school.learners)
    answered_for = [key for learner in school.learners for key in learner.guardians]
    assert len(set(answered_for)) < len(answered_for)


def test_instructors_teach_what_they_know(school: School) -> None:
    for group in school.groups:
        assert group.subject.skill(group.level) in group.teacher.skills


def test_a_working_day_has_as_many_lessons_as_asked_for_and_books_nobody_twice(school: School) -> None:
    lessons = working_day(school, MONDAY, 150, seed=2)
    assert len(lessons) == 150
    assert clashes(lessons) == []
    assert all(MONDAY + 8 * HOUR <= lesson.starts < lesson.ends <= MONDAY + 20 * HOUR for lesson in lessons)
    assert lessons == working_day(school, MONDAY, 150, seed=2)


def test_a_watched_day_goes_on_for_hours_without_booking_anybody_twice(school: School) -> None:
    day = WatchedDay(school, NOON, seed=1)
    lessons = [lesson for step in range(13) for lesson in day.until(NOON + step * 15 * MINUTE)]
    assert len({lesson.key for lesson in lessons}) == len(lessons)
    assert clashes(lessons) == []
    for step in range(0, 180, 10):
        moment = NOON + step * MINUTE
        live = sum(lesson.starts <= moment < lesson.ends for lesson in lessons)
        assert 0.7 * 60 < live < 0.97 * 60, f"{live} of 60 instructors teach after {step} min"


def test_a_watched_day_is_the_same_however_it_is_cut_up(school: School) -> None:
    at_once = WatchedDay(school, NOON, seed=1).until(NOON + HOUR)
    day = WatchedDay(school, NOON, seed=1)
    in_parts = [lesson for step in range(1, 7) for lesson in day.until(NOON + step * 10 * MINUTE)]
    assert sorted(in_parts, key=lambda each: each.key) == sorted(at_once, key=lambda each: each.key)


def test_nobody_is_recorded_who_has_not_agreed(school: School) -> None:
    lessons = WatchedDay(school, NOON, seed=1).until(NOON + HOUR)
    recorded = [lesson for lesson in lessons if lesson.recording]
    assert recorded
    assert all(lesson.group.may_record and lesson.node.recorders for lesson in recorded)
