"""People's records: changed and taken back, archived, merged with doubles, and copied for them to read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from ninja import Router

from callboard.api.guard import Asked
from callboard.api.resources.people import by_key, whole
from callboard.api.resources.people import router as of_person
from callboard.api.shapes import people as people_shapes
from callboard.api.shapes import records as shapes
from callboard.lib.errors import NotFound
from callboard.people import doubles
from callboard.people.operations import copying, editing, merging
from callboard.people.records import PersonChange, PersonCopy
from callboard.workflows import archive_person, merge_people, take_back

router = Router(tags=["People"])

LATEST = 100

# `of_person` has the other calls to a person's own address: one address belongs to one router.


@router.get("/doubles", response=shapes.DoubleList, operation_id="list_doubles")
def list_doubles(request: Asked) -> Any:
    """Pairs of records that may be of one person, the likeliest first."""
    request.access.require("people.manage")
    return {
        "items": [
            {"first": each.first.key, "second": each.second.key, "why": list(each.why)}
            for each in doubles.likely()
        ]
    }


@of_person.patch("/{person}", response=people_shapes.PersonItem, operation_id="change_person")
def change_person(request: Asked, person: str, given: shapes.PersonPatch) -> Any:
    """Change what is known of them. 409 `changed_since` where `seen` is not the latest change any more.

    Held before they are read, since what is not given stays as it then is.
    """
    request.access.require("people.manage")
    found = editing.held(request.access, by_key(person).pk)
    said = given.dict(exclude_unset=True)
    seen = said.pop("seen", None)
    plain = {name: value for name, value in said.items() if value is not None or name in _MAY_BE_NONE}
    wanted = replace(editing.profile_of(found), **plain)
    editing.edit_person(request.access, found.pk, wanted, seen=seen)
    return whole(by_key(person))


_MAY_BE_NONE = frozenset({"skills", "level", "of_age_on"})


@router.get("/{person}/changes", response=shapes.ChangeList, operation_id="list_person_changes")
def list_changes(request: Asked, person: str) -> Any:
    """What was done to their record, the latest first."""
    request.access.require("people.manage")
    rows = PersonChange.objects.filter(person=by_key(person)).order_by("-at", "-pk")[:LATEST]
    return {"items": [shapes.change_item(each) for each in rows]}


@router.post("/{person}/changes/{change}/undo", response=shapes.ChangeItem, operation_id="undo_person_change")
def undo_change(request: Asked, person: str, change: int) -> Any:
    """Take a change of the last day back; a merge too. 409 `too_late`, `changed_since`, `undone_already`,
    and as archiving where it was restoring.
    """
    return shapes.change_item(take_back.take_back(request.access, by_key(person).pk, change))


@router.post("/{person}/archive", response=shapes.ChangeItem, operation_id="archive_person")
def archive(request: Asked, person: str) -> Any:
    """Into the archive. 409 `has_sessions` while they have sessions to come."""
    return shapes.change_item(archive_person.archive(request.access, by_key(person).pk))


@router.post("/{person}/restore", response=shapes.ChangeItem, operation_id="restore_person")
def restore(request: Asked, person: str) -> Any:
    return shapes.change_item(editing.restore_person(request.access, by_key(person).pk))


@router.post("/{person}/merge", response=shapes.MergeItem, operation_id="merge_person")
def merge(request: Asked, person: str, given: shapes.MergeIn) -> Any:
    """Let another record become a part of theirs, or only say what that would do."""
    kept, double = by_key(person), by_key(given.other)
    seen = merge_people.preview(request.access, kept.pk, double.pk)
    done = None if given.preview else merge_people.merge(request.access, kept.pk, double.pk)
    return {
        "kept": kept.key,
        "double": double.key,
        "refusal": seen.refusal,
        "filled": list(seen.filled),
        "to_come": seen.to_come,
        "past": seen.past,
        "consents": list(seen.consents),
        "change": done.pk if done else None,
    }


@router.post("/{person}/distinct", response=shapes.ChangeItem, operation_id="say_distinct")
def distinct(request: Asked, person: str, given: shapes.OtherIn) -> Any:
    """They are two people: not to be suggested as doubles again."""
    return shapes.change_item(merging.say_distinct(request.access, by_key(person).pk, by_key(given.other).pk))


@router.post("/{person}/copies", response=shapes.CopyItem, operation_id="copy_person")
def ask_copy(request: Asked, person: str) -> Any:
    """Have a copy made of all that is held of them; one that is being made is answered."""
    return shapes.copy_item(copying.ask_copy(request.access, by_key(person).pk))


@router.get("/{person}/copies", response=shapes.CopyList, operation_id="list_person_copies")
def list_copies(request: Asked, person: str) -> Any:
    request.access.require("people.manage")
    rows = PersonCopy.objects.filter(person=by_key(person)).order_by("-asked_at")[:LATEST]
    return {"items": [shapes.copy_item(each) for each in rows]}


@router.get("/{person}/copies/{copy_id}/file", operation_id="get_person_copy")
def get_copy(request: Asked, person: str, copy_id: int) -> Any:
    """The archive itself: index.html for people, data.json for programs. Noted each time."""
    request.access.require("people.manage")
    if not PersonCopy.objects.filter(pk=copy_id, person=by_key(person)).exists():
        raise NotFound(code="copy_not_found")
    found = copying.fetch_copy(request.access, copy_id)
    return HttpResponse(copying.read_copy(found), content_type="application/zip")
