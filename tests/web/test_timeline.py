"""What the axis of a session draws of what was measured, and what a page read anew leaves to its script."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from callboard.lib import tenancy
from callboard.live.models import Event
from callboard.web.presenters.measured import fold
from callboard.web.reads.measures import Data, measures
from callboard.web.times import iso
from tests.web import cast

PAGE = "/sessions/s-chemistry-10/"


def report(at_s: int, who: str = "p-tom", **figures: Any) -> tuple[int, str, str, Data]:
    return at_s * 1000, "connection.report", who, Data(direction="up", interval=10, **figures)


def speech(at_s: int, until: str) -> tuple[int, str, str, Data]:
    return at_s * 1000, "speech", "p-tom", Data(ends_at=datetime.fromisoformat(f"1970-01-01T{until}+00:00"))


def test_bad_reports_that_follow_each_other_are_one_stretch_and_a_worse_one_is_another() -> None:
    found = fold(
        [report(10, loss=0.01), report(20, loss=0.08), report(30, rtt_ms=700), report(40, jitter_ms=200)]
    )
    assert found.bad == {"p-tom": [[10_000, 30_000, 1], [30_000, 40_000, 2]]}


def test_speech_with_short_pauses_is_one_stretch() -> None:
    found = fold([speech(10, "00:00:14"), speech(17, "00:00:20"), speech(30, "00:00:31")])
    assert found.speech == {"p-tom": [[10_000, 20_000], [30_000, 31_000]]}


def test_only_a_connection_that_loses_enough_is_drawn_and_of_several_the_worst() -> None:
    assert fold([report(10, loss=0.02), report(20, "p-lea", loss=0.024)]).worst is None
    assert fold([report(10, loss=0.02), report(20, "p-lea", loss=0.2)]).worst == "p-lea"
    assert fold([]).worst is None


def test_a_recorder_is_as_far_as_it_ever_said() -> None:
    told = [
        (at, "recording.progress", "", Data(recorder="A", seconds=s)) for at, s in ((5, 1), (9, 4), (12, 3))
    ]
    progress = fold(told).progress["A"]
    assert (progress.first, progress.last, progress.seconds) == (5, 9, 4)


@pytest.fixture
def school() -> cast.School:
    organization = cast.new_organization()
    with tenancy.organization_scope(organization.pk):
        return cast.busy_school(organization)


def logged(school: cast.School, *events: tuple[str, str, str]) -> None:
    """(id, kind, data) each, of Tom, a minute apart."""
    for number, (name, kind, data) in enumerate(events):
        Event.objects.create(
            organization=school.organization,
            partition=0,
            session="s-chemistry-10",
            event_id=name,
            kind=kind,
            participant="p-tom",
            at=school.now.replace(microsecond=0) - timedelta(minutes=20 - number),
            data=data,
        )


@pytest.mark.django_db
def test_an_event_told_twice_counts_once_and_one_that_cannot_be_read_does_not_count(
    school: cast.School,
) -> None:
    with tenancy.organization_scope(school.organization.pk):
        logged(
            school, ("a", "speech", f'{{"ends_at":"{iso(school.now)}"}}'), ("b", "speech", '{"ends_at":7}')
        )
        twice = Event.objects.get(event_id="a")
        twice.pk = None
        twice.save(force_insert=True)
        found = list(measures("s-chemistry-10"))
    assert [(kind, who) for _at, kind, who, _data in found] == [("speech", "p-tom")]
    assert found[0][0] == (int(school.now.timestamp()) - 20 * 60) * 1000


@pytest.mark.django_db
def test_a_page_has_its_axis_and_read_anew_leaves_it_to_its_script(school: cast.School) -> None:
    client = Client()
    client.force_login(school.members["Nora"].user)
    page = client.get(PAGE)
    assert 'id="timeline-data"' in page.content.decode()
    drawn = [each["name"] for each in client.get(f"{PAGE}timeline/").json()["people"]]
    assert drawn == [each["name"] for each in page.context["axis"]["people"]]
    assert drawn[0] == "Karim Haddad"
    anew = client.get(PAGE, headers={"X-Live": "1"}).content.decode()
    assert 'id="timeline-data"' not in anew
    assert 'id="deeds"' in anew


SCOPING = (
    *("SAVEPOINT", "RELEASE"),
    *("SELECT set_config('app.organization'", "SELECT set_config('app.user', '', "),
)


def asked_by(client: Client, path: str) -> list[str]:
    """The statements that a page asks, those aside that only scope and bracket them."""
    client.get(path)  # what is asked once in a while is asked now
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured if not query["sql"].startswith(SCOPING)]


@pytest.mark.django_db
def test_a_page_asks_the_login_the_frame_and_the_session_and_no_more_for_more_of_them(
    school: cast.School,
) -> None:
    client = Client()
    client.force_login(school.members["Nora"].user)
    before = asked_by(client, PAGE)
    assert len(before) <= 7, before
    with tenancy.organization_scope(school.organization.pk):
        logged(school, *((f"e-{number}", "recording.started", '{"recorder":"A"}') for number in range(3)))
        school.case("room_empty", "now", "Chemistry 10", ago=30)
    assert len(asked_by(client, PAGE)) == len(before)
