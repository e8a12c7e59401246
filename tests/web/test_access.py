"""The organization that a browser chose, and the language and zone that it is told in."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from callboard.lib.errors import Forbidden, Unauthorized
from callboard.lib.tenancy import organization_scope
from callboard.people import operations
from callboard.people.access import CHOSEN
from callboard.people.models import Member, Organization, User
from callboard.web.access import AccessMiddleware, access_of, choose
from tests.people.cast import login

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(organization: Organization, other_organization: Organization) -> User:
    """A coordinator of Maple, and an admin of Birch since later."""
    user = login("nora@maple.example")
    for place, role in ((organization, "coordinator"), (other_organization, "admin")):
        with organization_scope(place.pk):
            operations.add_member(user, role)
    return user


def request_of(user: Any) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user
    request.session = Client().session
    return request


def through(request: HttpRequest, view: Any = lambda request: HttpResponse()) -> None:
    AccessMiddleware(lambda request: HttpResponse()).process_view(request, view, (), {})


@pytest.fixture(autouse=True)
def put_back() -> Any:
    with timezone.override(None), translation.override("en"):
        yield


def test_the_first_organization_is_meant_until_another_is_chosen(
    nora: User, other_organization: Organization
) -> None:
    request = request_of(nora)
    assert access_of(request).organization_slug == "maple"
    choose(request, other_organization.pk)
    assert (access_of(request).organization_slug, access_of(request).role) == ("birch", "admin")


def test_a_choice_that_no_longer_holds_is_forgotten(nora: User, other_organization: Organization) -> None:
    request = request_of(nora)
    choose(request, other_organization.pk)
    with organization_scope(other_organization.pk):
        Member.objects.all().delete()
    assert access_of(request).organization_slug == "maple"
    assert CHOSEN not in request.session


def test_somebody_elses_organization_cannot_be_chosen(nora: User) -> None:
    another = operations.create_organization("Cedar")
    with pytest.raises(Forbidden):
        choose(request_of(nora), another.pk)


def test_nobody_signed_in_has_no_access() -> None:
    from django.contrib.auth.models import AnonymousUser

    with pytest.raises(Unauthorized):
        access_of(request_of(AnonymousUser()))


def test_times_are_told_in_the_members_zone(nora: User) -> None:
    User.objects.update(zone="Asia/Tokyo")
    nora.refresh_from_db()
    through(request_of(nora))
    assert timezone.get_current_timezone_name() == "Asia/Tokyo"


def test_a_zone_does_not_leak_into_the_next_request(nora: User) -> None:
    from django.contrib.auth.models import AnonymousUser

    through(request_of(nora))
    assert timezone.get_current_timezone_name() == "Europe/Madrid"
    through(request_of(AnonymousUser()))
    assert timezone.get_current_timezone_name() == "UTC"


def test_words_are_told_in_the_members_language_where_there_is_one(nora: User, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("es", "Español")]
    User.objects.update(locale="es")
    nora.refresh_from_db()
    through(request_of(nora))
    assert translation.get_language() == "es"
    User.objects.update(locale="tlh")
    nora.refresh_from_db()
    with translation.override("en"):
        through(request_of(nora))
        assert translation.get_language() == "en"


def test_a_stream_asks_nothing_of_the_database(nora: User, django_assert_num_queries: Any) -> None:
    async def stream(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    request = request_of(nora)
    with django_assert_num_queries(0):
        through(request, stream)


def test_whoever_belongs_nowhere_any_more_reaches_the_view_that_says_so(nora: User) -> None:
    User.objects.update(is_active=False)
    nora.refresh_from_db()
    through(request_of(nora))
    with pytest.raises(Forbidden):
        access_of(request_of(nora))
