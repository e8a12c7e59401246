from __future__ import annotations

from typing import Any

import pytest
from django.db import Error, connection, transaction

from callboard.lib.tenancy import (
    OutsideTenant,
    current_organization,
    organization_in_scope,
    organization_scope,
)
from callboard.people.models import Person


def in_force() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.organization', true)")
        return str(cursor.fetchone()[0] or "")


def test_a_query_outside_any_scope_is_a_bug_that_says_so() -> None:
    with pytest.raises(OutsideTenant, match="no organization is in scope"):
        Person.objects.count()


@pytest.mark.django_db
def test_an_unset_organization_reads_nothing(organization: Any) -> None:
    with organization_scope(organization.pk):
        Person.objects.create(name="Ana")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM callboard_people_person")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_a_scope_within_a_scope_holds_until_it_ends(organization: Any, other_organization: Any) -> None:
    with organization_scope(organization.pk):
        with organization_scope(other_organization.pk):
            assert (current_organization(), in_force()) == (other_organization.pk, str(other_organization.pk))
        assert (current_organization(), in_force()) == (organization.pk, str(organization.pk))
    assert organization_in_scope() is None


@pytest.mark.django_db
def test_after_a_scope_fails_the_former_one_is_in_force(organization: Any, other_organization: Any) -> None:
    with organization_scope(organization.pk):
        with pytest.raises(RuntimeError), organization_scope(other_organization.pk):
            raise RuntimeError
        assert in_force() == str(organization.pk)
        Person.objects.create(name="Ana")


@pytest.mark.django_db
def test_a_row_cannot_be_written_into_another_organization(
    organization: Any, other_organization: Any
) -> None:
    with organization_scope(organization.pk), pytest.raises(Error), transaction.atomic():
        Person.objects.create(name="Ana", organization_id=other_organization.pk)


@pytest.mark.django_db(transaction=True)
def test_the_setting_is_gone_when_the_transaction_is(organization: Any) -> None:
    with organization_scope(organization.pk):
        assert in_force() == str(organization.pk)
    assert in_force() == ""
