"""Files that are brought in: put in, checked, written, discarded."""

from __future__ import annotations

from typing import Any

from ninja import Query, Router, Status

from callboard.api import uploads
from callboard.api.guard import Asked
from callboard.api.paging import Page, paged
from callboard.api.shapes import imports as shapes
from callboard.people import queries
from callboard.people.operations import imports

router = Router(tags=["Imports"])

FILE = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in sorted(uploads.FILES)
        },
    }
}


@router.get("", response=shapes.ImportPage, operation_id="list_imports")
def list_imports(request: Asked, wanted: Query[Page]) -> Any:
    """What was brought in, or is on its way, the newest first."""
    return paged(queries.imports(request.access), wanted, ["-id"], shapes.import_row)


@router.post("", response={201: shapes.ImportItem}, operation_id="put_in_file", openapi_extra=FILE)
def put_in(request: Asked, wanted: Query[shapes.UploadIn]) -> Any:
    """Put a file in, as the body of the call; 64 MB at most. It is looked at and nothing else: see `choices`
    for what its columns seem to be. 422 `bad_file` says why it cannot be read, and in which line."""
    row = imports.put_in(request.access, wanted.kind, uploads.body(request), wanted.file_name)
    return Status(201, shapes.import_item(row))


@router.post("/from-address", response={202: shapes.ImportItem}, operation_id="fetch_file")
def fetch(request: Asked, given: shapes.AddressIn) -> Any:
    """Have a file fetched from a public address. Read it until its status is `new`, or `failed`."""
    return Status(202, shapes.import_item(imports.put_in_from(request.access, given.kind, given.url)))


@router.get("/{int:pk}", response=shapes.ImportItem, operation_id="get_import")
def get_import(request: Asked, pk: int) -> Any:
    return shapes.import_item(queries.import_by_id(request.access, pk))


@router.post("/{int:pk}/check", response={202: shapes.ImportItem}, operation_id="check_import")
def check(request: Asked, pk: int, given: shapes.ChoicesIn) -> Any:
    """Have it compared with what is known, writing nothing. Read it until its status is `checked`."""
    return Status(202, shapes.import_item(imports.ask_check(request.access, pk, given.choices)))


@router.post("/{int:pk}/fetch", response={202: shapes.ImportItem}, operation_id="fetch_file_again")
def fetch_again(request: Asked, pk: int) -> Any:
    """Have one that was fetched fetched anew; what was chosen for it stays."""
    return Status(202, shapes.import_item(imports.fetch_again(request.access, pk)))


@router.post("/{int:pk}/write", response={202: shapes.ImportItem}, operation_id="write_import")
def write(request: Asked, pk: int, given: shapes.WriteIn) -> Any:
    """Have it written, all or nothing. 409 `has_faults` where rows are wrong and are not to be left out."""
    return Status(202, shapes.import_item(imports.ask_write(request.access, pk, skip=given.skip)))


@router.delete("/{int:pk}", response=shapes.ImportItem, operation_id="discard_import")
def discard(request: Asked, pk: int) -> Any:
    """Let go of a file that has not been written; while it is fetched or checked, too. 409 `not_now` where it
    is being written, or was."""
    return shapes.import_item(imports.discard(request.access, pk))
