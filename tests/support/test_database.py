"""The database that tests get is the product's, with its roles in force."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from callboard.lib.tenancy import organization_scope
from callboard.people.models import Organization, Person


@pytest.mark.django_db
def test_django_speaks_as_the_application_which_owns_and_bypasses_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls, "
            "(SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid) "
            "FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("callboard_app", False, False, 0)


@pytest.mark.django_db
def test_one_organization_does_not_see_anothers_people(organization: Any, other_organization: Any) -> None:
    with organization_scope(organization.pk):
        Person.objects.create(name="Ana")
    with organization_scope(other_organization.pk):
        assert Person.objects.count() == 0
    with organization_scope(organization.pk):
        assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_is_seen_from_outside(
    organization: Any, admin_connection: psycopg.Connection[Any]
) -> None:
    row = admin_connection.execute("SELECT slug FROM callboard_people_organization").fetchone()
    assert row == (organization.slug,)


@pytest.mark.django_db(transaction=True)
def test_tables_are_empty_after_a_test_that_commits(admin_connection: psycopg.Connection[Any]) -> None:
    row = admin_connection.execute("SELECT count(*) FROM callboard_people_organization").fetchone()
    assert row == (0,)


@pytest.mark.django_db
def test_without_a_scope_nothing_is_read(organization: Any) -> None:
    assert Organization.objects.count() == 0


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owner_is_another_role_on_the_same_database() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, database = cursor.fetchone()
    assert user == "callboard_owner"
    assert database == connection.settings_dict["NAME"]
