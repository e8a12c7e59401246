"""The pages that stand open all day cost a number of statements that is known, and none of it by accident."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from callboard.lib import tenancy
from tests.web import cast

SIGNED_IN = 3
"""The browser's login, who it is, and the organization of the transaction."""
FRAME = 1
"""What the navigation counts, and the filters that stand in it."""


@pytest.fixture
def nora(db: None) -> Client:
    organization = cast.new_organization()
    with tenancy.organization_scope(organization.pk):
        school = cast.busy_school(organization)
    client = Client()
    client.force_login(school.members["Nora"].user)
    client.get("/wall/")  # notes that the browser was seen, which is once a while
    return client


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/wall/", FRAME),
        ("/wall/cells/", 1),
        ("/wall/cells/?keys=s-algebra-8", 1),
        ("/promises/", FRAME + 1),
        ("/promises/?as=table&days=90", FRAME + 1),
    ],
)
def test_a_page_asks_the_database_so_often(nora: Client, path: str, own: int) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert nora.get(path).status_code == 200
    statements = [each["sql"] for each in asked.captured_queries if not of_the_test(each["sql"])]
    assert len(statements) == SIGNED_IN + own, "\n".join(statements)


def test_a_longer_queue_costs_no_statement_more(db: None) -> None:
    organization = cast.new_organization()
    with tenancy.organization_scope(organization.pk):
        school = cast.busy_school(organization)
    client = Client()
    client.force_login(school.members["Nora"].user)
    client.get("/queue/")

    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as sent:
            assert client.get("/queue/").status_code == 200
        return [each["sql"] for each in sent.captured_queries if not of_the_test(each["sql"])]

    few = asked()
    with tenancy.organization_scope(organization.pk):
        for kind, name in (("consent_missing", "Joan"), ("consent_missing", "Iris"), ("dropped", "Diego")):
            school.case(kind, "soon", "Algebra 8", ago=60, person=name)
    many = asked()
    assert len(many) == len(few), "\n".join(many)


def of_the_test(sql: str) -> bool:
    """Whether it is there because a test's transaction is round the page's, which sets things back in it."""
    return sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT")) or (
        sql.startswith("SELECT set_config") and "''" in sql
    )
