"""Sessions by CSV: booked, moved, called off, and refused with what is in the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from callboard.lib import clock
from callboard.people import operations as people
from callboard.people.access import Access
from callboard.people.models import Person
from callboard.people.operations import editing
from callboard.sessions import operations
from callboard.sessions.models import Participant, Series, Session
from callboard.sessions.timetables import recurring
from tests.people.rosters.conftest import BringIn, bring_in, nora

__all__ = ["bring_in", "nora"]
pytestmark = pytest.mark.django_db

DAY = (clock.now() + timedelta(days=30)).date()
HEADER = "id,title,date,start,minutes,instructor,learners,repeats,until,status\n"


def line(**more: str) -> str:
    usual = ["a-1", "Algebra", str(DAY), "16:00", "60", "marta@m.example", "Joan Serra; s-2", "", "", ""]
    names = [
        "id",
        "title",
        "date",
        "start",
        "minutes",
        "instructor",
        "learners",
        "repeats",
        "until",
        "status",
    ]
    said = dict(zip(names, usual, strict=True)) | more
    return ",".join(said.values()) + "\n"


@pytest.fixture(autouse=True)
def school(in_organization: Any) -> None:
    made = people.create_people(
        [
            people.Draft(name="Marta Vidal", email="marta@m.example", skills=()),
            people.Draft(name="Joan Serra", level="8"),
            people.Draft(name="Iris Serra", level="6"),
        ]
    )
    made[2].external_id = "s-2"
    made[2].save()


def texts(row: Any) -> list[tuple[int, str, str]]:
    return [(each["line"], each["value"], each["text"]) for each in row.faults]


def test_a_session_is_booked_in_the_organizations_time_and_once(bring_in: BringIn) -> None:
    for _again in range(2):
        row = bring_in(HEADER + line(), kind="sessions")
    assert (row.status, row.found["counts"]["same"], row.faults) == ("done", 1, [])
    booked = Session.objects.get()
    assert (booked.key, booked.title) == ("a-1", "Algebra")
    assert booked.starts_at.astimezone(clock_zone()).strftime("%H:%M") == "16:00"
    assert Participant.objects.filter(session=booked).count() == 3


def clock_zone() -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo("Europe/Madrid")


def test_a_check_books_nothing(bring_in: BringIn) -> None:
    row = bring_in(HEADER + line(), kind="sessions", write=False)
    assert row.found["counts"]["sessions_added"] == 1
    assert Session.objects.count() == 0


def test_a_weekly_one_is_a_series(bring_in: BringIn) -> None:
    until = str(DAY + timedelta(days=21))
    bring_in(HEADER + line(repeats="weekly", until=until), kind="sessions")
    assert Session.objects.filter(series__key="a-1").count() == 4
    assert Series.objects.get().title == "Algebra"


def test_another_time_moves_it_and_cancelled_calls_it_off(bring_in: BringIn) -> None:
    bring_in(HEADER + line(), kind="sessions")
    row = bring_in(HEADER + line(start="17:00"), kind="sessions")
    assert row.found["counts"]["moved"] == 1
    assert Session.objects.get().version == 2
    bring_in(HEADER + line(start="17:00", status="cancelled"), kind="sessions")
    assert Session.objects.get().status == "cancelled"


def test_what_was_changed_here_since_is_left(bring_in: BringIn) -> None:
    bring_in(HEADER + line(), kind="sessions")
    booked = Session.objects.get()
    operations.move("a-1", booked.starts_at + timedelta(hours=3), booked.ends_at + timedelta(hours=3))
    row = bring_in(HEADER + line(), kind="sessions")
    assert row.found["counts"]["moved"] == 0
    assert row.found["samples"]["left"][0]["about"].startswith("It was moved here")
    operations.cancel("a-1")
    row = bring_in(HEADER + line(), kind="sessions")
    assert Session.objects.get().status == "cancelled"
    assert row.found["samples"]["left"][0]["about"] == "It was called off here."


def test_a_session_is_called_off_whoever_its_row_names(bring_in: BringIn) -> None:
    bring_in(HEADER + line() + line(id="a-2", start="18:00"), kind="sessions")
    row = bring_in(
        HEADER
        + line(instructor="left@m.example", learners="Nobody", status="cancelled")
        + line(id="a-2", instructor="", learners="", start="18:00", status="cancelled"),
        kind="sessions",
    )
    assert (row.faults, row.found["counts"]["cancelled"]) == ([], 2)
    assert {each.status for each in Session.objects.all()} == {"cancelled"}


def at() -> str:
    return f"{Session.objects.get().starts_at.astimezone(clock_zone()):%H:%M}"


def test_a_file_that_moves_a_session_there_and_back_is_followed(bring_in: BringIn) -> None:
    for hour in ("16:00", "17:00", "16:00"):
        row = bring_in(HEADER + line(start=hour), kind="sessions")
        assert at() == hour
    assert row.found["samples"]["left"] == []


def test_a_session_moved_twice_here_or_made_longer_is_left_until_the_file_has_news(bring_in: BringIn) -> None:
    bring_in(HEADER + line(), kind="sessions")
    for _twice in range(2):
        booked = Session.objects.get()
        operations.move("a-1", booked.starts_at + timedelta(hours=1), booked.ends_at + timedelta(hours=2))
        row = bring_in(HEADER + line(), kind="sessions")
        assert (row.found["counts"]["moved"], len(row.found["samples"]["left"])) == (0, 1)
    assert row.found["samples"]["left"][0]["about"] == f"It was moved here, to {DAY} 18:00 until 21:00."
    bring_in(HEADER + line(start="15:00"), kind="sessions")
    assert at() == "15:00"


def test_a_check_that_moves_nothing_is_not_taken_for_what_a_file_has_said(bring_in: BringIn) -> None:
    bring_in(HEADER + line(), kind="sessions")
    bring_in(HEADER + line(start="17:00"), kind="sessions", write=False)
    bring_in(HEADER + line(start="17:00"), kind="sessions")
    assert at() == "17:00"


def test_who_is_taken_is_said_with_what_is_in_the_way_and_nothing_is_booked(bring_in: BringIn) -> None:
    bring_in(HEADER + line(), kind="sessions")
    row = bring_in(
        HEADER
        + line(id="b-1", title="Biology", start="16:30", learners="Joan Serra")
        + line(id="b-2", title="Botany", start="20:00")
        + line(id="b-3", title="Chemistry", start="20:30", learners="s-2"),
        kind="sessions",
    )
    assert row.status == "checked"
    assert texts(row) == [
        (2, "Marta Vidal", f"Taken from {DAY} 16:00 to 17:00 by “Algebra”."),
        (2, "Joan Serra", f"Taken from {DAY} 16:00 to 17:00 by “Algebra”."),
        (4, "Marta Vidal", f"Taken from {DAY} 20:00 to 21:00 by row 3, “Botany”."),
    ]
    assert Session.objects.count() == 1
    assert bring_in(
        HEADER + line(id="b-1", start="16:30") + line(id="b-2", start="20:00"), kind="sessions", skip=True
    ).found["counts"]["sessions_added"] == 1  # fmt: skip


@pytest.mark.parametrize(("here", "there"), [("Jörg Groß", "jörg GROß"), ("İpek Groß", "İPEK GROß")])
def test_a_name_is_found_however_its_small_letters_are_written(
    bring_in: BringIn, here: str, there: str
) -> None:
    people.create_people([people.Draft(name=here, level="8")])
    assert bring_in(HEADER + line(learners=there), kind="sessions").faults == []


def test_who_is_in_the_archive_is_said_to_be_there(bring_in: BringIn, nora: Access) -> None:
    editing.archive_person(nora, Person.objects.get(name="Iris Serra").pk)
    row = bring_in(HEADER + line(), kind="sessions")
    assert texts(row) == [
        (2, "s-2", "They are in the archive. Restore them first, where they are back."),
    ]


def test_who_is_nobody_or_no_instructor_is_said(bring_in: BringIn) -> None:
    row = bring_in(HEADER + line(instructor="Joan Serra", learners="Nobody; s-2"), kind="sessions")
    assert texts(row) == [
        (2, "Joan Serra", "They are here, and are no instructor."),
        (2, "Nobody", "Nobody here has this id, address or name."),
    ]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"date": "soon"}, "no day with a time"),
        ({"minutes": "-5"}, "must end after"),
        ({"repeats": "FREQ=SECONDLY"}, "Write weekly"),
        ({"repeats": "FREQ=DAILY;INTERVAL=0;BYDAY=MO"}, "Write weekly"),
        ({"repeats": "FREQ=DAILY;BYSETPOS=2"}, "Write weekly"),
        ({"repeats": "FREQ=DAILY;INTERVAL=soon"}, "Write weekly"),
        ({"status": "perhaps"}, "Write confirmed or cancelled"),
    ],
)
def test_a_cell_that_cannot_be_meant_is_said(bring_in: BringIn, cells: dict[str, str], words: str) -> None:
    row = bring_in(HEADER + line(**cells), kind="sessions")
    assert len(row.faults) == 1
    assert words in row.faults[0]["text"]


def test_rows_whose_rules_compute_without_end_are_refused_with_their_row(
    bring_in: BringIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurring, "WITHIN_S", 0.0)
    row = bring_in(HEADER + line(), kind="sessions")
    assert (row.status, row.problem) == ("failed", "Its rows take too long to be repeated.")
