"""A schema in two steps: before the new version's processes start, and after the older ones have ended."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from callboard.cli import failures, main, runtime, schema
from callboard.config import schema as config_schema
from callboard.lib import stages
from tests.support.database import Place, another_database

QUEUES = ("callboard_cases", "0002_routes_by_place_and_strict_queues")
INDEX = ("callboard_expectations", "0004_kinds_in_the_index_of_days")
WHY = ("callboard_expectations", "0003_why_waived")
FORMER = [(QUEUES[0], "0001_tables"), (WHY[0], "0002_promises_by_subject_and_session")]


@pytest.fixture(scope="module")
def spare(database_place: Place) -> Iterator[Place]:  # which has made the template
    with another_database(empty=False) as place:
        yield place


@pytest.fixture
def older(spare: Place, django_db_blocker: Any) -> Iterator[Place]:
    """A database that lacks the three above."""
    owner = connections["owner"]
    name = owner.settings_dict["NAME"]
    with django_db_blocker.unblock():
        owner.close()
        owner.settings_dict["NAME"] = spare.admin.rpartition("/")[2].partition("?")[0]
        try:
            schema.bring_up_to_date()
            MigrationExecutor(owner).migrate(FORMER)
            yield spare
        finally:
            owner.close()
            owner.settings_dict["NAME"] = name


def wait_for_the_old(monkeypatch: pytest.MonkeyPatch, *keys: stages.Key) -> None:
    """Say that these wait for the old processes to end."""
    monkeypatch.setattr(
        stages, "of", lambda each: stages.AFTER if (each.app_label, each.name) in keys else stages.BEFORE
    )


def names() -> dict[str, list[str]]:
    return {stage: [each.name for each in found] for stage, found in vars(schema.pending()).items()}


def test_what_old_processes_cannot_live_with_waits_for_their_end(
    older: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_the_old(monkeypatch, INDEX)
    assert sorted(schema.bring_up_to_date(only_before=True)) == sorted([".".join(QUEUES), ".".join(WHY)])
    assert names() == {"before": [], "after": [INDEX[1]], "held": []}
    assert schema.bring_up_to_date(only_before=True) == []
    assert schema.bring_up_to_date() == [".".join(INDEX)]
    assert schema.pending() == stages.Pending()


def test_a_version_that_needs_what_comes_after_cannot_run_beside_the_old_one(
    older: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_the_old(monkeypatch, WHY)
    assert names() == {"before": [QUEUES[1]], "after": [WHY[1]], "held": [INDEX[1]]}
    with pytest.raises(failures.Failed, match=f"needs {'.'.join(INDEX)}, which come after") as refused:
        schema.bring_up_to_date(only_before=True)
    assert refused.value.code == "not_side_by_side"
    assert names()["before"] == [QUEUES[1]], "nothing was changed"
    assert len(schema.bring_up_to_date()) == 3


def test_a_check_says_what_is_pending_and_changes_nothing(
    older: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runtime, "product", lambda *_, **__: nullcontext())  # the database is there
    wait_for_the_old(monkeypatch, INDEX)
    pending = {"before": [".".join(QUEUES), ".".join(WHY)], "after": [".".join(INDEX)], "held": []}

    assert main.run(["migrate", "--check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"applied": [], "pending": pending}
    assert main.run(["migrate", "--before"]) == 0
    assert capsys.readouterr().out == (
        f"Applied 2 migrations, the last {'.'.join(WHY)}.\n"
        f"To be applied once no older process runs, by callboard migrate: {'.'.join(INDEX)}.\n"
    )
    assert main.run(["migrate", "--check", "--before"]) == 0
    assert main.run(["migrate", "--check"]) == 1
    assert main.run(["migrate"]) == 0
    capsys.readouterr()
    assert main.run(["migrate", "--check"]) == 0
    assert capsys.readouterr().out == "The database is up to date.\n"


def test_a_start_leaves_out_what_waits_where_it_is_told_to(
    older: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wait_for_the_old(monkeypatch, INDEX)
    monkeypatch.setattr(runtime, "opened", lambda _: nullcontext(older.logins))
    monkeypatch.setattr(runtime, "start", lambda *_: None)
    monkeypatch.setenv(runtime.AT_START, "sometimes")
    with pytest.raises(failures.BadInput, match="must be all or before"), runtime.product(tmp_path):
        pass
    monkeypatch.setenv(runtime.AT_START, "before")
    with runtime.product(tmp_path):
        assert names() == {"before": [], "after": [INDEX[1]], "held": []}
    monkeypatch.delenv(runtime.AT_START)
    with runtime.product(tmp_path):
        assert schema.pending() == stages.Pending()


@pytest.mark.django_db(databases=["owner"])
def test_an_empty_database_has_no_old_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_for_the_old(monkeypatch, WHY)
    monkeypatch.setattr("django.db.migrations.loader.MigrationRecorder.applied_migrations", lambda _: {})
    found = schema.pending()
    assert (found.after, found.held) == ([], [])
    assert found.before


def test_libraries_say_theirs_by_name() -> None:
    from django.db.migrations.loader import MigrationLoader

    nodes = MigrationLoader(None).graph.nodes
    of_jobs = {name: stages.of(each) for (app, name), each in nodes.items() if app == "procrastinate"}
    assert of_jobs["0040_pre_retry_failed_job"] == stages.BEFORE
    assert of_jobs["0041_post_retry_failed_job"] == stages.AFTER


def test_a_table_in_use_is_waited_for_in_turns(older: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads meanwhile is held up for a moment, not for as long as the other transaction lasts."""
    monkeypatch.setattr(schema, "LOCK_WITHIN", 0.05)
    gave_way = threading.Event()
    monkeypatch.setattr(schema, "sleep", lambda _: gave_way.set())
    with psycopg.connect(older.admin) as user:
        user.execute("SELECT FROM callboard_cases_queue")

        def end() -> None:
            gave_way.wait(60)
            user.rollback()

        ending = threading.Thread(target=end)
        ending.start()
        assert len(schema.bring_up_to_date()) == 3
        ending.join()
    assert gave_way.is_set()


def test_a_table_that_stays_in_use_is_named_as_the_cause(
    older: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "LOCK_WITHIN", 0.01)
    monkeypatch.setattr(schema, "PAUSE", 0.0)
    monkeypatch.setattr(schema, "TRIES", 2)
    with psycopg.connect(older.admin) as user:
        user.execute("SELECT FROM callboard_cases_queue")
        with pytest.raises(failures.Failed, match="some transaction has been open") as refused:
            schema.bring_up_to_date()
    assert refused.value.code == "locked"
    assert QUEUES[1] in names()["before"], "nothing was half done"


def test_one_that_is_the_victim_of_a_deadlock_comes_again(
    older: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply, tried = schema._apply, []

    def once_deadlocked(*, only_before: bool) -> None:
        tried.append(only_before)
        if len(tried) == 1:
            raise OperationalError from psycopg.errors.DeadlockDetected("deadlock detected")
        apply(only_before=only_before)

    monkeypatch.setattr(schema, "_apply", once_deadlocked)
    monkeypatch.setattr(schema, "PAUSE", 0.0)
    assert len(schema.bring_up_to_date()) == 3
    assert len(tried) == 2


def test_what_libraries_still_lack_is_known_to_health_too() -> None:
    assert config_schema.known()["procrastinate", "0041_post_retry_failed_job"] == stages.AFTER
