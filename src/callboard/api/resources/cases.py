"""Cases: reading them, and all that a person can do about them."""

from __future__ import annotations

from typing import Any

from ninja import Body, Field, Query, Router
from pydantic import ValidationError

from callboard.api.guard import Asked
from callboard.api.paging import Page, paged
from callboard.api.shapes import cases as shapes
from callboard.cases import operations, queries
from callboard.cases.models import Case, Queue
from callboard.lib.errors import Invalid

router = Router(tags=["Cases"])


class Filter(Page):
    """`status=open` is the open ones alone. `mine`: those that the asker has. `worked`: those in queues
    that are the asker's to work."""

    status: shapes.Status | None = None
    severity: shapes.Severity | None = None
    kind: str | None = Field(None, max_length=40)
    queue: str | None = Field(None, max_length=50)
    session: str | None = Field(None, max_length=40)
    participant: str | None = Field(None, max_length=200)
    mine: bool = False
    worked: bool = False


def item(request: Asked, case: Case) -> dict[str, Any]:
    """The case as it is now, with all that is told of it."""
    return shapes.case_item(queries.case(request.access, case.pk), request.access)


@router.get("", response=shapes.CasePage, operation_id="list_cases")
def list_cases(request: Asked, wanted: Query[Filter]) -> Any:
    """Cases, latest first."""
    rows = queries.cases(request.access)
    for name, column in (
        ("status", "status"), ("severity", "severity"), ("kind", "kind"),
        ("queue", "queue__slug"), ("session", "session__key"), ("participant", "participant"),
    ):  # fmt: skip
        value = getattr(wanted, name)
        if value is not None:
            rows = rows.filter(**{column: value})
    if wanted.mine:
        rows = rows.filter(owner_id=request.access.member)
    if wanted.worked:
        rows = rows.filter(queue__in=queries.worked(request.access))
    return paged(rows, wanted, ["-id"], lambda case: shapes.case_item(case, request.access))


@router.get("/counts", response=shapes.Counts, operation_id="count_cases")
def count_cases(request: Asked) -> Any:
    """How many are not over, whose, and where."""
    counts = queries.counts(request.access)
    slugs = dict(Queue.objects.values_list("pk", "slug"))
    names = ("open", "claimed", "snoozed", "mine", "now", "overdue")
    by_queue = {slugs[pk]: count for pk, count in counts.by_queue.items()}
    return {**{name: getattr(counts, name) for name in names}, "by_queue": by_queue}


@router.get("/kinds", response=shapes.KindList, operation_id="list_case_kinds")
def list_kinds(request: Asked) -> Any:
    """Which kinds of case there are, what raises them, and how they can end."""
    request.access.require("cases.read")
    return {
        "items": [
            {
                "name": kind.name,
                "title": str(kind.title),
                "severity": kind.severity,
                "rule": str(kind.rule),
                "outcomes": list(kind.outcomes),
            }
            for kind in queries.kinds()
        ]
    }


@router.get("/{int:case_id}", response=shapes.CaseItem, operation_id="get_case")
def get_case(request: Asked, case_id: int) -> Any:
    return shapes.case_item(queries.case(request.access, case_id), request.access)


@router.get("/{int:case_id}/entries", response=shapes.EntryList, operation_id="list_case_entries")
def list_entries(request: Asked, case_id: int) -> Any:
    """A case's history, oldest first."""
    entries = queries.entries(queries.case(request.access, case_id))
    return {"items": [shapes.entry_item(entry) for entry in entries]}


@router.post("/{int:case_id}/claim", response=shapes.CaseItem, operation_id="claim_case")
def claim(request: Asked, case_id: int) -> Any:
    """Take a case. 409 `already_claimed` with `owner` where another has it; one's own again is fine."""
    return item(request, operations.claim(request.access, case_id))


@router.post("/{int:case_id}/release", response=shapes.CaseItem, operation_id="release_case")
def release(request: Asked, case_id: int) -> Any:
    """Give one's case back to everybody."""
    return item(request, operations.release(request.access, case_id))


@router.post("/{int:case_id}/assign", response=shapes.CaseItem, operation_id="assign_case")
def assign(request: Asked, case_id: int, given: shapes.AssignIn) -> Any:
    """Hand a case to a member, or take it over."""
    return item(request, operations.assign(request.access, case_id, given.member))


@router.post("/{int:case_id}/snooze", response=shapes.CaseItem, operation_id="snooze_case")
def snooze(request: Asked, case_id: int, given: shapes.SnoozeIn) -> Any:
    """Let a case sleep; then it is open again."""
    return item(request, operations.snooze(request.access, case_id, given.moment()))


@router.post("/{int:case_id}/resolve", response=shapes.CaseItem, operation_id="resolve_case")
def resolve(request: Asked, case_id: int, given: shapes.ResolveIn) -> Any:
    """Settle a case with one of its `outcomes`."""
    return item(request, operations.resolve(request.access, case_id, given.outcome, given.text))


@router.post("/{int:case_id}/note", response=shapes.CaseItem, operation_id="note_case")
def note(request: Asked, case_id: int, given: shapes.NoteIn) -> Any:
    """Add one's words to its history."""
    return item(request, operations.note(request.access, case_id, given.text))


@router.post("/{int:case_id}/undo", response=shapes.CaseItem, operation_id="undo_case")
def undo(request: Asked, case_id: int, given: shapes.UndoIn | None = None) -> Any:
    """Take back what one did to it last, within five minutes and while nothing else has changed it."""
    return item(request, operations.undo(request.access, case_id, given.entry if given else None))


@router.post("/{int:case_id}/actions/{name}", response=shapes.CaseItem, operation_id="act_on_case")
def act(request: Asked, case_id: int, name: str, given: Body[dict[str, Any] | None] = None) -> Any:
    """Do one of its `actions`. The body holds what the action takes, by name."""
    return item(request, operations.act(request.access, case_id, name, **_params(name, given or {})))


def _params(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The body of an action, as the operation takes it."""
    if name == "snooze":
        try:
            return {"until": shapes.SnoozeIn(**given).moment()}
        except ValidationError as error:
            raise Invalid(fields={str(each["loc"][0]): each["msg"] for each in error.errors()}) from error
    if name == "assign" and "member" in given:
        return {"member_id": given["member"]}
    wrong = [key for key in given if not key.isidentifier()]
    if wrong:
        raise Invalid(fields=dict.fromkeys(wrong, ""))
    return given
