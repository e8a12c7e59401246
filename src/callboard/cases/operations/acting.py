"""Doing something about a case: its registered actions, and taking back what one did."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from callboard.cases import registry, rules
from callboard.cases.models import Case, CaseEntry, CaseStatus
from callboard.cases.operations import outcomes, persons, turn
from callboard.lib import clock
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.lib.tenancy import organization_scope
from callboard.people.access import Access

OWN: dict[str, Callable[..., Case]] = {
    "claim": persons.claim,
    "release": persons.release,
    "snooze": persons.snooze,
    "resolve": persons.resolve,
    "assign": persons.assign,
    "move": persons.move,
    "note": persons.note,
}
"""What can be done about any case, by the same names as registered actions."""


def act(access: Access, case_id: int, action: str, **params: Any) -> Case:
    """Do one of a case's actions. Nobody's case becomes one's own with it; another's is refused.

    Raises NotFound for an action that does not exist, Conflict `not_available` for one that this case does
    not offer now, Invalid for parameters that it does not take, and whatever the action raises.
    """
    own = OWN.get(action)
    if own is not None:
        return own(access, *_bound(own, action, access, case_id, params=params))
    known = registry.action(action)
    if known is None:
        raise NotFound(_("There is no such action."), code="unknown_action")
    access.require(known.permission)
    with organization_scope(access.organization):
        member = turn.actor(access)
        case = turn.locked(case_id)
        turn.standing(case)
        turn.not_anothers(case, member)
        turn.may_work(access, member, case)
        if known not in registry.actions_for(case):
            raise Conflict(_("This cannot be done here now."), code="not_available")
        if "entry" in params:
            raise Invalid(fields={"entry": _("The action does not take this.")})
        given = dict(params, entry=0) if known.usual_s is not None else params
        _bound(known.run, action, access, case, params=given)
        if case.status != CaseStatus.CLAIMED:
            former = turn.kept(case)
            turn.give(case, member)
            turn.saved(case, "claimed", member, before=former)
        entry = outcomes.written(case, known, member)
        if known.usual_s is not None:
            given["entry"] = entry.pk
        outcomes.answered(entry, known.run(access, case, **given) or {})
        case.refresh_from_db()
        persons.stirred(case, member)
        return turn.changed(case)


def _bound(run: Callable[..., Any], name: str, *first: Any, params: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments after the access, in order. Raises Invalid where the call would not fit."""
    try:
        return inspect.signature(run).bind(*first, **params).args[1:]
    except TypeError as error:
        raise Invalid(_("The action does not take these parameters."), fields={name: str(error)}) from error


def undo(access: Access, case_id: int, entry_id: int | None = None) -> Case:
    """Take back the last thing that one did to this case, within five minutes and while it was the last.

    Raises Conflict `nothing_to_undo`, `changed_since` where someone or the system has changed the case after
    it, or `superseded` where its cause has a new case.
    """
    with organization_scope(access.organization):
        member = turn.actor(access)
        case = turn.locked(case_id)
        done = CaseEntry.objects.filter(
            case=case,
            actor=member,
            before__isnull=False,
            undone_at=None,
            at__gte=clock.now() - rules.UNDO_WITHIN,
        )
        entry = (done.filter(pk=entry_id) if entry_id is not None else done).order_by("-pk").first()
        if entry is None:
            raise Conflict(_("There is nothing here that you can still undo."), code="nothing_to_undo")
        if entry.kind == "acted":
            _undo_action(access, case, entry)
        else:
            _undo_turn(case, entry)
        entry.undone_at = clock.now()
        entry.save(update_fields=["undone_at"])
        return turn.saved(
            case, "undone", member, action=entry.action, data={"entry": entry.pk, "kind": entry.kind}
        )


def _undo_action(access: Access, case: Case, entry: CaseEntry) -> None:
    known = registry.action(entry.action)
    if known is None or known.undo is None:
        raise Conflict(_("This cannot be taken back."), code="nothing_to_undo")
    known.undo(access, case, entry.data)
    case.refresh_from_db()


def _undo_turn(case: Case, entry: CaseEntry) -> None:
    later = CaseEntry.objects.filter(case=case, pk__gt=entry.pk, undone_at=None)
    if later.filter(kind__in=rules.CHANGING).exists():
        raise Conflict(_("The case has changed since."), code="changed_since")
    if case.over_at is not None and case.status != CaseStatus.RESOLVED:
        turn.standing(case)
    gone = case.cleared_at
    turn.restore(case, entry.before or {})
    if gone is not None:
        # Its cause went away while it was resolved: it is not open again, it has cleared.
        case.status, case.over_at = CaseStatus.CLEARED, clock.now()
    elif Case.objects.filter(cause=case.cause, over_at=None).exclude(pk=case.pk).exists():
        raise Conflict(_("The cause has a new case."), code="superseded")
