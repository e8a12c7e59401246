"""Where cases wait: the queues that an organization begins with, and their upkeep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from callboard.cases import rules
from callboard.cases.models import Queue, QueueMember
from callboard.lib import pubsub
from callboard.lib.errors import Conflict, Invalid
from callboard.people.models import Member

RECORDINGS = ("recording_not_started", "recording_stalled", "recording_missing", "recording_bad")


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
) -> Queue:
    """Make or change a queue. `deadlines` maps a severity or kind to minutes [to claim, to resolve].

    Raises Invalid where a deadline is no pair of positive minutes, Conflict where another queue has one of
    the kinds. Needs an open transaction in an organization's scope.
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
    try:
        with transaction.atomic():
            queue, _made = Queue.objects.update_or_create(slug=slug, defaults=fields)
    except IntegrityError as error:
        raise Conflict(code="queue_taken") from error
    if members is not None:
        set_members(queue, members)
    pubsub.publish("queue", id=queue.pk)
    return queue


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
