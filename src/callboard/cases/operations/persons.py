"""What a person does to a case. Each takes their access first and opens its own transaction."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from callboard.cases import registry, rules
from callboard.cases.models import Case, CaseStatus, Mention, Queue
from callboard.cases.operations import history, mentions, routing, turn
from callboard.lib import clock
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.lib.tenancy import organization_scope
from callboard.people.access import Access


def claim(access: Access, case_id: int, override: bool = False) -> Case:
    """Take a case. Of several who try at once exactly one succeeds; the others get Conflict
    `already_claimed` with `owner` {id, name}. Taking one's own again changes nothing.

    Who does not work its queue gets Forbidden `not_in_queue`, unless they mean it (`override`), which is
    written down, and the queue is not strict.
    """
    with organization_scope(access.organization):
        member = turn.actor(access)
        case = _read(case_id)
        turn.not_anothers(case, member)
        overridden = case.over_at is None and turn.may_work(access, member, case, override)
        before = turn.kept(case)
        now = clock.now()
        won = Case.objects.filter(
            Q(status=CaseStatus.OPEN) | Q(status=CaseStatus.SNOOZED), pk=case_id, version=case.version
        ).update(
            status=CaseStatus.CLAIMED,
            owner=member,
            claimed_at=now,
            snoozed_until=None,
            resolve_by=routing.resolve_by(case, now),
            version=F("version") + 1,
            changed_at=now,
        )
        case = _read(case_id)
        if not won:
            if case.status in (CaseStatus.OPEN, CaseStatus.SNOOZED):
                return claim(access, case_id, override)  # it changed otherwise in between
            if case.status == CaseStatus.CLAIMED and case.owner_id == member:
                return case
            turn.standing(case)
            raise turn.taken(case)
        data = {"override": True} if overridden else {}
        history.entry(case, "claimed", actor=member, before=before, data=data).save()
        history.tell([case])
        return case


def release(access: Access, case_id: int) -> Case:
    """Give one's case back to everybody. Releasing what nobody has changes nothing."""
    with organization_scope(access.organization):
        member = turn.actor(access)
        case = turn.locked(case_id)
        turn.standing(case)
        turn.not_anothers(case, member)
        if case.status == CaseStatus.OPEN:
            return case
        before = turn.kept(case)
        turn.put_back(case)
        return turn.saved(case, "released", member, before=before)


def assign(access: Access, case_id: int, member_id: int, override: bool = False) -> Case:
    """Hand a case to a member who works its queue, or take it over; whoever had it no longer has it.

    Raises Conflict `not_in_queue` where they do not work it, unless that is meant (`override`) and the
    queue is not strict.
    """
    with organization_scope(access.organization):
        member = turn.actor(access)
        case = turn.locked(case_id)
        turn.standing(case)
        colleague = turn.colleague(member_id)
        outside = colleague.role == "coordinator" and not turn.in_queue(case.queue_id, member_id)
        if outside and (case.queue.strict or not override):
            raise Conflict(_("They do not work this queue."), code="not_in_queue", queue=case.queue.slug)
        if case.status == CaseStatus.CLAIMED and case.owner_id == member_id:
            return case
        before = turn.kept(case)
        turn.give(case, member_id)
        data = {"member": member_id, **({"override": True} if override else {})}
        line = history.entry(case, "assigned", actor=member, before=before, data=data)
        line.save()
        if member_id != member and not line.batch:
            mentions.mention(line, [member_id], Mention.Reason.HANDED)
        return turn.changed(case)


def snooze(access: Access, case_id: int, until: datetime) -> Case:
    """Let a case sleep until a moment, when it is open again. It clears in its sleep as it would awake."""
    now = clock.now()
    if until.tzinfo is None or not now < until <= now + rules.SNOOZE_AT_MOST:
        raise Invalid(fields={"until": _("A time within the next seven days.")})
    with organization_scope(access.organization):
        member = turn.actor(access)
        case = turn.locked(case_id)
        turn.standing(case)
        turn.not_anothers(case, member)
        turn.may_work(access, member, case)
        before = turn.kept(case)
        case.status = CaseStatus.SNOOZED
        case.owner_id = member
        case.claimed_at = case.claimed_at or now
        case.snoozed_until = until
        return turn.saved(case, "snoozed", member, before=before, data={"until": until.isoformat()})


def resolve(access: Access, case_id: int, outcome: str, text: str = "") -> Case:
    """Settle a case, saying how it ended. Raises Invalid for an outcome that its kind does not know."""
    with organization_scope(access.organization):
        member = turn.actor(access)
        case = turn.locked(case_id)
        if case.status == CaseStatus.RESOLVED and case.owner_id == member and case.outcome == outcome:
            return case
        turn.standing(case)
        turn.not_anothers(case, member)
        turn.may_work(access, member, case)
        if outcome not in registry.kind(case.kind).outcomes:
            raise Invalid(fields={"outcome": _("This kind of case does not end so.")})
        before = turn.kept(case)
        case.status = CaseStatus.RESOLVED
        case.owner_id = member
        case.outcome = outcome
        case.snoozed_until = None
        case.over_at = clock.now()
        return turn.saved(case, "resolved", member, before=before, text=text, data={"outcome": outcome})


def move(access: Access, case_id: int, queue: str) -> Case:
    """Send a case to another queue, by its slug; nobody's has a fresh time to claim there.

    Raises NotFound.
    """
    with organization_scope(access.organization):
        member = turn.actor(access)
        case = turn.locked(case_id)
        turn.standing(case)
        turn.not_anothers(case, member)
        found = Queue.objects.filter(slug=queue).first()
        if found is None:
            raise NotFound(_("There is no such queue."), code="queue_not_found")
        if found.pk == case.queue_id:
            return case
        before, former = turn.kept(case), case.queue.slug
        case.queue = found
        if case.status == CaseStatus.OPEN:
            case.claim_by = routing.claim_by(case, clock.now())
        return turn.saved(case, "moved", member, before=before, data={"from": former, "to": found.slug})


def note(access: Access, case_id: int, text: str) -> Case:
    """Add one's own words to a case's history, over or not. One's own case gets its time to resolve anew.

    Colleagues named in it ("@Nora") find it among their mentions.
    """
    if not text.strip():
        raise Invalid(fields={"text": _("A note needs words.")})
    with organization_scope(access.organization):
        member = turn.actor(access)
        case = turn.locked(case_id)
        stirred(case, member)
        line = history.entry(case, "noted", actor=member, text=text.strip())
        line.save()
        mentions.mention(line, mentions.named(text))
        return turn.changed(case)


def stirred(case: Case, member: int) -> None:
    """Its owner is at work on it, so that its deadline starts anew; in memory."""
    if case.status == CaseStatus.CLAIMED and case.owner_id == member:
        case.resolve_by = routing.resolve_by(case, clock.now())


def _read(case_id: int) -> Case:
    case = Case.objects.select_related("session", "queue", "owner__user").filter(pk=case_id).first()
    if case is None:
        raise turn.missing()
    return case
