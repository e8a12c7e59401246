"""Where one is signed in: seen by oneself alone, and ended from there."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from callboard.lib.tenancy import organization_scope
from callboard.people import operations
from callboard.people.models import User
from callboard.web.presenters.logins import browser, place
from tests.web import cast

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1"


@pytest.fixture
def school() -> cast.School:
    organization = cast.new_organization()
    with organization_scope(organization.pk):
        return cast.small_school(organization)


def signed_in(user: User, agent: str) -> Client:
    client = Client(headers={"user-agent": agent})
    client.force_login(user)
    assert client.get("/you/").status_code == 200
    return client


def test_browsers_are_told_by_what_people_call_them(school: cast.School) -> None:
    user = school.members["Aisha"].user
    here, _there = signed_in(user, FIREFOX), signed_in(user, EDGE)
    page = here.get("/you/logins/").content.decode()
    assert page.index("Firefox on Linux") < page.index("Edge on Windows"), "one's own comes first"
    assert page.count("this one") == 1


def test_a_login_that_is_ended_opens_nothing_any_more(school: cast.School) -> None:
    user = school.members["Aisha"].user
    here, there = signed_in(user, FIREFOX), signed_in(user, PHONE)
    row = UserSession.objects.get(session_key=there.session.session_key)
    assert here.post(f"/you/logins/{row.pk}/end/").status_code == 302
    assert there.get("/you/").status_code == 302, "to the page where one signs in"
    assert here.get("/you/").status_code == 200
    assert "iPhone" not in here.get("/you/logins/").content.decode()


def test_everywhere_else_leaves_the_one_that_asks(school: cast.School) -> None:
    user = school.members["Aisha"].user
    here, *others = (signed_in(user, agent) for agent in (FIREFOX, EDGE, PHONE))
    here.post("/you/logins/others/end/")
    assert [other.get("/you/").status_code for other in others] == [302, 302]
    assert here.get("/you/").status_code == 200


def test_nobody_ends_the_login_of_another(school: cast.School) -> None:
    theirs = signed_in(school.members["Aisha"].user, FIREFOX)
    row = UserSession.objects.get(session_key=theirs.session.session_key)
    other = next(member.user for name, member in school.members.items() if name != "Aisha")
    me = signed_in(other, EDGE)
    me.post(f"/you/logins/{row.pk}/end/")
    assert me.delete(f"/api/v1/me/logins/{row.pk}").status_code in (403, 404)
    assert theirs.get("/you/").status_code == 200
    assert "Firefox" not in me.get("/you/logins/").content.decode()


def test_a_visit_is_noted_and_a_second_one_soon_after_costs_nothing(school: cast.School) -> None:
    user = school.members["Aisha"].user
    client = signed_in(user, FIREFOX)
    key = client.session.session_key or ""
    UserSession.objects.filter(session_key=key).update(user_agent="changed")
    client.get("/you/")
    assert UserSession.objects.get(session_key=key).user_agent == "changed"
    operations.logins.__globals__["_noted"].clear()
    client.get("/you/")
    assert UserSession.objects.get(session_key=key).user_agent == FIREFOX


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        (PHONE, "Safari on iPhone"),
        ("curl/8.5", "An unknown program"),
    ],
)
def test_an_agent_is_said_in_words(agent: str, said: str) -> None:
    assert browser(agent) == said


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("127.0.0.1", "this machine"),
        ("unix:", ""),
    ],
)
def test_an_address_is_told_roughly(address: str, said: str) -> None:
    assert place(address) == said


def test_proxies_fewer_than_was_said_keep_nobody_out(school: cast.School, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    client = Client(headers={"user-agent": FIREFOX, "x-forwarded-for": "203.0.113.7"})
    client.force_login(school.members["Aisha"].user)
    assert client.get("/you/").status_code == 200
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get("/you/").status_code == 200
    assert UserSession.objects.get(session_key=client.session.session_key).ip == "203.0.113.7"
