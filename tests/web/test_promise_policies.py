"""What is promised, on the settings pages: read, changed with its deadline, put back."""

from __future__ import annotations

import pytest
from django.test import Client

from callboard.expectations import queries
from callboard.expectations.models import ExpectationPolicy
from callboard.lib.tenancy import organization_scope
from callboard.live import rulebook
from callboard.live.models import LivePolicy
from tests.web import cast
from tests.web.test_rules import admin, school, signed_in, text_of

__all__ = ["admin", "school"]

pytestmark = pytest.mark.django_db

KEPT = {"on": "on", "expected": "0", "expected_rules": "0"}
PAGE = "/settings/promises/instructor_in/"


def test_every_promise_is_said_in_a_sentence(admin: Client) -> None:
    told = text_of(admin.get("/settings/promises/"))
    assert "The instructor is in 2 min after the start at the latest." in told
    assert "at most 20% of its length is missing" in told
    assert "Nobody has changed anything here" in told


def test_how_late_is_too_late_is_set_where_the_case_finds_it_too(school: cast.School, admin: Client) -> None:
    assert admin.post(PAGE, {**KEPT, "instructor_after_s": "180"}).status_code == 302
    with organization_scope(school.organization.pk):
        assert rulebook.in_force().values == {"instructor_after_s": 180}
        assert not ExpectationPolicy.objects.exists()
    assert "The instructor is in 3 min after the start" in text_of(admin.get("/settings/promises/"))


def test_a_promise_is_given_up_for_a_subject_and_put_back(school: cast.School, admin: Client) -> None:
    off = {"expected": "0", "expected_rules": "0", "instructor_after_s": "120"}
    assert admin.post(PAGE + "?subject=Maths", off).status_code == 302
    with organization_scope(school.organization.pk):
        assert queries.policy("Maths") == {"instructor_in": {"enabled": False}}
        assert queries.policy() == {}
        assert not LivePolicy.objects.exists()
    told = text_of(admin.get("/settings/promises/?subject=Maths"))
    assert "Not promised." in told
    assert "Aisha" in told
    assert "sessions of Maths" in text_of(admin.get("/settings/promises/"))
    on = {**KEPT, "expected": "1", "instructor_after_s": "120"}
    assert admin.post(PAGE + "?subject=Maths", on).status_code == 302
    assert admin.post("/settings/promises/versions/1/restore/").status_code == 302
    with organization_scope(school.organization.pk):
        assert queries.policy("Maths") == {"instructor_in": {"enabled": False}}


def test_nothing_is_kept_of_what_cannot_be_meant(school: cast.School, admin: Client) -> None:
    answer = admin.post(PAGE, {"expected": "0", "expected_rules": "0", "instructor_after_s": "-3"})
    assert answer.status_code == 422
    assert "Between 0 and 3600." in text_of(answer)
    with organization_scope(school.organization.pk):
        assert not ExpectationPolicy.objects.exists()


def test_of_two_who_change_it_at_once_the_second_is_told(admin: Client) -> None:
    admin.post(PAGE, {**KEPT, "instructor_after_s": "180"})
    answer = admin.post(PAGE, {**KEPT, "instructor_after_s": "240"})
    assert answer.status_code == 422
    assert "Somebody else has just changed this." in text_of(answer)


def test_a_coordinator_reads_and_changes_nothing(school: cast.School) -> None:
    client = signed_in(school, "Nora")
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, {**KEPT, "instructor_after_s": "180"}).status_code == 403
