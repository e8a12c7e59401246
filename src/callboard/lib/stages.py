"""When a migration may be applied: before the new version's processes start beside the old ones, or after the
old ones have ended.

A migration says `stage = AFTER` where an old process could not live with it; every other one is applied
before. procrastinate tells its own by their names.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from django.db.migrations import Migration
    from django.db.migrations.graph import MigrationGraph

Stage = Literal["before", "after"]
BEFORE: Final = "before"
AFTER: Final = "after"

Key = tuple[str, str]
"""App label and name."""


def of(migration: Migration) -> Stage:
    """Its stage."""
    if migration.app_label == "procrastinate":
        return AFTER if "_post_" in migration.name else BEFORE
    return AFTER if getattr(migration, "stage", BEFORE) == AFTER else BEFORE


@dataclass
class Pending:
    """What a database lacks, each in the order in which it is applied.

    `held`: needed by the new processes, and only possible once one of `after` is applied: with such, old and
    new cannot run side by side.
    """

    before: list[Migration] = field(default_factory=list)
    after: list[Migration] = field(default_factory=list)
    held: list[Migration] = field(default_factory=list)


def split(lacking: Iterable[Migration], graph: MigrationGraph) -> Pending:
    """By stage. `lacking` is in an order in which it can be applied."""
    pending = Pending()
    waiting: set[Key] = set()
    for migration in lacking:
        key = (migration.app_label, migration.name)
        if of(migration) == AFTER:
            pending.after.append(migration)
        elif _rests_on(key, waiting, graph):
            pending.held.append(migration)
        else:
            pending.before.append(migration)
            continue
        waiting.add(key)
    return pending


def _rests_on(key: Key, waiting: Container[Key], graph: MigrationGraph) -> bool:
    return any(parent.key in waiting for parent in graph.node_map[key].parents)


def name(migration: Migration) -> str:
    """`app.name`."""
    return f"{migration.app_label}.{migration.name}"
