"""Working hours, and deadlines that run in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callboard.cases import hours

MADRID = ZoneInfo("Europe/Madrid")
OFFICE: dict[str, Any] = {
    "week": {day: [["09:00", "13:00"], ["14:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "except": {"2026-03-04": [], "2026-03-07": [["10:00", "12:00"]]},
}


def at(text: str) -> datetime:
    """A moment by Madrid's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=MADRID).astimezone(UTC)


@pytest.fixture
def office() -> hours.Hours:
    return hours.read(OFFICE, MADRID)


def test_nothing_said_is_always_open() -> None:
    always = hours.read({}, MADRID)
    assert always.is_open(at("2026-03-01T03:00"))
    assert always.opens(at("2026-03-01T03:00")) == at("2026-03-01T03:00")
    assert always.closes(at("2026-03-01T03:00")) is None
    assert always.after(at("2026-03-01T03:00"), 30) == at("2026-03-01T03:30")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02T08:59", False),
        ("2026-03-02T09:00", True),
        ("2026-03-02T13:00", False),
        ("2026-03-02T17:59", True),
        ("2026-03-02T18:00", False),
        ("2026-03-04T10:00", False),  # a holiday
        ("2026-03-07T11:00", True),  # a Saturday that is worked
        ("2026-03-14T11:00", False),
    ],
)
def test_it_is_open_in_its_spans_and_on_its_days(office: hours.Hours, moment: str, is_open: bool) -> None:
    assert office.is_open(at(moment)) is is_open


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-03-02T10:00", 30, "2026-03-02T10:30"),
        ("2026-03-02T12:50", 30, "2026-03-02T14:20"),  # lunch does not count
        ("2026-03-02T12:30", 30, "2026-03-02T13:00"),
        ("2026-03-02T20:00", 15, "2026-03-03T09:15"),
        ("2026-03-03T17:50", 30, "2026-03-05T09:20"),  # the holiday lies between
        ("2026-03-06T17:00", 180, "2026-03-07T12:00"),
        ("2026-03-02T09:00", 8 * 60 * 4, "2026-03-06T18:00"),
    ],
)
def test_a_deadline_runs_while_it_is_worked(office: hours.Hours, start: str, minutes: int, end: str) -> None:
    assert office.after(at(start), minutes) == at(end)


def test_it_says_when_it_opens_and_closes(office: hours.Hours) -> None:
    assert office.opens(at("2026-03-03T19:00")) == at("2026-03-05T09:00")
    assert office.closes(at("2026-03-02T10:00")) == at("2026-03-02T13:00")
    assert office.closes(at("2026-03-02T13:30")) is None


def test_nights_reach_into_the_next_day_and_touching_spans_are_one() -> None:
    night = hours.read({"week": {"sun": [["22:00", "24:00"]], "mon": [["00:00", "02:00"]]}}, MADRID)
    assert night.closes(at("2026-03-01T23:00")) == at("2026-03-02T02:00")
    late = hours.read({"week": {"sun": [["22:00", "06:00"]]}}, MADRID)
    assert late.is_open(at("2026-03-02T05:59"))
    assert late.after(at("2026-03-01T23:00"), 480) == at("2026-03-08T23:00")


def test_nine_is_nine_on_the_day_that_the_clocks_change() -> None:
    """In Madrid 2026-03-29 has 23 hours."""
    sunday = hours.read({"week": {"sun": [["00:00", "10:00"]]}}, MADRID)
    assert sunday.closes(at("2026-03-29T00:30")) == at("2026-03-29T10:00")
    assert sunday.after(at("2026-03-29T00:00"), 9 * 60) == at("2026-03-29T10:00")


def test_a_queue_that_never_opens_is_as_if_always_open() -> None:
    never = hours.read({"week": {"mon": []}}, MADRID)
    assert not never.is_open(at("2026-03-02T10:00"))
    assert never.opens(at("2026-03-02T10:00")) is None
    assert never.after(at("2026-03-02T10:00"), 5) - at("2026-03-02T10:00") == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"week": {"lundi": []}}, "week"),
        ({"week": ["mon"]}, "week"),
        ({"week": {"mon": [["9", "10:00"]]}}, "week.mon"),
        ({"week": {"mon": [["09:00"]]}}, "week.mon"),
        ({"week": {"mon": "09:00"}}, "week.mon"),
        ({"week": {"mon": [["25:00", "26:00"]]}}, "week.mon"),
        ({"week": {"mon": [["24:00", "01:00"]]}}, "week.mon"),
        ({"week": {"mon": []}, "except": {"Easter": []}}, "except.Easter"),
        ({"week": {"mon": []}, "except": []}, ""),
        ({"week": {"mon": []}, "except": ["2026-12-25"]}, "except"),
    ],
)
def test_what_cannot_be_meant_is_named(said: dict[str, Any], field: str) -> None:
    if not field:
        assert hours.read(said, MADRID).days == {}
        return
    with pytest.raises(hours.NoHours) as refused:
        hours.read(said, MADRID)
    assert refused.value.field == field


def test_people_type_hours_as_they_write_them() -> None:
    assert hours.lines(["9-13", " 14:30 \u2013 18:00"]) == [["09:00", "13:00"], ["14:30", "18:00"]]
    with pytest.raises(hours.NoHours):
        hours.lines(["all day"])
