"""Whoever adds a table, a column of bytes or a file says what becomes of it when a person is erased."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from callboard.people.models import Member, Person, User
from callboard.workflows.erase_person import everywhere
from callboard.workflows.erase_person.places import BYTES, FILES, PEOPLES_IDS, TABLES, WORDS, WRITERS, Fate
from callboard.workflows.erase_person.steps import STEPS
from tests.architecture.sources import modules
from tests.support.rows import tenant_models

STEP_NAMES = {step.name for step in STEPS}


@pytest.mark.django_db
def test_every_table_says_what_becomes_of_it(owner_connection: psycopg.Connection[Any]) -> None:
    rows = owner_connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
    )
    assert {row[0] for row in rows} == set(TABLES)


@pytest.mark.django_db
def test_every_column_of_bytes_is_somebodys_step(owner_connection: psycopg.Connection[Any]) -> None:
    rows = owner_connection.execute(
        "SELECT table_name || '.' || column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'bytea'"
    )
    assert {row[0] for row in rows} == set(BYTES)
    assert set(BYTES.values()) <= STEP_NAMES


def test_what_is_done_is_done_by_a_step_and_what_stays_has_a_reason() -> None:
    for name, place in {**TABLES, **FILES}.items():
        if place.step:
            assert place.step in STEP_NAMES, name
        else:
            assert place.why, name
        if place.fate in (Fate.ERASED, Fate.TEXTS, Fate.IDS):
            assert place.step, name


def test_every_table_with_words_is_looked_through_or_has_a_reason() -> None:
    looked = {model._meta.db_table for model in everywhere.swept()}
    worded = {model._meta.db_table for model in tenant_models() if everywhere.columns(model)}
    left = {model._meta.db_table for model in everywhere.LEFT_OUT}
    assert worded - looked == left
    assert {name for name, place in TABLES.items() if place.fate == Fate.TEXTS} <= looked


@pytest.mark.parametrize("listed", [WORDS, PEOPLES_IDS])
def test_the_columns_that_say_people_are_looked_through(listed: dict[str, tuple[str, ...]]) -> None:
    there = {
        model._meta.db_table: {f.column for f in everywhere.columns(model)} for model in everywhere.swept()
    }
    for table, columns in listed.items():
        assert set(columns) <= there[table], table


def test_a_table_that_names_a_person_does_not_simply_stay() -> None:
    """It says what becomes of the row, or that it names one that is no one's any more, and why."""
    naming = {
        model._meta.db_table
        for model in tenant_models()
        for field in model._meta.local_fields
        if getattr(field, "related_model", None) in (Person, Member, User)
    }
    stays = {name for name, place in TABLES.items() if place.fate == Fate.STAYS}
    no_ones = {name for name, place in TABLES.items() if place.fate == Fate.NO_ONES}
    assert naming & stays == set()
    assert no_ones <= naming


def putting() -> Iterator[str]:
    """Modules that put a file into a store: `….put(` in one that knows of stores."""
    for module in modules():
        knows = any("lib.store" in name or name.endswith(".Store") for name, _ in module.imports())
        puts = any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "put"
            for node in ast.walk(module.tree)
        )
        if module.package == "drills":
            continue  # on throwaway stores
        if knows and puts and module.name != "callboard.lib.store":
            yield module.name


def test_whoever_writes_files_says_where() -> None:
    assert set(putting()) == set(WRITERS)
    assert {folder for folder in WRITERS.values() if folder} == set(FILES)
