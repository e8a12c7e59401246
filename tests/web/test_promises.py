"""The page of promises, and what was not kept one click away from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from callboard.cases.models import Case
from callboard.expectations.models import Expectation
from callboard.lib import tenancy
from callboard.web.presenters.promises import percent
from tests.web import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> cast.School:
    organization = cast.new_organization()
    with tenancy.organization_scope(organization.pk):
        return cast.busy_school(organization)


def signed_in(school: cast.School, name: str = "Nora") -> Client:
    client = Client()
    client.force_login(school.members[name].user)
    return client


def row(client: Client, kind: str, query: str = "") -> object:
    page = client.get(f"/promises/{query}").context["page"]
    return next(each for each in page.rows if each.kind == kind)


def test_each_promise_has_its_share_its_rule_and_its_days(school: cast.School) -> None:
    client = signed_in(school)
    instructor = row(client, "instructor_in")
    assert (instructor.kept, instructor.wrong) == ("4 of 5", "1 not kept")  # type: ignore[attr-defined]
    assert instructor.rule.startswith("Instructor in by +2 min")  # type: ignore[attr-defined]
    assert len(instructor.bars) == 30  # type: ignore[attr-defined]
    assert sum(each.missed for each in instructor.bars) > 0  # type: ignore[attr-defined]


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert percent(0.99999) == "99.9%"
    assert percent(1.0) == "100%"
    assert percent(0.5) == "50.0%"


def test_what_was_not_kept_names_the_session_who_and_the_case(school: cast.School) -> None:
    with tenancy.organization_scope(school.organization.pk):
        Expectation.objects.filter(session=school.sessions["Algebra 8"], kind="instructor_in").update(
            person=school.people["Marta"]
        )
        algebra = school.cases["instructor_missing Algebra 8"]
    client = signed_in(school)
    rows = client.get("/promises/instructor_in/").context["rows"]
    marta = next(each for each in rows if each.who == "Marta Vidal")
    assert (marta.session, marta.what) == ("Algebra 8", "not at all")
    assert marta.case_href == f"/cases/{algebra.pk}/"
    assert "Instructor not in" in marta.why


def test_a_day_shows_its_own_alone(school: cast.School) -> None:
    client = signed_in(school)
    far = (school.now - timedelta(days=9)).date()
    assert client.get(f"/promises/instructor_in/?day={far}").context["rows"] == []
    assert client.get("/promises/nothing/").status_code == 404


def test_cases_claimed_too_late_are_listed_as_such(school: cast.School) -> None:
    rows = signed_in(school).get("/promises/claimed/").context["rows"]
    assert "English B2" in [each.session for each in rows]
    with tenancy.organization_scope(school.organization.pk):
        Case.objects.filter(kind="dropped").update(noticed_at=school.now)
    rows = signed_in(school).get("/promises/detected/").context["rows"]
    assert [each.what for each in rows] == ["noticed after 5 min 0 s"]


def test_the_page_costs_the_same_however_many_days(school: cast.School) -> None:
    client = signed_in(school)
    client.get("/promises/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/promises/?days=7")
    with CaptureQueriesContext(connection) as many:
        client.get("/promises/?days=90")
    assert len(few) == len(many)


def test_the_table_says_what_the_pictures_draw(school: cast.School) -> None:
    page = signed_in(school).get("/promises/?as=table").content.decode()
    assert " of " in page
    assert "/promises/instructor_in/?day=" in page


@pytest.mark.parametrize("name", ["Marta", "Paula", "Joan"])
def test_promises_are_for_staff(school: cast.School, name: str) -> None:
    assert signed_in(school, name).get("/promises/").status_code == 403
    assert signed_in(school, name).get("/promises/instructor_in/").status_code == 403
