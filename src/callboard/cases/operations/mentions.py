"""Telling members of cases that they should look at."""

from __future__ import annotations

from collections.abc import Iterable

from callboard.cases import rules
from callboard.cases.models import CaseEntry, Mention
from callboard.cases.queries import colleagues
from callboard.lib import pubsub


def named(text: str) -> list[int]:
    """The colleagues whom a text names by "@"."""
    return rules.mentioned(text, dict(colleagues())) if "@" in text else []


def mention(line: CaseEntry, members: Iterable[int], reason: str = Mention.Reason.NOTE) -> None:
    """Tell members of a line of a case's history, but not its own writer; of many at once one line tells."""
    wanted = {member for member in members if member != line.actor_id}
    if line.batch:
        told = Mention.objects.filter(entry__batch=line.batch, reason=reason, member__in=wanted)
        wanted -= set(told.values_list("member_id", flat=True))
    if not wanted:
        return
    Mention.objects.bulk_create(
        [
            Mention(case_id=line.case_id, entry=line, member_id=member, reason=reason, at=line.at)
            for member in sorted(wanted)
        ],
        ignore_conflicts=True,
    )
    pubsub.publish("mention", members=sorted(wanted))


def tell_once(cases: Iterable[int], batch: str, member: int) -> None:
    """Tell a member once of all that was handed to them in one go."""
    rows = CaseEntry.objects.filter(case__in=list(cases), batch=batch, kind="assigned", data__member=member)
    line = rows.order_by("pk").first()
    if line is not None:
        mention(line, [member], Mention.Reason.HANDED)
