"""Files brought in without a worker, as the job would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from callboard.people.access import Access
from callboard.people.import_models import Import
from callboard.people.models import Organization
from callboard.people.operations import imports
from tests.people.cast import access


@pytest.fixture
def nora(organization: Organization) -> Access:
    """A coordinator."""
    return access(organization, "coordinator", "nora@maple.example")


BringIn = Callable[..., Import]


@pytest.fixture
def bring_in(in_organization: Organization, nora: Access) -> BringIn:
    """Put text or bytes in, check it, and write it where it is sound (or `skip`); answers the import."""

    def lead(
        file: str | bytes,
        *,
        kind: str = "people",
        write: bool = True,
        skip: bool = False,
        name: str = "roster.csv",
        **choices: Any,
    ) -> Import:
        content = file.encode() if isinstance(file, str) else file
        row = imports.put_in(nora, kind, content, name)
        imports.ask_check(nora, row.pk, choices)
        imports.run(in_organization.pk, row.pk)
        row.refresh_from_db()
        if write and row.status == "checked" and (skip or not row.fault_count):
            imports.ask_write(nora, row.pk, skip=skip)
            imports.run(in_organization.pk, row.pk)
            row.refresh_from_db()
        return row

    return lead
