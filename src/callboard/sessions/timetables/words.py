"""Timetables in words: what the fields are called, and what is wrong with a cell."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from callboard.people.roster import words as people

FIELD_NAMES: dict[str, str | Promise] = {
    "id": lazy("Id in your system"),
    "title": lazy("Title"),
    "subject": lazy("Subject"),
    "level": lazy("Level"),
    "starts_at": lazy("Start: day and time"),
    "date": lazy("Day"),
    "time": lazy("Time of day"),
    "ends_at": lazy("End: day and time"),
    "end_time": lazy("End: time of day"),
    "minutes": lazy("Length in minutes"),
    "zone": lazy("Time zone"),
    "instructor": lazy("Instructor"),
    "learners": lazy("Learners"),
    "repeats": lazy("Repeats"),
    "until": lazy("Repeats until"),
    "recording": lazy("Record it"),
    "link": lazy("Link of its room"),
    "state": lazy("Called off"),
    "reason": lazy("Reason"),
}

PROBLEMS: dict[str, str | Promise] = {
    "moment": lazy("This is no day with a time. It is written as 2026-09-01 16:00."),
    "length": lazy("It must end after it begins, within a day; or say its length in minutes."),
    "state": lazy("Write confirmed or cancelled."),
    "link": lazy("This is no link. It begins with https://."),
    "no_instructor": lazy("A session needs an instructor."),
    "no_learner": lazy("A session needs at least one learner."),
    "repeats": lazy("Write weekly, fortnightly, or an RRULE of at most 400 sessions."),
    "twice": lazy("Row %(other)s is the same session."),
    "nobody": lazy("Nobody here has this id, address or name."),
    "archived": lazy("They are in the archive. Restore them first, where they are back."),
    "several": lazy("Several people here could be this one. Give their id."),
    "no_teacher": lazy("They are here, and are no instructor."),
    "both": lazy("The instructor cannot be a learner of the same session."),
}


def problem(code: str, other: int | str = "") -> str:
    return str(PROBLEMS[code]) % {"other": other} if code in PROBLEMS else people.problem(code, other)
