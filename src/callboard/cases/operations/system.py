"""What the system does to cases. All of it needs an open transaction in an organization's scope.

`apply` takes a batch of changes in order and comes to the same as taking them one by one, in a number of
queries that does not grow with them:

1. Find and lock the cases that the changes speak of, by occurrence.
2. Play the changes on them in memory; what was never raised is passed over.
3. Write the ones that ended, so that their causes are free.
4. Write the new ones and those that stand again. Where another occurrence's case still stands for the same
   cause, that case takes the new occurrence over: one open case per cause.
5. Write the history and say that they changed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from callboard.cases import registry, rules
from callboard.cases.facts import CasesRaised
from callboard.cases.models import Case, CaseEntry, CaseStatus
from callboard.cases.operations import history
from callboard.cases.operations.changes import Change, Clear, Raise, Reopen, Withdraw
from callboard.cases.operations.routing import Desk, Facts
from callboard.cases.operations.writing import insert_cases, insert_entries, write
from callboard.cases.ports import Asked, Routing
from callboard.lib import clock, facts
from callboard.people.models import Person
from callboard.sessions.models import Session

log = logging.getLogger(__name__)

ENDING = ("status", "cleared_at", "over_at", "details", "version", "changed_at")
STANDING = (
    *ENDING, "claim_by", "resolve_by", "occurrence", "why", "evidence", "noticed_at",
)  # fmt: skip
"""What is written of cases that ended, and of those that stand."""


@dataclass
class _Batch:
    """The cases that a batch is about, and what is to be written of them."""

    cases: dict[str, Case]
    new: list[Case] = field(default_factory=list)
    changed: dict[int, Case] = field(default_factory=dict)
    entries: list[CaseEntry] = field(default_factory=list)

    def note(self, case: Case, kind: str, **more: object) -> None:
        self.entries.append(history.entry(case, kind, **more))  # type: ignore[arg-type]
        if case.pk is not None:
            self.changed[case.pk] = case


def raise_case(change: Raise) -> Case | None:
    """The case, new or as it was raised before."""
    apply([change])
    return Case.objects.filter(occurrence=change.occurrence).first()


def clear_case(occurrence: str, cleared_at: datetime) -> Case | None:
    """The case that ended, None where there was none to end."""
    return next(iter(apply([Clear(occurrence, cleared_at)])), None)


def withdraw_case(occurrence: str, withdrawn_at: datetime, why: str = "") -> Case | None:
    return next(iter(apply([Withdraw(occurrence, withdrawn_at, why)])), None)


def apply(changes: Iterable[Change]) -> list[Case]:
    """Play the changes; answers the cases that are other than before. Playing them again changes nothing."""
    ordered = list(changes)
    if not ordered:
        return []
    try:
        with transaction.atomic():
            return _apply(ordered)
    except IntegrityError:
        # Someone raised one of them in between; theirs is visible now.
        with transaction.atomic():
            return _apply(ordered)


def _apply(changes: list[Change]) -> list[Case]:
    named = {change.occurrence for change in changes}
    batch = _Batch({case.occurrence: case for case in _locked().filter(occurrence__in=named)})
    raised = [change for change in changes if isinstance(change, Raise)]
    fresh = [change for change in raised if change.occurrence not in batch.cases]
    make = _Maker(fresh)
    for change in changes:
        case = batch.cases.get(change.occurrence)
        if isinstance(change, Raise):
            if case is None:
                case = make(change)
                batch.cases[change.occurrence] = case
                batch.new.append(case)
                batch.note(case, "raised", data={"raised_at": change.raised_at.isoformat()})
            elif case.status == CaseStatus.WITHDRAWN:
                _stand_again(batch, case, make, clock.now())
        elif case is None:
            continue
        elif isinstance(change, Clear):
            _clear(batch, case, change)
        elif isinstance(change, Reopen):
            _reopen(batch, case, make, change)
        else:
            _withdraw(batch, case, change)
    _write(batch)
    return [*batch.new, *batch.changed.values()]


def _locked() -> QuerySet[Case]:
    return Case.objects.select_related("session").select_for_update(of=("self",)).order_by("pk")


class _Maker:
    """Makes new cases in memory; what they refer to is read once for all of them."""

    def __init__(self, changes: list[Raise]) -> None:
        sessions = {change.session_key for change in changes if change.session_key}
        people = {change.participant for change in changes if change.participant}
        self._sessions = (
            {each.key: each for each in Session.objects.select_related("room").filter(key__in=sessions)}
            if sessions
            else {}
        )
        self._people = dict(Person.objects.filter(key__in=people).values_list("key", "pk")) if people else {}
        self.desk = Desk()
        causes = {change.cause for change in changes}
        before = Case.objects.filter(cause__in=causes).exclude(status=CaseStatus.WITHDRAWN)
        self._before = dict(before.order_by("raised_at", "pk").values_list("cause", "pk")) if causes else {}
        asked = {change.occurrence: self._asked(change) for change in changes}
        self._said = dict(zip(asked, self.desk.policies(list(asked.values())), strict=True)) if asked else {}

    def _asked(self, change: Raise) -> Asked:
        session = self._sessions.get(change.session_key or "")
        return Asked(
            change.kind,
            change.severity,
            session.pk if session else None,
            session.subject if session else "",
        )

    def __call__(self, change: Raise) -> Case:
        session = self._sessions.get(change.session_key or "")
        case = Case(
            kind=change.kind,
            severity=change.severity,
            session=session,
            person_id=self._people.get(change.participant or ""),
            participant=change.participant or "",
            provider=change.provider or "",
            cause=change.cause,
            occurrence=change.occurrence,
            previous_id=self._before.get(change.cause),
            why=change.why,
            details=dict(change.details),
            evidence=list(change.evidence),
            raised_at=change.raised_at,
            noticed_at=change.noticed_at,
            changed_at=clock.now(),
        )
        said = self._said.get(change.occurrence) or Routing()
        self.desk.place(case, Facts.of(session, case.provider), said, change.noticed_at)
        return case


def _clear(batch: _Batch, case: Case, change: Clear) -> None:
    if case.cleared_at == change.cleared_at or case.status == CaseStatus.WITHDRAWN:
        return
    case.cleared_at = change.cleared_at
    if case.status in rules.STANDING:
        case.status = CaseStatus.CLEARED
        case.over_at = clock.now()
    _touched(case)
    batch.note(case, "cleared", data={"cleared_at": change.cleared_at.isoformat()})


def _reopen(batch: _Batch, case: Case, make: _Maker, change: Reopen) -> None:
    if case.cleared_at is None:
        return
    case.cleared_at = None
    if case.status == CaseStatus.CLEARED:
        _stand_again(batch, case, make, change.noticed_at)
    else:
        _touched(case)
        batch.note(case, "reopened")


def _stand_again(batch: _Batch, case: Case, make: _Maker, at: datetime) -> None:
    """As before it was over: with its owner where it had one, asleep where its sleep lasts."""
    case.over_at = case.cleared_at = None
    if case.snoozed_until is not None and case.snoozed_until > clock.now():
        case.status = CaseStatus.SNOOZED
    elif case.owner_id is not None:
        case.status = CaseStatus.CLAIMED
        case.resolve_by = make.desk.resolve_by(case, at)
    else:
        case.status = CaseStatus.OPEN
        case.claim_by = make.desk.claim_by(case, at)
    _touched(case)
    batch.note(case, "reopened")


def _withdraw(batch: _Batch, case: Case, change: Withdraw) -> None:
    if case.status == CaseStatus.WITHDRAWN:
        return
    if case.status != CaseStatus.RESOLVED:
        case.status = CaseStatus.WITHDRAWN
        case.over_at = case.over_at or clock.now()
    elif case.details.get("withdrawn_at"):
        return
    case.details = {**case.details, "withdrawn_at": change.withdrawn_at.isoformat()}
    _touched(case)
    batch.note(case, "withdrawn", data={"withdrawn_at": change.withdrawn_at.isoformat(), "why": change.why})


def _touched(case: Case) -> None:
    if case.pk is not None:
        history.touch(case)


def _write(batch: _Batch) -> None:
    changed = list(batch.changed.values())
    ended = [case for case in changed if case.over_at is not None]
    write(ended, ENDING)
    standing = [case for case in [*batch.new, *changed] if case.over_at is None]
    _take_over(batch, standing)
    again = [case for case in batch.changed.values() if case.over_at is None]
    write(again, STANDING)
    insert_cases(batch.new)
    for entry in batch.entries:
        entry.case_id = entry.case.pk
    insert_entries(batch.entries)
    history.tell([*batch.new, *batch.changed.values()])
    _say_raised(batch)


def _say_raised(batch: _Batch) -> None:
    """One fact for all, so that what follows from them is one job."""
    again = {entry.case_id for entry in batch.entries if entry.kind == "recurred"}
    fresh = [*batch.new, *(case for case in batch.changed.values() if case.pk in again)]
    ids = sorted({case.pk for case in fresh if case.over_at is None and registry.followed(case.kind)})
    if ids:
        facts.publish(CasesRaised(cases=ids))


def _take_over(batch: _Batch, standing: list[Case]) -> None:
    """Let the case that still stands for a cause take over a new occurrence of it."""
    if not standing:
        return
    own = {case.pk for case in standing if case.pk is not None}
    causes = {case.cause for case in standing}
    holders = {
        case.cause: case for case in _locked().filter(cause__in=causes, over_at=None).exclude(pk__in=own)
    }
    for case in standing:
        holder = holders.get(case.cause)
        if holder is None:
            holders[case.cause] = case
            continue
        batch.entries = [entry for entry in batch.entries if entry.case is not case]
        if case.pk is not None:
            log.warning("case %s stays over: case %s stands for its cause", case.pk, holder.pk)
            del batch.changed[case.pk]
            continue
        batch.new = [each for each in batch.new if each is not case]
        if holder.pk is not None and _had(holder, case.occurrence):
            continue
        former, holder.occurrence = holder.occurrence, case.occurrence
        holder.why, holder.details, holder.evidence = case.why, case.details, case.evidence
        holder.noticed_at = case.noticed_at
        _touched(holder)
        batch.note(holder, "recurred", data={"former": former, "raised_at": case.raised_at.isoformat()})


def _had(case: Case, occurrence: str) -> bool:
    """Whether the case was once this occurrence, so that raising it again says nothing new."""
    return CaseEntry.objects.filter(case=case, kind="recurred", data__former=occurrence).exists()
