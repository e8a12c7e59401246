"""A calendar as a kind of file that can be brought in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.lib import clock
from callboard.lib.errors import Invalid
from callboard.people.imports import Choices, Fault, Findings, Look, Progress
from callboard.people.roster.rows import zone as understood_zone
from callboard.sessions.operations import timetables
from callboard.sessions.operations.timetables.finding import Directory, Known
from callboard.sessions.timetables import words
from callboard.sessions.timetables.wanted import Wanted, key_of

NOBODY = "-"
"""Said of an address: leave them out."""

MOST_ADDRESSES = 500
MOST_ASKED = 100

WORDS: dict[str, str | Promise] = {
    "no_uid": lazy("The event has no UID, so it could not be known again."),
    "bad_event": lazy("The event cannot be read: its times or its rule are broken."),
    "calendar_zone": lazy("This time zone is unknown, and the calendar does not describe it."),
    "often": lazy("It repeats more often than once a day, or with an interval of nothing."),
    "no_teacher": lazy("Nobody in it is an instructor here. Say who is whom, or who teaches."),
    "no_learner": lazy("Nobody else in it is known here. Say who is whom."),
    "unknown": lazy("Not everyone in it is known here. Say who they are, or leave them out."),
}


if TYPE_CHECKING:
    from callboard.integrations.ical.reading import Occurrence, Understood


class Calendar:
    """`choices`: `zone`, of times without one; `instructor`, who teaches where no instructor is asked;
    `people`, who is meant by an address that nobody here has: an id, an address or a name, or "-" for nobody.
    """

    name = "calendar"
    permission = "sessions.book"
    title = lazy("Sessions, as a calendar (.ics)")
    accepts = ".ics"

    def fields(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return []

    def look(self, content: bytes) -> Look:
        from callboard.integrations.ical import reading  # as below: nobody waits for it who reads no calendar

        found = reading.calendars(content)
        name = next((str(each["X-WR-CALNAME"]) for each in found if "X-WR-CALNAME" in each), "")
        return Look({"zone": "", "instructor": "", "people": {}}, {"name": name[:200]})

    def checked(self, choices: Choices, before: Choices, /) -> dict[str, Any]:
        zone = str(choices.get("zone", before["zone"]))
        if zone and understood_zone(zone)[1]:
            raise Invalid(fields={"zone": _("There is no such time zone.")})
        people = choices.get("people", before["people"])
        if not isinstance(people, dict) or len(people) > MOST_ADDRESSES:
            raise Invalid(fields={"people": _("Say for each address who it is.")})
        told = {str(address)[:254]: str(word).strip()[:200] for address, word in people.items()}
        instructor = str(choices.get("instructor", before["instructor"])).strip()[:200]
        return {
            "zone": understood_zone(zone)[0] if zone else "",
            "instructor": instructor,
            "people": {address: word for address, word in told.items() if word},
        }

    def read(self, content: bytes, choices: Choices, progress: Progress, /) -> Understood:
        from callboard.integrations.ical import reading

        zone = ZoneInfo(choices["zone"] or choices["organization_zone"])
        return reading.understood(content, zone, clock.now(), lambda done: progress("reading", done, 0))

    def settle(
        self, understood: Understood, choices: Choices, progress: Progress, /, *, write: bool, skip: bool
    ) -> Findings:
        people = _People(understood.occurrences, choices)
        wanted = [one for each in understood.occurrences if (one := people.wanted(each)) is not None]
        problems = [
            Fault(each.line, each.column, each.value, str(WORDS[each.code])) for each in understood.problems
        ]
        problems += people.faults
        done = timetables.settle(wanted, len(problems), progress, write=write, skip=skip)
        faults = [
            *problems,
            *(Fault(e.line, e.column, e.value, words.problem(e.code, e.other)) for e in done.problems),
            *(Fault(e.line, e.column, e.value, e.text) for e in done.obstacles),
        ]
        found = done.findings
        found.faults = sorted(faults, key=lambda each: each.line)
        found.counts["rows"] = understood.events
        found.counts["ignored"] += sum(understood.passed.values()) + people.passed
        found.counts["left_out"] = len({each.line for each in faults})
        passed = {**understood.passed, "nobody": people.passed}
        found.samples["passed"] = {name: count for name, count in passed.items() if count}
        found.samples["unknown"] = [
            {"address": address, "name": people.names.get(address, ""), "events": count}
            for address, count in people.unknown.most_common(MOST_ASKED)
        ]
        return found


class _People:
    """Who is who in a calendar's events."""

    def __init__(self, occurrences: list[Occurrence], choices: Choices) -> None:
        self._told: dict[str, str] = choices["people"]
        self._teaches: str = choices["instructor"]
        addresses = {address for each in occurrences for address, _name in each.people}
        asked = {*addresses, *self._told.values(), self._teaches} - {""}
        self._directory = Directory(asked)
        self.names = {address: name for each in occurrences for address, name in each.people if name}
        self.unknown: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self.passed = 0
        self._said: set[tuple[int, str]] = set()

    def wanted(self, each: Occurrence) -> Wanted | None:
        """None where it concerns nobody here, or where that has to be asked; noted once for each event.

        To call one off, nobody has to be known.
        """
        if each.cancelled:
            return _wanted(each, each.title, "", ())
        if not each.people and not self._teaches:
            self.passed += 1
            return None
        found: list[Known] = []
        missing = False
        for address, _name in each.people:
            word = self._told.get(address, address)
            if word == NOBODY:
                continue
            known = self._directory.learner(word)
            if isinstance(known, str):
                missing = True
                self.unknown[address] += 1
            else:
                found.append(known)
        teacher = next((one for one in found if one.teaches), None)
        if teacher is None and self._teaches:
            named = self._directory.instructor(self._teaches)
            teacher = named if not isinstance(named, str) else None
        learners = [one.key for one in found if teacher is None or one.pk != teacher.pk]
        if missing:
            self._fault(each, "ATTENDEE", "unknown")
            return None
        if teacher is None:
            self._fault(each, "ORGANIZER", "no_teacher")
            return None
        if not learners:
            self._fault(each, "ATTENDEE", "no_learner")
            return None
        return _wanted(each, each.title or teacher.name, teacher.key, tuple(dict.fromkeys(learners)))

    def _fault(self, each: Occurrence, column: str, code: str) -> None:
        if (each.line, code) not in self._said:
            self._said.add((each.line, code))
            self.faults.append(Fault(each.line, column, each.title[:100], str(WORDS[code])))


def _wanted(each: Occurrence, title: str, instructor: str, learners: tuple[str, ...]) -> Wanted:
    return Wanted(
        line=each.line,
        key=key_of("ical", each.uid, each.occasion),
        title=title,
        starts_at=each.starts_at,
        ends_at=each.ends_at,
        instructor=instructor,
        learners=learners,
        series=key_of("ical", each.uid) if each.occasion else "",
        cancelled=each.cancelled,
        url=each.url,
    )
