"""Cases: reading them, and all that a person can do about them."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext as _
from ninja import Body, Field, Query, Router
from pydantic import ValidationError

from callboard.api.guard import Asked
from callboard.api.paging import Page, paged
from callboard.api.shapes import cases as shapes
from callboard.api.shapes import rules as rule_shapes
from callboard.cases import operations, queries
from callboard.cases.models import Case, Queue
from callboard.lib.errors import Invalid
from callboard.live.why import why

router = Router(tags=["Cases"])


class CaseFilter(Page):
    """`status=open` is the open ones alone; `standing` and `over` are also understood. `mine`: those that the
    asker has. `worked`: those in queues that are the asker's to work. `owner`: me, nobody or a member's id.
    `q`: a few letters of a person, a title or a kind, a session's key or a case's number; what is over for
    more than 30 days is found with `older`."""

    status: shapes.Status | Literal["standing", "over"] | None = None
    severity: shapes.Severity | None = None
    kind: str | None = Field(None, max_length=40)
    queue: str | None = Field(None, max_length=50)
    session: str | None = Field(None, max_length=40)
    participant: str | None = Field(None, max_length=100)
    subject: str | None = Field(None, max_length=100)
    node: str | None = Field(None, max_length=100)
    region: str | None = Field(None, max_length=100)
    provider: str | None = Field(None, max_length=40)
    owner: str | None = Field(None, max_length=20)
    q: str | None = Field(None, max_length=100)
    older: bool = False
    mine: bool = False
    worked: bool = False

    def wanted(self) -> queries.Wanted:
        said = self.dict(exclude={"limit", "cursor", "mine", "worked"}, exclude_none=True)
        return queries.Wanted.read(said | ({"owner": "me"} if self.mine else {}))


def item(request: Asked, case: Case) -> dict[str, Any]:
    """The case as it is now, with all that is told of it."""
    return shapes.case_item(queries.case(request.access, case.pk), request.access)


@router.get("", response=shapes.CasePage, operation_id="list_cases")
def list_cases(request: Asked, wanted: Query[CaseFilter]) -> Any:
    """Cases, latest first."""
    rows = queries.selected(request.access, wanted.wanted())
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


@router.post("/actions/{name}", response=shapes.ManyItem, operation_id="act_on_cases")
def act_on(request: Asked, name: str, given: shapes.ManyIn) -> Any:
    """Do the same to many cases, each with an outcome of its own. 200 also where some, or all, refused."""
    params = params_of(name, given.params)
    return shapes.many_item(operations.act_on(request.access, given.cases, name, **params))


@router.post("/undo", response=shapes.ManyItem, operation_id="undo_batch")
def undo_batch(request: Asked, given: shapes.BatchIn) -> Any:
    """Take back what one did to many cases in one go, within five minutes."""
    return shapes.many_item(operations.undo_batch(request.access, given.batch))


@router.get("/{int:case_id}", response=shapes.CaseItem, operation_id="get_case")
def get_case(request: Asked, case_id: int) -> Any:
    """One case. That it was looked at is on record."""
    operations.looked(request.access, case_id)
    return shapes.case_item(queries.case(request.access, case_id), request.access)


@router.get("/{int:case_id}/entries", response=shapes.EntryList, operation_id="list_case_entries")
def list_entries(request: Asked, case_id: int) -> Any:
    """A case's history, oldest first."""
    entries = queries.entries(queries.case(request.access, case_id))
    return {"items": [shapes.entry_item(entry) for entry in entries]}


@router.get("/{int:case_id}/why", response=rule_shapes.WhyItem, operation_id="get_case_why")
def get_why(request: Asked, case_id: int) -> Any:
    """The rule that raised a case, as it was, and its session up to that moment, fed to the engine again."""
    return rule_shapes.why_item(why(queries.case(request.access, case_id)))


@router.post("/{int:case_id}/claim", response=shapes.CaseItem, operation_id="claim_case")
def claim(request: Asked, case_id: int, given: shapes.ClaimIn | None = None) -> Any:
    """Take a case. 409 `already_claimed` with `owner` where another has it; one's own again is fine.

    403 `not_in_queue` where its queue is not the asker's to work, unless `override`.
    """
    override = given is not None and given.override
    return item(request, operations.claim(request.access, case_id, override))


@router.post("/{int:case_id}/move", response=shapes.CaseItem, operation_id="move_case")
def move(request: Asked, case_id: int, given: shapes.CaseMoveIn) -> Any:
    """Send a case to another queue."""
    return item(request, operations.move(request.access, case_id, given.queue))


@router.post("/{int:case_id}/release", response=shapes.CaseItem, operation_id="release_case")
def release(request: Asked, case_id: int) -> Any:
    """Give one's case back to everybody."""
    return item(request, operations.release(request.access, case_id))


@router.post("/{int:case_id}/assign", response=shapes.CaseItem, operation_id="assign_case")
def assign(request: Asked, case_id: int, given: shapes.AssignIn) -> Any:
    """Hand a case to a member, or take it over."""
    return item(request, operations.assign(request.access, case_id, given.member, given.override))


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
    return item(request, operations.act(request.access, case_id, name, **params_of(name, given or {})))


def params_of(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The body of an action, as the operation takes it."""
    if name == "snooze":
        try:
            return {"until": shapes.SnoozeIn(**given).moment()}
        except ValidationError as error:
            raise Invalid(fields={str(each["loc"][0]): each["msg"] for each in error.errors()}) from error
    if name == "assign" and "member" in given:
        member = given["member"]
        if not isinstance(member, int) or not 0 < member < 2**63:
            raise Invalid(fields={"member": _("A member's id.")})
        return {
            "member_id": member,
            **{key: value is True for key, value in given.items() if key == "override"},
        }
    wrong = [key for key in given if not key.isidentifier()]
    if wrong:
        raise Invalid(fields=dict.fromkeys(wrong, ""))
    return given
