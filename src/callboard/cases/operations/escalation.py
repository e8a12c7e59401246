"""What happens to cases that nobody took in time, where their queue says to whom they go then."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.cases import rules
from callboard.cases.models import Case, CaseEntry, Mention
from callboard.cases.operations import history, routing
from callboard.lib import clock, pubsub


def escalate(late: Sequence[Case]) -> tuple[list[CaseEntry], list[tuple[CaseEntry, int]]]:
    """Change the cases in memory; answers their new lines, and which members are to be told of which.

    Their queues must be loaded with `escalate_to`.
    """
    going = [
        case
        for case in late
        if case.queue.escalate_to_id is not None or case.queue.escalate_member_id is not None
    ]
    been = _been(going)
    lines: list[CaseEntry] = []
    told: list[tuple[CaseEntry, int]] = []
    incidents: set[tuple[int, int] | None] = _told_before(going)
    for case in going:
        queue, member = case.queue, case.queue.escalate_member_id
        target = queue.escalate_to
        if target is not None and target.slug in been.get(case.pk, set()):
            target = None
        if target is None and case.escalated_at is not None:
            continue  # it has gone as far as it goes
        data = {"from": queue.slug, "severity": case.severity, "member": member}
        case.severity = rules.raised(case.severity)
        case.escalated_at = clock.now()
        if target is not None:
            case.queue = target
            case.claim_by = routing.claim_by(case, clock.now())
        line = history.entry(case, "escalated", data={**data, "to": case.queue.slug, "now": case.severity})
        lines.append(line)
        held = _held(case, member)
        if member is not None and held not in incidents:
            told.append((line, member))
            if held is not None:
                incidents.add(held)
    return lines, told


def tell(told: Sequence[tuple[CaseEntry, int]]) -> None:
    """Say it to the members, once the lines have their ids."""
    if not told:
        return
    kept = {
        (entry.case_id, entry.at): entry.pk
        for entry in CaseEntry.objects.filter(
            case__in=[line.case_id for line, _member in told], kind="escalated"
        )
    }
    Mention.objects.bulk_create(
        [
            Mention(
                case_id=line.case_id,
                entry_id=kept[line.case_id, line.at],
                member_id=member,
                reason=Mention.Reason.ESCALATION,
                at=line.at,
            )
            for line, member in told
        ],
        ignore_conflicts=True,
    )
    pubsub.publish("mention", members=sorted({member for _line, member in told}))


def _held(case: Case, member: int | None) -> tuple[int, int] | None:
    """The incident that it stands under and the member to be told, where there are both."""
    if case.incident_id is None or case.apart_at is not None or member is None:
        return None
    return case.incident_id, member


def _been(cases: Sequence[Case]) -> dict[int, set[str]]:
    """The queues that cases were escalated from before."""
    found: dict[int, set[str]] = {}
    for case, data in CaseEntry.objects.filter(case__in=cases, kind="escalated").values_list(
        "case_id", "data"
    ):
        found.setdefault(case, set()).add(str(data.get("from")))
    return found


def _told_before(cases: Sequence[Case]) -> set[tuple[int, int] | None]:
    """Who was told of which incidents already."""
    incidents = {case.incident_id for case in cases if case.incident_id is not None}
    rows = Mention.objects.filter(case__incident__in=incidents, reason=Mention.Reason.ESCALATION).values_list(
        "case__incident_id", "member_id"
    )
    return {(incident, member) for incident, member in rows if incident is not None}
