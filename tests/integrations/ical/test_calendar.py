"""Sessions out of a calendar: repeated, moved, called off, and known again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callboard.integrations.ical import reading
from callboard.integrations.ical.reading import Understood
from callboard.lib import clock
from callboard.lib.sheets import BadFile
from callboard.people import operations as people
from callboard.sessions.models import Session
from tests.people.rosters.conftest import BringIn, bring_in, nora

__all__ = ["bring_in", "nora"]
pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")
DAY = (clock.now() + timedelta(days=30)).strftime("%Y%m%d")
PEOPLE = (
    "ORGANIZER;CN=Marta:mailto:Marta@m.example\n"
    "ATTENDEE;CN=Joan:mailto:joan@s.example\n"
    "ATTENDEE;CUTYPE=ROOM:mailto:room@m.example\n"
)


def calendar(*events: str, head: str = "") -> bytes:
    text = "".join(f"BEGIN:VEVENT\n{each.strip()}\nEND:VEVENT\n" for each in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//tests//EN\n{head}{text}END:VCALENDAR\n".encode()


def event(day: str = DAY, uid: str = "u1", hour: str = "160000", more: str = "", who: str = PEOPLE) -> str:
    return f"UID:{uid}\nSUMMARY:Algebra\nDTSTART;TZID=Europe/Madrid:{day}T{hour}\nDURATION:PT1H\n{who}{more}"


def read(content: bytes) -> Understood:
    return reading.understood(content, MADRID, NOW, lambda _done: None)


@pytest.fixture
def school(in_organization: Any) -> None:
    people.create_people(
        [
            people.Draft(name="Marta Vidal", email="marta@m.example", skills=()),
            people.Draft(name="Joan Serra", email="joan@s.example", level="8"),
        ]
    )


def test_four_o_clock_stays_four_o_clock_when_clocks_change() -> None:
    found = read(calendar(event("20270321", more="RRULE:FREQ=WEEKLY;COUNT=3")))
    assert [f"{each.starts_at.astimezone(MADRID):%d %H:%M}" for each in found.occurrences] == [
        "21 16:00", "28 16:00", "04 16:00"
    ]  # fmt: skip
    assert {each.starts_at.hour for each in found.occurrences} == {14, 15}


def test_one_of_a_series_is_moved_one_called_off_and_one_taken_out() -> None:
    found = read(
        calendar(
            event("20261201", more="RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Madrid:20261208T160000"),
            event("20261216", hour="180000", more="RECURRENCE-ID;TZID=Europe/Madrid:20261215T160000", who=""),
            event("20261222", more="RECURRENCE-ID;TZID=Europe/Madrid:20261222T160000\nSTATUS:CANCELLED"),
        )
    )
    told = {each.occasion: (f"{each.starts_at:%d %H}", each.cancelled) for each in found.occurrences}
    assert told == {
        "20261201T1500Z": ("01 15", False),
        "20261208T1500Z": ("08 15", True),
        "20261215T1500Z": ("16 17", False),
        "20261222T1500Z": ("22 15", True),
    }
    assert {each.people for each in found.occurrences} == {
        (("marta@m.example", "Marta"), ("joan@s.example", "Joan"))
    }


def test_what_cannot_be_a_session_is_passed_over_or_named_by_its_line() -> None:
    found = read(
        calendar(
            "UID:a\nDTSTART;VALUE=DATE:20261201",
            "UID:b\nDTSTART:20201201T100000Z",
            "UID:c\nDTSTART;TZID=Nowhere/Land:20261201T100000",
            "UID:d\nDTSTART:20261201T100000Z\nRRULE:FREQ=SECONDLY",
            "DTSTART:20261201T100000Z",
            "UID:f\nDTSTART:20261201T100000",
        )
    )
    assert dict(found.passed) == {"all_day": 1, "past": 1}
    assert [(each.line, each.code) for each in found.problems] == [
        (12, "calendar_zone"), (16, "often"), (21, "no_uid")
    ]  # fmt: skip
    assert [each.starts_at.hour for each in found.occurrences] == [9]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=MONTHLY;INTERVAL=0;BYDAY=5MO",
        "FREQ=DAILY;BYSETPOS=2",
        "FREQ=DAILY;BYHOUR=8,9;BYMINUTE=0,1,2",
        "FREQ=WEEKLY;BYSECOND=1,2",
    ],
)
def test_a_rule_that_floods_or_never_gets_on_is_refused_in_whichever_event_it_stands(rule: str) -> None:
    found = read(calendar(event(more=f"RRULE:{rule}"), event(uid="u2")))
    assert [(each.line, each.column, each.code) for each in found.problems] == [(4, "RRULE", "often")]
    assert [each.uid for each in found.occurrences] == ["u2"]
    later = read(calendar(event(), event(more=f"SEQUENCE:4\nRRULE:{rule}")))
    assert [(each.line, each.code) for each in later.problems] == [(13, "often")]


def test_one_time_of_day_in_a_rule_is_no_flood() -> None:
    found = read(calendar(event("20261201", more="RRULE:FREQ=WEEKLY;BYHOUR=16;BYMINUTE=0;COUNT=2")))
    assert [f"{each.starts_at:%d %H}" for each in found.occurrences] == ["01 15", "08 15"]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID", b"\x00" * 100])
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(BadFile):
        read(content)


def test_events_are_booked_moved_and_called_off_and_never_twice(school: None, bring_in: BringIn) -> None:
    weekly = event(more="RRULE:FREQ=WEEKLY;COUNT=3")
    row = bring_in(calendar(weekly, event(uid="u2", hour="190000")), kind="calendar")
    assert (row.status, row.found["counts"]["sessions_added"], row.faults) == ("done", 4, [])
    again = bring_in(calendar(weekly, event(uid="u2", hour="200000")), kind="calendar")
    assert (again.found["counts"]["same"], again.found["counts"]["moved"]) == (3, 1)
    bring_in(calendar(weekly, event(uid="u2", hour="200000", more="STATUS:CANCELLED")), kind="calendar")
    assert Session.objects.count() == 4
    assert Session.objects.get(status="cancelled").series is None
    assert Session.objects.filter(series__isnull=False).count() == 3


@pytest.mark.parametrize("who", ["", "ATTENDEE:mailto:gone@home.example\n"])
def test_an_event_is_called_off_or_taken_out_whoever_is_in_it(
    school: None, bring_in: BringIn, who: str
) -> None:
    weekly = event(more="RRULE:FREQ=WEEKLY;COUNT=2")
    bring_in(calendar(weekly, event(uid="u2", hour="190000")), kind="calendar")
    second = (clock.now() + timedelta(days=37)).strftime("%Y%m%d")
    without = f"RECURRENCE-ID;TZID=Europe/Madrid:{second}T160000\nSTATUS:CANCELLED"
    row = bring_in(
        calendar(
            weekly,
            event(second, more=without, who=who),
            event(uid="u2", hour="190000", more="STATUS:CANCELLED", who=who),
        ),
        kind="calendar",
    )
    assert (row.faults, row.found["samples"]["unknown"]) == ([], [])
    assert (row.status, row.found["counts"]["cancelled"]) == ("done", 2)


def test_who_is_not_known_is_asked_and_can_be_said_or_left_out(school: None, bring_in: BringIn) -> None:
    more = "ATTENDEE;CN=Iris:mailto:iris@home.example\nATTENDEE:mailto:boss@m.example"
    row = bring_in(calendar(event(more=more)), kind="calendar")
    assert [each["address"] for each in row.found["samples"]["unknown"]] == [
        "iris@home.example", "boss@m.example"
    ]  # fmt: skip
    assert Session.objects.count() == 0
    iris = people.create_people([people.Draft(name="Iris Roca", level="6")])[0]
    said = {"iris@home.example": "Iris Roca", "boss@m.example": "-"}
    bring_in(calendar(event(more=more)), kind="calendar", people=said)
    assert Session.objects.get().participants.filter(person=iris).exists()


def test_a_calendar_of_one_teacher_needs_no_organizer(school: None, bring_in: BringIn) -> None:
    alone = event(who="ATTENDEE:mailto:joan@s.example\n")
    assert bring_in(calendar(alone), kind="calendar").fault_count == 1
    row = bring_in(calendar(alone), kind="calendar", instructor="marta@m.example")
    assert row.found["counts"]["sessions_added"] == 1


def test_hostile_calendars_are_read_or_refused(shared_data: Path) -> None:
    folder = shared_data / "ical_collective"
    files = sorted(folder.rglob("*.ics"))
    if not files:
        pytest.skip(f"no calendars in {folder}")
    refused = 0
    for each in files:
        try:
            read(each.read_bytes())
        except BadFile:
            refused += 1
    assert refused < len(files) / 2
