"""No migration breaks the processes that run beside it; docs/decisions has the two stages."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any, ClassVar

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from callboard.lib import stages
from callboard.lib.stages import AFTER
from callboard.lib.tables import BuildIndex, CreateTables
from tests.architecture.upgrades import HALF, NEITHER, NEW, OLD, SLOW, UNWRITTEN, Fault, faults

EARLIER = "made before there were two stages and before the first release: it is upgraded at a standstill"
EXCUSED: dict[str, dict[str, str]] = {
    "callboard_cases.0002_routes_by_place_and_strict_queues": {
        "AddField queue.strict": EARLIER,
        "AddField route.regions": EARLIER,
        "AddField route.providers": EARLIER,
    },
    "callboard_expectations.0002_promises_by_subject_and_session": {
        "AddField expectationpolicy.scope": EARLIER,
        "AddField expectationpolicy.target": EARLIER,
        "AddIndex expectationpolicy.expectation_policy_newest": "a table of a few rows",
    },
    "callboard_expectations.0004_kinds_in_the_index_of_days": {
        "AddIndex expectation.expectation_by_day": EARLIER,
    },
    "callboard_live.0002_incidents_of_backtests": {"AddField backtest.incidents": EARLIER},
    "callboard_live.0003_ids_give_way": {
        "RunSQL CREATE TRIGGER": "on changes of lines of the log, and no older version changes any",
    },
    "callboard_people.0003_imports": {
        "AddField person.external_id": EARLIER,
        "AddIndex person.person_by_email": EARLIER,
        "AddConstraint person.person_external_id_once": "on the new column alone",
        "AddConstraint person.person_external_id_once with an index": EARLIER,
    },
    "callboard_people.0005_changes_and_copies": {"AddField person.merged_into with an index": EARLIER},
    "callboard_sessions.0003_roles_in_the_index_of_participants": {
        "AddConstraint participant.participant_once": "the same rule as before it, kept with one column more",
        "AddConstraint participant.participant_once with an index": EARLIER,
    },
}
"""By migration: what it does, and why that breaks nobody."""

RELEASED: frozenset[str] = frozenset()
"""Migrations (`app.name`) that were part of a release; the newest of each app will do."""


@cache
def found() -> list[Fault]:
    """Of our own packages' migrations, in the order in which they are applied."""
    loader = MigrationLoader(None)
    state = ProjectState(real_apps=loader.unmigrated_apps)
    every = []
    for key in _in_order(loader):
        migration = loader.graph.nodes[key]
        if key[0].startswith("callboard_"):
            every += faults(migration, state)
        else:
            migration.mutate_state(state, preserve=False)
    return every


def _in_order(loader: MigrationLoader) -> list[stages.Key]:
    order: dict[stages.Key, None] = {}
    for leaf in loader.graph.leaf_nodes():
        order.update(dict.fromkeys(loader.graph.forwards_plan(leaf)))
    return list(order)


def test_every_migration_fits_its_stage() -> None:
    bad = [
        f"{each.migration}: {each.what}: {each.why}"
        for each in found()
        if each.what not in EXCUSED.get(each.migration, {})
    ]
    assert bad == [], "\n".join(bad)


def test_excuses_are_needed() -> None:
    needed = Counter((each.migration, each.what) for each in found())
    assert [
        (name, what) for name, whats in EXCUSED.items() for what in whats if (name, what) not in needed
    ] == []


def test_what_is_applied_before_rests_on_nothing_of_the_same_release_that_is_applied_after() -> None:
    graph = MigrationLoader(None).graph
    released = {
        key for name in RELEASED for key in graph.forwards_plan((name.split(".")[0], name.split(".")[1]))
    }
    ours = {
        key: each
        for key, each in graph.nodes.items()
        if key[0].startswith("callboard_") and key not in released
    }
    late = {key for key, each in ours.items() if stages.of(each) == AFTER}
    assert [key for key in ours if key not in late and late & set(graph.forwards_plan(key))] == []


class First(migrations.Migration):
    operations: ClassVar = [
        migrations.CreateModel(
            "Boat",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=40)),
                ("berth", models.IntegerField(null=True)),
            ],
        )
    ]


KIND: models.Field[Any, Any] = models.CharField(max_length=40, choices=[("sail", "Sailing boat")])
OAR = migrations.CreateModel("Oar", [("id", models.BigAutoField(primary_key=True))])
NAME: models.Field[Any, Any] = models.CharField(max_length=20)
LONG: models.Field[Any, Any] = models.CharField(max_length=80)
SMALL: models.Field[Any, Any] = models.SmallIntegerField(null=True)
FINDABLE: models.Field[Any, Any] = models.IntegerField(null=True, db_index=True)
MATE: models.Field[Any, Any] = models.ForeignKey("boats.Boat", on_delete=models.SET_NULL, null=True)
BERTHS = models.Index(fields=["berth"], name="by_berth")
ONCE = models.UniqueConstraint(fields=["name"], name="boat_once")


@pytest.mark.parametrize(
    ("operation", "before", "after"),
    [
        (migrations.RemoveField("boat", "berth"), {OLD}, set()),
        (migrations.RemoveField("boat", "name"), {OLD}, {NEW}),
        (migrations.DeleteModel("Boat"), {OLD}, set()),
        (migrations.RenameField("boat", "name", "title"), {NEITHER}, {NEITHER}),
        (migrations.AddField("boat", "port", FINDABLE), {SLOW}, {NEW, SLOW}),
        (migrations.AddField("boat", "mate", MATE), {SLOW}, {NEW, SLOW}),
        (migrations.AlterField("boat", "berth", FINDABLE), {SLOW}, {SLOW}),
        (migrations.RunSQL("ALTER TABLE boat DROP berth"), {OLD}, set()),
        (migrations.RunSQL("ALTER TABLE boat ALTER berth TYPE text"), {OLD}, set()),
        (migrations.RunSQL("ALTER TABLE boat ALTER berth DROP DEFAULT"), {OLD}, set()),
        (migrations.RunSQL(["SELECT 1", "ALTER TABLE boat\nDROP COLUMN berth"]), {OLD}, set()),
        (migrations.RenameModel("Boat", "Ship"), {NEITHER}, {NEITHER}),
        (migrations.AlterField("boat", "name", NAME), {OLD}, set()),
        (migrations.AlterField("boat", "name", LONG), set(), {NEW}),
        (migrations.AlterField("boat", "name", models.TextField()), set(), {NEW}),
        (migrations.AlterField("boat", "berth", SMALL), {OLD}, set()),
        (migrations.AlterField("boat", "berth", models.PositiveIntegerField(null=True)), {OLD}, set()),
        (migrations.AlterField("boat", "berth", models.IntegerField(default=0)), {OLD}, set()),
        (migrations.AlterField("boat", "name", KIND), set(), set()),
        (migrations.AddField("boat", "flag", models.TextField(default="")), {UNWRITTEN}, {NEW}),
        (migrations.AddField("boat", "flag", models.TextField(db_default="")), set(), {NEW}),
        (migrations.AddField("boat", "flag", models.TextField(null=True)), set(), {NEW}),
        (migrations.AddConstraint("boat", ONCE), {OLD, SLOW}, {SLOW}),
        (migrations.RemoveIndex("boat", "by_name"), set(), set()),
        (migrations.RunSQL("ALTER TABLE made_boat\n ALTER COLUMN name SET  NOT NULL"), {OLD}, set()),
        (migrations.RunSQL("CREATE INDEX by_berth ON made_boat (berth)"), {SLOW}, {SLOW}),
        (migrations.RunSQL("CREATE INDEX CONCURRENTLY by_berth ON made_boat (berth)"), {HALF}, {HALF}),
        (migrations.AddIndex("boat", BERTHS), {SLOW}, {SLOW}),
        (AddIndexConcurrently("boat", BERTHS), {HALF}, {HALF}),
        (BuildIndex("boat", BERTHS), set(), set()),
        (migrations.SeparateDatabaseAndState([migrations.DeleteModel("Boat")]), {OLD}, set()),
        (CreateTables(OAR), set(), {NEW}),
    ],
)  # fmt: skip
def test_a_made_up_migration_is_caught(
    operation: migrations.operations.base.Operation, before: set[str], after: set[str]
) -> None:
    for stage, expected in ((stages.BEFORE, before), (AFTER, after)):
        state = ProjectState()
        First("0001_first", "made").mutate_state(state, preserve=False)
        if isinstance(operation, migrations.RemoveIndex):
            index = models.Index(fields=["name"], name="by_name")
            migrations.AddIndex("boat", index).state_forwards("made", state)
        made_up = type(
            "Second",
            (migrations.Migration,),
            {"operations": [operation], "stage": stage, "dependencies": [("made", "0001_first")]},
        )
        caught = faults(made_up("0002_second", "made"), state)
        assert {each.why for each in caught} == expected, stage
        assert {each.migration for each in caught} <= {"made.0002_second"}


def test_what_a_migration_makes_itself_it_may_change() -> None:
    operations = [
        *First.operations,
        migrations.AddConstraint("boat", ONCE),
        migrations.AlterField("boat", "name", NAME),
    ]
    made_up = type("Whole", (migrations.Migration,), {"operations": operations})
    assert faults(made_up("0001_whole", "made"), ProjectState()) == []
