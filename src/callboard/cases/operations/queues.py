"""Where cases wait: the queues that an organization begins with, and their upkeep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from callboard.cases import rules
from callboard.cases.hours import NoHours, read
from callboard.cases.models import Case, Queue, QueueMember
from callboard.lib import pubsub
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.people.models import Member
from callboard.people.operations import changes
from callboard.people.operations.changes import Asker

RECORDINGS = ("recording_not_started", "recording_stalled", "recording_missing", "recording_bad")
WORKING = ("admin", "coordinator", "service")
"""Roles that work cases."""


def create_default_queues() -> list[Queue]:
    """Live floor (all that no other queue names) and Recordings. Idempotent; in an organization's scope."""
    usual: dict[str, Any] = {severity: list(times) for severity, times in rules.DEADLINES.items()}
    wanted: list[tuple[str, dict[str, Any]]] = [
        ("live", {"name": _("Live floor"), "is_default": True, "position": 0, "deadlines": usual}),
        (
            "recordings",
            {
                "name": _("Recordings"),
                "kinds": list(RECORDINGS),
                "position": 1,
                "deadlines": {**usual, "recording_missing": [60, 480], "recording_bad": [60, 480]},
            },
        ),
    ]
    return [Queue.objects.get_or_create(slug=slug, defaults=fields)[0] for slug, fields in wanted]


def all_queues() -> list[Queue]:
    """The organization's queues, made now where it has none."""
    queues = list(Queue.objects.order_by("position", "pk"))
    if not any(queue.is_default for queue in queues):
        create_default_queues()
        queues = list(Queue.objects.order_by("position", "pk"))
    return queues


def save_queue(
    slug: str,
    *,
    name: str,
    kinds: Sequence[str] = (),
    deadlines: Mapping[str, Sequence[int]] | None = None,
    members: Iterable[int] | None = None,
    hours: Mapping[str, Any] | None = None,
    stand_in: str | None = None,
    escalate_to: str | None = None,
    escalate_member: int | None = None,
    strict: bool | None = None,
    by: Asker = None,
) -> Queue:
    """Make or change a queue. `deadlines` maps a severity or kind to minutes [to claim, to resolve]; `hours`
    are as `cases.hours` reads them; `stand_in` and `escalate_to` are slugs of other queues. `strict`: only
    who works it takes its cases.

    What is None stays as it is; "" (a member: 0) takes it away. Raises Invalid where something cannot be
    meant, Conflict where another queue has one of the kinds. Needs an open transaction in an organization's
    scope.
    """
    wrong = {
        f"deadlines.{key}": _("Two positive numbers of minutes: to claim, and to resolve.")
        for key, pair in (deadlines or {}).items()
        if len(pair) != 2 or min(pair) <= 0
    }
    if wrong:
        raise Invalid(fields=wrong)
    taken = {kind for queue in Queue.objects.exclude(slug=slug) for kind in queue.kinds} & set(kinds)
    if taken:
        raise Conflict(_("Another queue has these kinds already."), code="kind_taken", kinds=sorted(taken))
    fields: dict[str, Any] = {"name": name, "kinds": list(kinds)}
    if deadlines is not None:
        fields["deadlines"] = {key: list(pair) for key, pair in deadlines.items()}
    if hours is not None:
        fields["hours"] = _hours(hours)
    for field, other in (("stand_in", stand_in), ("escalate_to", escalate_to)):
        if other is not None:
            fields[field] = _other(field, other, slug)
    if escalate_member is not None:
        fields["escalate_member"] = _member(escalate_member)
    if strict is not None:
        fields["strict"] = strict
    before = _told(slug)
    try:
        with transaction.atomic():
            queue, _made = Queue.objects.update_or_create(slug=slug, defaults=fields)
    except IntegrityError as error:
        raise Conflict(code="queue_taken") from error
    if members is not None:
        set_members(queue, members)
    changes.note(changes.QUEUE, slug, before, _told(slug), by)
    pubsub.publish("queue", id=queue.pk)
    return queue


def _hours(said: Mapping[str, Any]) -> dict[str, Any]:
    try:
        read(said, ZoneInfo("UTC"))
    except NoHours as error:
        field = f"hours.{error.field}"
        raise Invalid(fields={field: _("Spans of local time such as 09:00 to 18:00.")}) from error
    return dict(said)


def _other(field: str, slug: str, own: str) -> Queue | None:
    """The queue that another one names, which is not itself."""
    if not slug:
        return None
    found = Queue.objects.filter(slug=slug).exclude(slug=own).first()
    if found is None:
        raise Invalid(fields={field: _("There is no other queue of that name.")})
    return found


def _member(member: int) -> Member | None:
    if not member:
        return None
    found = Member.objects.filter(pk=member, deactivated_at=None).first()
    if found is None or found.role not in WORKING:
        raise Invalid(fields={"escalate_member": _("There is no such member who works cases.")})
    return found


def _told(slug: str) -> dict[str, Any]:
    """A queue as a change of it is noted; {} for one that is not there."""
    queue = Queue.objects.select_related("stand_in", "escalate_to").filter(slug=slug).first()
    if queue is None:
        return {}
    return {
        "name": queue.name,
        "kinds": queue.kinds,
        "deadlines": queue.deadlines,
        "hours": queue.hours,
        "strict": queue.strict,
        "members": sorted(QueueMember.objects.filter(queue=queue).values_list("member_id", flat=True)),
        "stand_in": queue.stand_in.slug if queue.stand_in else "",
        "escalate_to": queue.escalate_to.slug if queue.escalate_to else "",
        "escalate_member": queue.escalate_member_id or 0,
    }


def remove_queue(slug: str, to: str, by: Asker = None) -> Queue:
    """Do away with a queue; its cases, whose members must still be able to find them, go to another one.

    Raises NotFound, and Conflict for the queue that takes what no other does.
    """
    queue = Queue.objects.filter(slug=slug).first()
    other = Queue.objects.filter(slug=to).exclude(slug=slug).first()
    if queue is None or other is None:
        raise NotFound(_("There is no such queue."), code="queue_not_found")
    if queue.is_default:
        raise Conflict(_("This queue takes what no other does."), code="default_queue")
    Case.objects.filter(queue=queue).update(queue=other)
    changes.note(changes.QUEUE, slug, _told(slug), {}, by)
    queue.delete()
    pubsub.publish("queue", id=other.pk)
    return other


def set_members(queue: Queue, members: Iterable[int]) -> None:
    """Let exactly these members work the queue. None of them: everybody does."""
    wanted = set(members)
    known = set(Member.objects.filter(pk__in=wanted, deactivated_at=None).values_list("pk", flat=True))
    if wanted - known:
        raise Invalid(fields={"members": _("There is no such member.")})
    QueueMember.objects.filter(queue=queue).exclude(member_id__in=wanted).delete()
    present = set(QueueMember.objects.filter(queue=queue).values_list("member_id", flat=True))
    QueueMember.objects.bulk_create(
        [QueueMember(queue=queue, member_id=member) for member in sorted(wanted - present)],
        ignore_conflicts=True,
    )
