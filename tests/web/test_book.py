"""Adding a person and booking a session by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.people import operations as people
from callboard.people.models import Organization, Person
from callboard.people.queries import has_consent, wards
from callboard.sessions.models import Session
from tests.web.test_settings import login_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(organization: Organization) -> Client:
    return login_as(organization, "coordinator", "nora@maple.example")


@pytest.fixture
def pair(organization: Organization) -> tuple[Person, Person]:
    with organization_scope(organization.pk):
        marta, joan = people.create_people(
            [people.persons.Draft(name="Marta Vidal", skills=()), people.persons.Draft(name="Joan", level="")]
        )
    return marta, joan


def wish(pair: tuple[Person, Person], **more: Any) -> dict[str, Any]:
    starts = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT10:00")
    return {
        "title": "Fractions",
        "starts_at": starts,
        "minutes": 60,
        "weeks": 1,
        "instructor": pair[0].pk,
        "learners": [pair[1].pk],
        "provider": "simulator",
        **more,
    }


def test_a_session_is_booked_in_the_viewers_own_time(
    organization: Organization, coordinator: Client, pair: tuple[Person, Person]
) -> None:
    answer = coordinator.post("/sessions/new/", wish(pair))
    assert answer.status_code == 302
    with organization_scope(organization.pk):
        booked = Session.objects.get()
        assert answer["Location"].endswith(f"/sessions/{booked.key}/")
        assert booked.starts_at.astimezone(ZoneInfo(organization.zone)).strftime("%H:%M") == "10:00"
        assert booked.ends_at - booked.starts_at == timedelta(minutes=60)


def test_a_double_booking_says_who_is_taken_and_keeps_what_was_typed(
    organization: Organization, coordinator: Client, pair: tuple[Person, Person]
) -> None:
    coordinator.post("/sessions/new/", wish(pair))
    answer = coordinator.post("/sessions/new/", wish(pair, title="Fractions again"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in page
    assert "Fractions again" in page
    with organization_scope(organization.pk):
        assert Session.objects.count() == 1


def test_without_people_the_form_says_whom_it_needs(coordinator: Client) -> None:
    assert "needs an instructor and a learner" in coordinator.get("/sessions/new/").content.decode()


def test_a_guardian_is_added_with_the_child_they_answer_for(
    organization: Organization, coordinator: Client, pair: tuple[Person, Person]
) -> None:
    said = {"kind": "guardian", "name": "Paula Roca", "email": "paula@example.org", "ward": pair[1].pk}
    assert coordinator.post("/people/new/", said).status_code == 302
    with organization_scope(organization.pk):
        assert [each.pk for each in wards(Person.objects.get(name="Paula Roca").pk)] == [pair[1].pk]


def test_a_student_added_with_their_consent_may_be_recorded(
    organization: Organization, coordinator: Client
) -> None:
    coordinator.post("/people/new/", {"kind": "student", "name": "Iris Sol", "recording": "on"})
    with organization_scope(organization.pk):
        assert has_consent(Person.objects.get(name="Iris Sol").pk, "recording")


def test_a_person_without_a_name_is_refused_beside_the_field(coordinator: Client) -> None:
    answer = coordinator.post("/people/new/", {"kind": "student", "name": ""})
    assert answer.status_code == 422
    assert "id_name_error" in answer.content.decode()


def test_who_only_teaches_books_nothing(organization: Organization, pair: tuple[Person, Person]) -> None:
    client = login_as(organization, "instructor", "marta@maple.example", pair[0])
    assert client.get("/sessions/new/").status_code == 403
    assert client.get("/people/new/").status_code == 403


def test_the_same_hour_each_week_is_one_series(
    organization: Organization, coordinator: Client, pair: tuple[Person, Person]
) -> None:
    assert coordinator.post("/sessions/new/", wish(pair, weeks=3)).status_code == 302
    with organization_scope(organization.pk):
        booked = list(Session.objects.order_by("starts_at"))
        assert len({each.series_id for each in booked}) == 1
        zone = ZoneInfo(organization.zone)
        assert [each.starts_at.astimezone(zone).strftime("%H:%M") for each in booked] == ["10:00"] * 3


def test_a_week_that_is_not_free_is_named_and_none_is_booked(
    organization: Organization, coordinator: Client, pair: tuple[Person, Person]
) -> None:
    taken = (clock.now() + timedelta(days=9)).strftime("%Y-%m-%dT10:30")
    coordinator.post("/sessions/new/", wish(pair, starts_at=taken, title="Algebra"))
    page = coordinator.post("/sessions/new/", wish(pair, weeks=3)).content.decode()
    assert "Marta Vidal is taken" in page
    assert "“Algebra”" in page
    with organization_scope(organization.pk):
        assert Session.objects.count() == 1
