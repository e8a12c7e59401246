"""Several reads in one round trip."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from callboard.lib import tenancy
from callboard.lib.together import made, select, together
from callboard.people.models import Person

pytestmark = pytest.mark.django_db


FIELDS = ("email", "id", "name")  # in no order of the model's


def _known(organization: Any, *names: str) -> None:
    with tenancy.organization_scope(organization.pk):
        for name in names:
            Person.objects.create(name=name, email=f"{name.lower()}@people.example", phone="+34 600")


def test_each_statement_has_its_rows_and_nobody_elses(organization: Any, other_organization: Any) -> None:
    _known(organization, "Joan", "Iris")
    _known(other_organization, "Olga")
    with tenancy.organization_scope(organization.pk), CaptureQueriesContext(connection) as sent:
        by_name, one = together(
            [select(Person, FIELDS, "true") + " ORDER BY name", select(Person, FIELDS, "name = %(name)s")],
            {"name": "Joan"},
        )
    assert len([each for each in sent if "callboard_people_person" in each["sql"]]) == 1
    assert [(each.name, each.email) for each in made(Person, FIELDS, by_name)] == [
        ("Iris", "iris@people.example"),
        ("Joan", "joan@people.example"),
    ]
    assert [each.name for each in made(Person, FIELDS, one)] == ["Joan"]


def test_what_was_not_read_is_read_when_it_is_asked_for(organization: Any) -> None:
    _known(organization, "Joan")
    with tenancy.organization_scope(organization.pk):
        (rows,) = together([select(Person, ("id", "organization_id"), "true")], {})
        (person,) = made(Person, ("id", "organization_id"), rows)
        assert person.phone == "+34 600"


def test_a_field_that_is_none_is_no_field_less() -> None:
    with pytest.raises(ValueError, match="Person has no organization"):
        select(Person, ("id", "organization"), "true")


def test_outside_an_organization_nothing_is_read() -> None:
    with pytest.raises(tenancy.OutsideTenant):
        together([select(Person, ("id",), "true")], {})
