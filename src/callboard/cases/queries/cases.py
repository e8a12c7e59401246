"""Cases one by one and by what they are, and the queues they wait in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Case as Choice
from django.db.models import Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from callboard.cases import registry, rules
from callboard.cases.models import Case, CaseEntry, CaseStatus, Queue, QueueMember, Route
from callboard.lib import clock
from callboard.lib.errors import NotFound
from callboard.people.access import Access

RANK = Choice(
    *(When(severity=name, then=Value(place)) for place, name in enumerate(rules.SEVERITIES)),
    default=Value(len(rules.SEVERITIES)),
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class Counts:
    """Of the cases that are not over. `now`: open, nobody's, and of that severity. `by_queue` by queue id."""

    open: int = 0
    claimed: int = 0
    snoozed: int = 0
    mine: int = 0
    now: int = 0
    overdue: int = 0
    by_queue: dict[int, int] = field(default_factory=dict)


def cases(access: Access) -> QuerySet[Case]:
    """All cases that someone may see, with what is shown of them. Raises Forbidden."""
    access.require("cases.read")
    return Case.objects.select_related("session", "person", "queue", "incident", "owner__user", "previous")


def open_cases(
    access: Access, queue: int | None = None, mine: bool = False, snoozed: bool = False
) -> QuerySet[Case]:
    """Cases that are not over, worst and oldest first: the awake ones, or only those asleep."""
    rows = cases(access).filter(over_at=None)
    rows = rows.filter(status=CaseStatus.SNOOZED) if snoozed else rows.exclude(status=CaseStatus.SNOOZED)
    if queue is not None:
        rows = rows.filter(queue_id=queue)
    if mine:
        rows = rows.filter(owner_id=access.member)
    return rows.order_by(RANK, "raised_at", "pk")


def case(access: Access, case_id: int) -> Case:
    """Raises NotFound."""
    found = cases(access).filter(pk=case_id).first()
    if found is None:
        raise NotFound(_("There is no such case."), code="case_not_found")
    return found


def entries(case: Case) -> QuerySet[CaseEntry]:
    """Its history, oldest first."""
    return CaseEntry.objects.filter(case=case).select_related("actor__user").order_by("at", "pk")


def undoable(access: Access, case: Case) -> CaseEntry | None:
    """What this person could take back of it now, if nobody has changed it since."""
    return (
        CaseEntry.objects.filter(
            case=case,
            actor_id=access.member,
            before__isnull=False,
            undone_at=None,
            at__gte=clock.now() - rules.UNDO_WITHIN,
        )
        .order_by("-pk")
        .first()
    )


def recently_cleared(access: Access, minutes: int = 15) -> QuerySet[Case]:
    """What came right by itself within the last minutes, latest first."""
    since = clock.now() - timedelta(minutes=minutes)
    return cases(access).filter(status=CaseStatus.CLEARED, over_at__gt=since).order_by("-over_at")


def changed_since(access: Access, moment: datetime) -> QuerySet[Case]:
    """Every case that changed at or after a moment, in order of change; over or not."""
    return cases(access).filter(changed_at__gte=moment).order_by("changed_at", "pk")


def counts(access: Access) -> Counts:
    """One query, however many there are."""
    access.require("cases.read")
    now = clock.now()
    rows = list(
        Case.objects.filter(over_at=None)
        .values("queue_id")
        .annotate(
            open=Count("pk", filter=Q(status=CaseStatus.OPEN)),
            claimed=Count("pk", filter=Q(status=CaseStatus.CLAIMED)),
            snoozed=Count("pk", filter=Q(status=CaseStatus.SNOOZED)),
            mine=Count("pk", filter=Q(owner_id=access.member) if access.member else Q(pk=None)),
            now=Count("pk", filter=Q(status=CaseStatus.OPEN, severity="now")),
            overdue=Count("pk", filter=Q(status=CaseStatus.OPEN, claim_by__lte=now)),
        )
    )
    names = ("open", "claimed", "snoozed", "mine", "now", "overdue")
    return Counts(
        **{name: sum(row[name] for row in rows) for name in names},
        by_queue={row["queue_id"]: row["open"] + row["claimed"] for row in rows},
    )


def queues(access: Access) -> QuerySet[Queue]:
    access.require("cases.read")
    return Queue.objects.order_by("position", "pk")


def worked(access: Access) -> QuerySet[Queue]:
    """The queues that are this member's to work: theirs, and those without members, which are everybody's."""
    return queues(access).filter(Q(members=None) | Q(members__member_id=access.member)).distinct()


def works(access: Access, case: Case) -> bool:
    """Whether they may take it without saying that they mean it: as `operations.claim` decides."""
    if access.role in ("admin", "service"):
        return True
    members = set(QueueMember.objects.filter(queue_id=case.queue_id).values_list("member_id", flat=True))
    return not members or access.member in members


def routes(access: Access) -> QuerySet[Route]:
    """The rules that send cases to queues, in the order in which they are tried."""
    access.require("cases.read")
    return Route.objects.select_related("queue").order_by("position", "pk")


def actions(access: Access, case: Case) -> list[str]:
    """The names of what this person can do about a case now, likeliest first."""
    if not access.may("cases.act"):
        return []
    if case.over_at is not None:
        return ["note"]
    anothers = case.status == CaseStatus.CLAIMED and case.owner_id not in (None, access.member)
    if anothers:
        return ["assign", "note"]
    names = [action.name for action in registry.actions_for(case, access)]
    mine = case.status == CaseStatus.CLAIMED
    return [*names, "release" if mine else "claim", "snooze", "resolve", "assign", "note", "move"]


def worst(severities: Iterable[str]) -> str | None:
    """The most urgent of them."""
    return min(severities, key=rules.SEVERITIES.index, default=None)


def kinds() -> tuple[registry.CaseKind, ...]:
    """All that were registered."""
    return registry.kinds()
