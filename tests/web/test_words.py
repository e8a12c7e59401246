"""Nothing on a page is written for English alone: each is read in a language that nobody speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import available_timezones

import pytest
from django.db import models
from django.test import Client

from callboard.lib.tenancy import organization_scope
from callboard.people.models import Organization, User
from tests.support.rows import tenant_models
from tests.web.cast import School, busy_school
from tests.web.pseudo import LANGUAGE, spoken, untranslated

pytestmark = pytest.mark.django_db

TEXTS = (models.CharField, models.TextField, models.JSONField)
OUR_NAME = {"callboard"}
NAMES = {"livekit", "bigbluebutton", "pseudo"}
"""Of makers, and of the language that the pages are read in here: the same in every language."""
ZONES = {word.lower() for zone in available_timezones() for word in re.findall(r"[^\W\d_]{3,}", zone)}


@pytest.fixture
def school(organization: Organization, settings: Any) -> Iterator[School]:
    with organization_scope(organization.pk):
        made = busy_school(organization)
    settings.LANGUAGES = [(LANGUAGE, "Pseudo")]
    settings.LANGUAGE_CODE = LANGUAGE
    with spoken():
        yield made


def data(school: School) -> set[str]:
    """Every word that stands in the database: names, titles, zones."""
    words = ZONES | OUR_NAME | NAMES
    with organization_scope(school.organization.pk):
        texts = [str(value) for row in User.objects.values_list("name", "email") for value in row]
        texts.append(school.organization.name)
        for model in tenant_models():
            columns = [
                field.attname
                for field in model._meta.local_fields
                if isinstance(field, models.CharField | models.TextField | models.JSONField)
                and not field.choices
            ]
            if columns:
                rows: Any = model.objects
                texts += [str(value) for row in rows.values_list(*columns) for value in row]
    return words | {word.lower() for text in texts for word in re.findall(r"[^\W\d_]{3,}", text)}


def signed_in(school: School, name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(name__startswith=name))
    return client


def check(school: School, client: Client, *paths: str) -> None:
    known = data(school)
    found = {}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code in (200, 403, 404), (path, answer.status_code)
        found[path] = untranslated(answer.content.decode(), known)
    assert {path: words for path, words in found.items() if words} == {}


def test_what_a_coordinator_reads(school: School) -> None:
    client = signed_in(school, "Nora")
    case = school.cases["instructor_missing Algebra 8"].pk
    session = school.sessions["Algebra 8"].key
    person = school.people["Joan"].pk
    check(
        school,
        client,
        "/queue/",
        "/start/",
        "/queue/?view=mine",
        "/queue/?view=snoozed",
        f"/queue/cases/{case}/",
        f"/cases/{case}/",
        "/cases/999999/",
        "/wall/",
        "/promises/",
        "/promises/?as=table",
        "/promises/instructor_in/",
        "/promises/claimed/",
        "/sessions/",
        f"/sessions/{session}/",
        "/people/",
        "/people/?kind=guardians",
        f"/people/{person}/",
        f"/people/{person}/invite/",
        "/find/?q=alg",
        "/you/",
    )


def test_what_an_admin_reads(school: School) -> None:
    check(
        school,
        signed_in(school, "Aisha"),
        "/settings/",
        "/settings/queues/",
        "/settings/queues/live-floor/",
        "/settings/queues/new/",
        "/settings/providers/",
        "/settings/providers/livekit/new/",
    )


def test_what_a_guardian_reads(school: School) -> None:
    check(school, signed_in(school, "Paula"), "/family/", "/lessons/", "/you/", "/you/consents/", "/queue/")


def test_what_an_instructor_reads(school: School) -> None:
    session = school.sessions["Algebra 8"].key
    check(school, signed_in(school, "Marta"), "/today/", "/lessons/", f"/sessions/{session}/")


def test_what_is_read_before_one_is_in(school: School) -> None:
    check(school, Client(), "/account/login/", "/account/password/reset/", "/invitation/none/")


def test_the_reader_sees_what_is_not_translated() -> None:
    page = (
        '<p title="Loose">⟦Kept ⟦at⟧ <b>noon</b>⟧ Ana bare <code>skip</code><svg><title>x</title></svg></p>'
    )
    assert untranslated(page, {"ana"}) == ["Loose", "bare"]
