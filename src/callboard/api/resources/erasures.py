"""Erasing people: what it would do, asking for it, and how far it is."""

from __future__ import annotations

from typing import Any

from ninja import Router

from callboard.api.guard import Asked
from callboard.api.resources.people import by_key
from callboard.api.shapes import erasures as shapes
from callboard.lib.errors import NotFound
from callboard.people import queries
from callboard.workflows import erase_person

of_people = Router(tags=["People"])
router = Router(tags=["People"])

LATEST = 500


@of_people.get("/{person}/erasure", response=shapes.ErasurePreview, operation_id="preview_erasure")
def preview(request: Asked, person: str) -> Any:
    """What erasing them would do. Changes nothing."""
    request.access.require("people.erase")
    return shapes.erasure_preview(erase_person.preview(request.access, by_key(person).pk))


@of_people.post("/{person}/erasure", response=shapes.ErasureItem, operation_id="erase_person")
def erase(request: Asked, person: str, given: shapes.EraseIn) -> Any:
    """They are blank with the answer, and their id names nobody; a job does the rest. It is not taken back.

    422 where `name` is not theirs; 409 `in_session`, `has_sessions` (to teach), `merged`.
    """
    request.access.require("people.erase")
    found = by_key(person)
    return shapes.erasure_item(erase_person.ask(request.access, found.pk, given.name, given.kept_recordings))


@router.get("", response=shapes.ErasureList, operation_id="list_erasures")
def list_erasures(request: Asked) -> Any:
    """The latest first."""
    return {"items": [shapes.erasure_item(each) for each in queries.erasures(request.access)[:LATEST]]}


@router.get("/{reference}", response=shapes.ErasureItem, operation_id="get_erasure")
def get_erasure(request: Asked, reference: str) -> Any:
    found = queries.erasures(request.access).filter(reference=reference).first()
    if found is None:
        raise NotFound(code="erasure_not_found")
    return shapes.erasure_item(found)
