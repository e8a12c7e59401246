"""What Django itself can say about the project: checks, migrations, templates."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import engines

from tests.architecture.sources import SOURCE

TEMPLATES = sorted((SOURCE / "callboard").rglob("templates/**/*.*ml"))


def test_djangos_own_checks_find_nothing() -> None:
    call_command("check", fail_level="WARNING")


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_compiles(path: Path) -> None:
    engines["django"].from_string(path.read_text())


def test_the_templates_were_found() -> None:
    assert TEMPLATES
