"""What time does to cases. Needs an open transaction in an organization's scope; running it twice is once.

1. A claimed case past its `resolve_by` is nobody's again ("returned").
2. A snoozed one past its `snoozed_until` is open again ("woken").
3. An open one past its `claim_by` is marked "overdue" in its history, once per deadline.
4. Where its queue says to whom, it is "escalated": a step more urgent, in the other queue with a fresh
   deadline, and the member named is told. A case goes to no queue twice so. Of an incident's cases one tells.

Each row is taken by SKIP LOCKED: what someone changes just now is left for the next time.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from callboard.cases.models import Case, CaseEntry, CaseStatus
from callboard.cases.operations import escalation, history, turn
from callboard.cases.operations.writing import insert_entries, write
from callboard.lib import clock

AT_ONCE = 500
WRITTEN = (
    "status",
    "owner_id",
    "claimed_at",
    "resolve_by",
    "snoozed_until",
    "claim_by",
    "queue_id",
    "severity",
    "escalated_at",
    "version",
    "changed_at",
)


@dataclass(frozen=True)
class Minded:
    returned: int
    woken: int
    overdue: int
    escalated: int = 0


def mind_deadlines() -> Minded:
    now = clock.now()
    rotten = _held(Case.objects.filter(status=CaseStatus.CLAIMED, resolve_by__lte=now))
    asleep = _held(Case.objects.filter(status=CaseStatus.SNOOZED, snoozed_until__lte=now))
    said = CaseEntry.objects.filter(case=OuterRef("pk"), kind="overdue", at__gte=OuterRef("claim_by"))
    late = _held(Case.objects.filter(status=CaseStatus.OPEN, claim_by__lte=now).exclude(Exists(said)))
    entries = [history.entry(case, "returned", data={"owner": case.owner_id}) for case in rotten]
    entries += [history.entry(case, "woken") for case in asleep]
    entries += [history.entry(case, "overdue") for case in late]
    for case in (*rotten, *asleep):
        turn.put_back(case)
    escalated, told = escalation.escalate(late)
    changed = [*rotten, *asleep, *late]
    for case in changed:
        history.touch(case)
    write(changed, WRITTEN)
    insert_entries([*entries, *escalated])
    escalation.tell(told)
    history.tell(changed)
    return Minded(len(rotten), len(asleep), len(late), len(escalated))


def _held(cases: QuerySet[Case]) -> list[Case]:
    return list(
        cases.filter(over_at=None)
        .select_related("session", "queue__escalate_to")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by(F("pk"))[:AT_ONCE]
    )
