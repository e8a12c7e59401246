"""One deed on many cases: each for itself, with an outcome of its own, and taken back in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from callboard.cases import rules
from callboard.cases.models import Case, CaseEntry
from callboard.cases.operations import acting, history, mentions, turn
from callboard.cases.operations.service import as_member
from callboard.lib import clock
from callboard.lib.errors import CallboardError, Conflict, Invalid
from callboard.lib.tenancy import organization_scope
from callboard.people.access import Access

AT_ONCE = 1_000


@dataclass(frozen=True)
class Outcome:
    """What became of it for one case: done, or not, with the failure's code and words."""

    case: int
    done: bool
    code: str = ""
    words: str = ""


@dataclass(frozen=True)
class Many:
    """What became of it for all. `batch` names it, so that it can be taken back; `undoable`: it can."""

    batch: str
    outcomes: tuple[Outcome, ...]
    undoable: bool = False

    @property
    def done(self) -> list[int]:
        return [each.case for each in self.outcomes if each.done]

    @property
    def failed(self) -> list[Outcome]:
        return [each for each in self.outcomes if not each.done]


def act_on(access: Access, case_ids: Iterable[int], action: str, **params: Any) -> Many:
    """Do the same to each of these cases, as `act` does it; one that refuses holds up no other.

    Raises Invalid where there are none or too many.
    """
    wanted = list(dict.fromkeys(case_ids))
    if not 0 < len(wanted) <= AT_ONCE:
        raise Invalid(fields={"cases": _("Between 1 and %(most)s cases.") % {"most": AT_ONCE}})
    with organization_scope(access.organization), history.batch() as batch:
        outcomes = _each(wanted, lambda case: acting.act(access, case, action, **params), access)
        done = [each.case for each in outcomes if each.done]
        if action == "assign" and done and params["member_id"] != as_member(access).member:
            mentions.tell_once(done, batch, params["member_id"])
        undoable = CaseEntry.objects.filter(batch=batch, before__isnull=False, undone_at=None).exists()
    return Many(batch, outcomes, undoable)


def undo_batch(access: Access, batch: str) -> Many:
    """Take back for every case what one did in one go, where each still lets it be taken back.

    Raises Conflict `nothing_to_undo` where there is nothing left of it.
    """
    with organization_scope(access.organization):
        rows = CaseEntry.objects.filter(
            batch=batch,
            actor=turn.actor(access),
            before__isnull=False,
            undone_at=None,
            at__gte=clock.now() - rules.UNDO_WITHIN,
        )
        # The last of a case's lines first: an action may have claimed the case before.
        lines: dict[int, list[int]] = {}
        for pk, case in rows.order_by("-pk").values_list("pk", "case_id") if batch else ():
            lines.setdefault(case, []).append(pk)
        if not lines:
            raise Conflict(_("There is nothing here that you can still undo."), code="nothing_to_undo")

        def back(case: int) -> None:
            for line in lines[case]:
                acting.undo(access, case, line)

        with history.batch() as name:
            return Many(name, _each(list(lines), back, access))


def _each(cases: Sequence[int], deed: Callable[[int], Case | None], access: Access) -> tuple[Outcome, ...]:
    found = []
    for case in cases:
        try:
            with organization_scope(access.organization):
                deed(case)
            found.append(Outcome(case, done=True))
        except CallboardError as error:
            found.append(Outcome(case, done=False, code=error.code, words=str(error)))
    return tuple(found)
