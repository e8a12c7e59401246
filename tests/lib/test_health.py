"""Checks say what they found, also where they break."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection

from callboard.lib import health
from callboard.lib.health import Check, State, bad, look, ok


def breaks() -> health.Finding:
    raise ZeroDivisionError


def test_a_check_that_breaks_is_itself_a_finding() -> None:
    checks = [
        Check(name="one", title="One", look=breaks),
        Check(name="two", title="Two", look=lambda: [ok("well"), bad("ill", "cure", subject="left")]),
    ]
    found = list(look(checks))
    assert [(each.name, each.ok) for each in found] == [("one", False), ("two", True), ("two", False)]
    assert "ZeroDivisionError" in found[0].finding.text
    assert (found[2].finding.state, found[2].finding.subject) == (State.BAD, "left")


@pytest.mark.django_db
def test_a_check_that_breaks_a_transaction_leaves_it_whole_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asks(statement: str) -> health.Finding:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        return ok("answered")

    monkeypatch.setattr(health, "_known", {})
    health.register(
        Check(name="one", title="One", look=partial(asks, "SELECT 1 / 0")),
        Check(name="two", title="Two", look=partial(asks, "SELECT 1")),
    )
    assert [each.ok for each in health.examine()] == [False, True]


def test_the_installation_has_its_checks_in_one_list() -> None:
    names = [check.name for check in health.known(of_organization=False)]
    assert names[:5] == ["database", "durability", "roles", "policies", "clock"]
    assert {"schema", "disk", "mail", "workers", "queues", "failed_jobs", "leases", "engine_lag"} <= set(
        names
    )
