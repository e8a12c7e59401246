"""Files that are brought in, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from callboard.people.import_models import Import

Status = Literal["fetching", "new", "checking", "checked", "writing", "done", "failed", "discarded"]


class UploadIn(Schema):
    """What the body is."""

    kind: str = Field(min_length=1, max_length=40)
    file_name: str = Field("", max_length=200)


class AddressIn(Schema):
    """Where a file lies, for all to fetch: a calendar's feed, a sheet that is published as CSV."""

    kind: str = Field(min_length=1, max_length=40)
    url: str = Field(min_length=1, max_length=500)


class ChoicesIn(Schema):
    """What the columns are and whatever else its kind lets one choose; what is left out stays."""

    choices: dict[str, Any] = {}


class WriteIn(Schema):
    """`skip`: without the rows that are wrong; else nothing is written where one is."""

    skip: bool = False


class FaultItem(Schema):
    line: int
    column: str
    value: str
    text: str
    file: str


class ImportRow(Schema):
    id: int
    kind: str
    status: Status
    file_name: str
    counts: dict[str, int]
    fault_count: int
    problem: str | None
    created_at: datetime
    ended_at: datetime | None


class ImportItem(ImportRow):
    """`counts` and `samples` are what it would do, or did. Of the faults the first 2,000 are told."""

    choices: dict[str, Any]
    shown: dict[str, Any]
    samples: dict[str, Any]
    faults: list[FaultItem]
    step: str | None
    done_rows: int
    total_rows: int


class ImportPage(Schema):
    items: list[ImportRow]
    next: str | None


def import_row(row: Import) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "status": row.status,
        "file_name": row.file_name,
        "counts": row.found.get("counts", {}),
        "fault_count": row.fault_count,
        "problem": row.problem or None,
        "created_at": row.created_at,
        "ended_at": row.ended_at,
    }


def import_item(row: Import) -> dict[str, Any]:
    return {
        **import_row(row),
        "choices": row.choices,
        "shown": row.shown,
        "samples": row.found.get("samples", {}),
        "faults": row.faults,
        "step": row.step or None,
        "done_rows": row.done_rows,
        "total_rows": row.total_rows,
    }
