"""Whose turn a case is: reading it for a change, the deadlines that follow, and what an undo needs to know.

Every person's operation opens its own transaction in the organization of their access; within one that is
open already, it joins that.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from callboard.cases.models import Case, CaseStatus, QueueMember
from callboard.cases.operations import history, routing
from callboard.cases.operations.queues import WORKING
from callboard.cases.operations.service import as_member
from callboard.lib import clock
from callboard.lib.errors import Conflict, Forbidden, NotFound
from callboard.people.access import Access
from callboard.people.models import Member

MOMENTS = ("claimed_at", "claim_by", "resolve_by", "snoozed_until", "over_at")
KEPT = (*MOMENTS, "status", "owner_id", "outcome", "queue_id")


def actor(access: Access) -> int:
    """The member who acts: a person, or the service account behind a key. Needs the organization's scope.

    Raises Forbidden where there is none.
    """
    access.require("cases.act")
    member = as_member(access).member
    if member is None:
        raise Forbidden(_("Only a member can take a case."), code="no_member")
    return member


def locked(case_id: int) -> Case:
    """The case, held until the transaction ends. Raises NotFound."""
    case = (
        Case.objects.select_related("session", "queue", "owner__user")
        .select_for_update(of=("self",))
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        raise missing()
    return case


def missing() -> NotFound:
    return NotFound(_("There is no such case."), code="case_not_found")


def standing(case: Case) -> None:
    """Raises Conflict where the case is over."""
    if case.over_at is not None:
        raise Conflict(_("This case is over."), code="already_over", case_status=case.status)


def not_anothers(case: Case, member: int) -> None:
    """Raises Conflict where someone else has it in hand, saying who."""
    if case.status == CaseStatus.CLAIMED and case.owner_id is not None and case.owner_id != member:
        raise taken(case)


def may_work(access: Access, member: int, case: Case, override: bool = False) -> bool:
    """Whether it takes an override for them to work on this case: who does not work its queue.

    A queue without members is everybody's; admins and programs work them all. Raises Forbidden
    `not_in_queue` where it takes an override and there is none, or the queue is strict (`strict`).
    """
    if access.role in ("admin", "service") or (case.owner_id == member and case.status != CaseStatus.OPEN):
        return False
    if in_queue(case.queue_id, member):
        return False
    if not override or case.queue.strict:
        raise Forbidden(
            _("You do not work the queue “%(queue)s”.") % {"queue": case.queue.name},
            code="not_in_queue",
            queue=case.queue.slug,
            strict=case.queue.strict,
        )
    return True


def in_queue(queue: int, member: int) -> bool:
    """Whether they work this queue: it is theirs, or everybody's."""
    members = set(QueueMember.objects.filter(queue_id=queue).values_list("member_id", flat=True))
    return not members or member in members


def taken(case: Case) -> Conflict:
    owner = case.owner
    name = (owner.user.name or owner.user.email) if owner is not None else ""
    return Conflict(
        _("%(name)s has this case already.") % {"name": name},
        code="already_claimed",
        owner={"id": case.owner_id, "name": name},
    )


def colleague(member: int) -> Member:
    """A member who can be given a case."""
    found = Member.objects.select_related("user").filter(pk=member, deactivated_at=None).first()
    if found is None or found.role not in WORKING:
        raise NotFound(_("There is no such member who works cases."), code="member_not_found")
    return found


def give(case: Case, member: int) -> None:
    """Put the case in a member's hands, in memory."""
    now = clock.now()
    case.status = CaseStatus.CLAIMED
    case.owner_id = member
    case.claimed_at = now
    case.snoozed_until = None
    case.resolve_by = routing.resolve_by(case, now)


def put_back(case: Case) -> None:
    """Make the case nobody's again, in memory, with a fresh time to claim."""
    case.status = CaseStatus.OPEN
    case.owner = None
    case.claimed_at = case.resolve_by = case.snoozed_until = None
    case.claim_by = routing.claim_by(case, clock.now())


def kept(case: Case) -> dict[str, Any]:
    """What an undo restores."""
    return {
        name: value.isoformat() if isinstance(value := getattr(case, name), datetime) else value
        for name in KEPT
    }


def restore(case: Case, before: dict[str, Any]) -> None:
    for name in (each for each in KEPT if each in before):
        value = before[name]
        if name in MOMENTS and value is not None:
            value = datetime.fromisoformat(value)
        setattr(case, name, value)


def saved(case: Case, kind: str, member: int | None, **more: Any) -> Case:
    """Write a changed case, its line of history, and word of it."""
    history.entry(case, kind, actor=member, **more).save()
    return changed(case)


def changed(case: Case) -> Case:
    """Write a case whose line of history is written, and say that it changed."""
    history.touch(case)
    case.save()
    history.tell([case])
    return case
