"""What became of an action that reaches outside: asked, then confirmed or failed, on evidence.

The state lives in the `data` of the action's line of history: {"state": "asked" | "confirmed" | "failed",
"asked_at", "usual_s"}, then "confirmed_at" or "failed_at" with "words", and "evidence" (ids of events).
All of it needs an open transaction in an organization's scope; saying it twice is saying it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from callboard.cases.models import Case, CaseEntry
from callboard.cases.operations import history
from callboard.cases.operations.turn import changed, locked
from callboard.cases.registry import Action
from callboard.lib import clock

ASKED, CONFIRMED, FAILED = "asked", "confirmed", "failed"


def record(
    case_id: int,
    action: str,
    *,
    usual_s: int | None = None,
    data: Mapping[str, Any] | None = None,
    text: str = "",
) -> CaseEntry:
    """Write down what the system itself does about a case; "asked" where `usual_s` says how long it takes.

    Raises NotFound where there is no such case.
    """
    case = locked(case_id)
    asked = _asked(usual_s) if usual_s is not None else {}
    entry = history.entry(case, "acted", action=action, text=text, data={**(data or {}), **asked})
    entry.save()
    changed(case)
    return entry


def confirm(
    entry_id: int,
    *,
    at: datetime | None = None,
    evidence: Sequence[str] = (),
    data: Mapping[str, Any] | None = None,
) -> bool:
    """What was asked for has come true, also after it was thought to have failed. False: nothing is new."""
    found = _entry(entry_id)
    if found is None or found[1].data.get("state") not in (ASKED, FAILED):
        return False
    case, entry = found
    kept = {name: value for name, value in entry.data.items() if name not in ("failed_at", "words")}
    moment = (at or clock.now()).isoformat()
    return _now(case, entry, {**kept, **(data or {}), "state": CONFIRMED, "confirmed_at": moment}, evidence)


def fail(entry_id: int, words: str, *, at: datetime | None = None, evidence: Sequence[str] = ()) -> bool:
    """What was asked for did not come about. `words` say what happened, without names. False: nothing is new.

    What was confirmed stays so.
    """
    found = _entry(entry_id)
    if found is None or found[1].data.get("state") != ASKED:
        return False
    case, entry = found
    moment = (at or clock.now()).isoformat()
    return _now(case, entry, {**entry.data, "state": FAILED, "failed_at": moment, "words": words}, evidence)


def awaited(*actions: str, older_than: timedelta | None = None) -> QuerySet[CaseEntry]:
    """Lines still "asked", oldest first: of these actions (none named: of all)."""
    rows = CaseEntry.objects.filter(kind="acted", data__state=ASKED).select_related("case__session")
    if actions:
        rows = rows.filter(action__in=actions)
    if older_than is not None:
        rows = rows.filter(at__lte=clock.now() - older_than)
    return rows.order_by("at", "pk")


def written(case: Case, action: Action, member: int) -> CaseEntry:
    """The line of a person's action, before it runs."""
    before: dict[str, Any] | None = {} if action.undo is not None else None
    data = _asked(action.usual_s) if action.usual_s is not None else {}
    entry = history.entry(case, "acted", actor=member, action=action.name, data=data, before=before)
    entry.save()
    return entry


def answered(entry: CaseEntry, answer: Mapping[str, Any]) -> None:
    """Keep what the action answered; what it has said of its outcome meanwhile stays."""
    if not answer:
        return
    entry.refresh_from_db(fields=["data"])
    entry.data = {**entry.data, **answer}
    entry.save(update_fields=["data"])


def _asked(usual_s: int | None) -> dict[str, Any]:
    return {"state": ASKED, "asked_at": clock.now().isoformat(), "usual_s": usual_s}


def _entry(entry_id: int) -> tuple[Case, CaseEntry] | None:
    """The line with its case, the case held first, as every change does."""
    case_id = CaseEntry.objects.filter(pk=entry_id).values_list("case_id", flat=True).first()
    if case_id is None:
        return None
    case = locked(case_id)
    return case, CaseEntry.objects.get(pk=entry_id)


def _now(case: Case, entry: CaseEntry, data: Mapping[str, Any], evidence: Sequence[str]) -> bool:
    entry.data = {**data, "evidence": list(evidence)} if evidence else dict(data)
    entry.save(update_fields=["data"])
    changed(case)
    return True
