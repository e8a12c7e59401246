"""One's desk: what one looked at, named filters, the end of a shift, and the daily count of touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from callboard.cases import rules
from callboard.cases.models import (
    Case,
    CaseEntry,
    CaseReading,
    CaseStatus,
    HandOver,
    Incident,
    Mention,
    SavedFilter,
    TouchDay,
)
from callboard.cases.operations import bulk, history, together, turn
from callboard.cases.operations.service import as_member
from callboard.cases.queries import Wanted
from callboard.cases.queries.touches import counted
from callboard.lib import clock, days, pubsub
from callboard.lib.errors import Conflict, Forbidden, Invalid, NotFound
from callboard.lib.tenancy import organization_scope
from callboard.people.access import Access
from callboard.sessions import retention_queries


def looked(access: Access, case_id: int) -> None:
    """Note that they look at a case, at most once in `rules.READING_NOTED`; its mentions of them are read."""
    with organization_scope(access.organization):
        member = as_member(access).member
        if member is None:
            return
        now = clock.now()
        lately = CaseReading.objects.filter(
            case_id=case_id, member_id=member, at__gt=now - rules.READING_NOTED
        )
        if not lately.exists() and Case.objects.filter(pk=case_id).exists():
            CaseReading.objects.create(case_id=case_id, member_id=member, at=now)
        if Mention.objects.filter(case_id=case_id, member_id=member, read_at=None).update(read_at=now):
            pubsub.publish("mention", members=[member])


def read_mentions(access: Access) -> int:
    """Nothing of it is new to them any more; answers how many were."""
    with organization_scope(access.organization):
        return Mention.objects.filter(member_id=turn.actor(access), read_at=None).update(read_at=clock.now())


def save_filter(access: Access, name: str, query: Mapping[str, Any], shared: bool = False) -> SavedFilter:
    """Keep a selection under a name; one's own of that name is replaced. Raises Invalid."""
    wanted = Wanted.read(query)
    if not name.strip() or len(name.strip()) > 60:
        raise Invalid(fields={"name": _("A name of at most 60 letters.")})
    if not wanted:
        raise Invalid(fields={"query": _("Choose something to look for first.")})
    with organization_scope(access.organization):
        kept, _made = SavedFilter.objects.update_or_create(
            member_id=turn.actor(access),
            name=name.strip(),
            defaults={"query": wanted.query(), "shared": shared},
        )
        return kept


def remove_filter(access: Access, filter_id: int) -> None:
    """Forget one of one's own; an admin also what others share. Raises NotFound, Forbidden."""
    with organization_scope(access.organization):
        member = turn.actor(access)
        kept = SavedFilter.objects.filter(pk=filter_id).first()
        if kept is None or (kept.member_id != member and not kept.shared):
            raise NotFound(_("There is no such filter."), code="filter_not_found")
        if kept.member_id != member and not access.may("settings.manage"):
            raise Forbidden
        kept.delete()


@dataclass(frozen=True)
class Handed:
    """What became of a hand-over, case by case."""

    row: HandOver
    many: bulk.Many


def hand_over(access: Access, taker: int | None, text: str = "") -> Handed:
    """End one's shift: all that one has goes to a colleague, or (None) back to the queues, in one go.

    What sleeps wakes for everybody anyway. Raises Conflict `nothing_held` where one has nothing and says
    nothing.
    """
    with organization_scope(access.organization), history.batch() as batch:
        member = turn.actor(access)
        if taker is not None:
            turn.colleague(taker)
        if taker == member:
            raise Invalid(fields={"taker": _("Someone else, or the queue.")})
        mine = Case.objects.filter(owner_id=member, status=CaseStatus.CLAIMED, over_at=None)
        wanted = list(mine.order_by("pk").values_list("pk", flat=True))
        if not wanted and not text.strip():
            raise Conflict(_("There is nothing to hand over."), code="nothing_held")
        for incident in Incident.objects.filter(owner_id=member, closed_at=None, withdrawn_at=None):
            together.give(incident, taker)
        many = bulk.Many(batch, ())
        if wanted and taker is not None:
            many = bulk.act_on(access, wanted, "assign", member_id=taker, override=True)
        elif wanted:
            many = bulk.act_on(access, wanted, "release")
        row = HandOver.objects.create(
            giver_id=member, taker_id=taker, text=text.strip(), cases=many.done, batch=batch, at=clock.now()
        )
        pubsub.publish("mention", members=[taker] if taker is not None else [])
        return Handed(row, many)


def roll_up_touches(zone: str, back: int | None = days.ROLLED_AGAIN) -> None:
    """Count the touches of the last `back` local days anew; of all there are where that is None, or nothing
    was counted yet. Today is not counted: it is not over. Needs an organization's scope."""
    tz = ZoneInfo(zone)
    yesterday = days.today(clock.now(), tz) - timedelta(days=1)
    first = yesterday - timedelta(days=back - 1) if back is not None else None
    if first is None or not TouchDay.objects.exists():
        earliest = CaseEntry.objects.aggregate(at=Min("at"))["at"]
        if earliest is None:
            return
        first = days.today(earliest, tz)
    whole = retention_queries.first_whole_day(tz)
    if whole is not None:  # of earlier days not all cases are left to count
        first = max(first, whole)
    elif back is None:
        TouchDay.objects.all().delete()
    TouchDay.objects.filter(day__gte=first).delete()
    TouchDay.objects.bulk_create(counted(first, yesterday, tz), batch_size=1_000)
