"""Times are said in someone's zone, ages at a glance, deadlines to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callboard.web import times

NOON = datetime(2026, 3, 3, 15, 6, 42, tzinfo=UTC)
MADRID = times.zone("Europe/Madrid")


def test_a_clock_elsewhere_has_its_city_and_the_weekday_where_the_date_differs() -> None:
    assert times.elsewhere(NOON, "Europe/Athens", MADRID) == "Athens 17:06"
    assert times.elsewhere(NOON, "Asia/Tokyo", MADRID) == "Tokyo 00:06 Wed"
    assert times.elsewhere(NOON, "America/Mexico_City", MADRID) == "Mexico City 09:06"


def test_an_unknown_zone_is_utc_and_breaks_nothing() -> None:
    assert times.hm(NOON, times.zone("Nowhere/Land")) == "15:06"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (42, "42 s"),
        (282, "4 min"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (86400, "1 day"),
        (200_000, "2 days"),
    ],
)
def test_an_age_is_said_at_a_glance(seconds: int, said: str) -> None:
    assert times.age(timedelta(seconds=seconds)) == said


def test_a_countdown_turns_over_when_the_deadline_has_passed() -> None:
    assert times.countdown(NOON + timedelta(seconds=48), NOON) == "0:48"
    assert times.countdown(NOON + timedelta(seconds=3725), NOON) == "1:02:05"
    assert times.countdown(NOON - timedelta(seconds=22), NOON) == "+0:22"


def test_many_names_end_in_how_many_others() -> None:
    assert times.names([]) == ""
    assert times.names(["Joan"]) == "Joan"
    assert times.names(["Joan", "Iris", "Pau"]) == "Joan, Iris and Pau"
    assert times.names(["Joan", "Iris", "Pau", "Lea"]) == "Joan, Iris and 2 others"


def test_a_time_of_another_day_names_the_day() -> None:
    assert times.when(NOON, MADRID, NOON) == "16:06"
    assert times.when(NOON - timedelta(days=1), MADRID, NOON) == "Mon 16:06"
    assert times.when(NOON - timedelta(days=30), MADRID, NOON) == "1 Feb 16:06"


def test_initials_are_two_letters() -> None:
    assert times.initials("Nora Lindqvist") == "NL"
    assert times.initials("Ewa") == "E"
    assert times.initials("") == "?"
