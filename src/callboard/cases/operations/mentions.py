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
    """Tell members of a line of a case's history; its own writer is not told."""
    wanted = [member for member in members if member != line.actor_id]
    if not wanted:
        return
    Mention.objects.bulk_create(
        [
            Mention(case_id=line.case_id, entry=line, member_id=member, reason=reason, at=line.at)
            for member in wanted
        ],
        ignore_conflicts=True,
    )
    pubsub.publish("mention", members=wanted)


def tell_once(cases: Iterable[int], batch: str, member: int) -> None:
    """Tell a member once of all that was handed to them in one go."""
    rows = CaseEntry.objects.filter(case__in=list(cases), batch=batch, kind="assigned", data__member=member)
    line = rows.order_by("pk").first()
    if line is not None:
        mention(line, [member], Mention.Reason.HANDED)
