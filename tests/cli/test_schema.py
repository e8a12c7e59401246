"""Databases that were made before the schema's history began anew."""

from __future__ import annotations

import pytest
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from callboard.cli import failures, schema
from callboard.lib import stages

pytestmark = pytest.mark.django_db(databases=["owner"])


def forget_but_the_former(app: str) -> list[tuple[str, str]]:
    """Record the migrations that the app's first one replaces in its stead, and return them."""
    former = MigrationLoader(None).disk_migrations[app, "0001_tables"].replaces
    recorder = MigrationRecorder(connections["owner"])
    recorder.record_unapplied(app, "0001_tables")
    for name in former:
        recorder.record_applied(*name)
    return list(former)


def test_a_database_of_the_last_commit_before_it_lacks_nothing() -> None:
    forget_but_the_former("callboard_cases")
    assert schema.pending() == stages.Pending()


def test_a_database_of_an_earlier_commit_is_told_what_to_do() -> None:
    *_, (app, last) = forget_but_the_former("callboard_cases")
    MigrationRecorder(connections["owner"]).record_unapplied(app, last)
    with pytest.raises(failures.BadInput, match=f"lacks {app}.{last}.*--data-dir") as refused:
        schema.pending()
    assert refused.value.code == "history_begun_anew"
