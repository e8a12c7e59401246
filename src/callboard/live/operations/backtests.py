"""Asking what other rules would have raised, and finding it out: a job, with its progress in the database.

1. Ask: a row, and the fact of it. A proposal that could not be in force is refused at once.
2. Judge: the sessions' signals from the latest back, a first few in the job's own process so that figures are
   there at once, the rest in processes of their own that step back behind all others, so that the worker's
   jobs and what is live go on.
3. Between chunks, write how far it is, and stop where somebody has cancelled it.
A job that is killed begins anew: its figures are written whole each time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import timedelta
from multiprocessing import get_context
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from callboard.lib import clock, facts, pubsub, tenancy
from callboard.lib.errors import Invalid, NotFound
from callboard.live import backtest, rulebook
from callboard.live import policy as rules
from callboard.live.backtest import Compared, Found, Job
from callboard.live.engine.moments import micros, stamp
from callboard.live.engine.outputs import Incident
from callboard.live.facts import BacktestAsked
from callboard.live.models import Backtest, Signals
from callboard.live.operations.policies import refuse

FIRST = 50
CHUNK = 100
SHOWN = 200
"""Cases listed on either side; the figures count all."""

TOLD_EVERY_S = 0.4
PROCESSES = 2
BEHIND = 5
"""How much nicer than the worker those processes are."""

FEW = 300
"""So many sessions are judged in the job's own process: another would take longer to start."""

MOST_DAYS = 365
OVER = frozenset({"done", "cancelled", "failed"})
WAITING = frozenset({"waiting", "running"})


def ask_backtest(
    values: Mapping[str, Any],
    by: int | None = None,
    *,
    scope: str = rules.ORGANIZATION,
    target: str = "",
    days: int = 30,
) -> Backtest:
    """Ask what these rules would have raised over the last days. Needs an open transaction in the
    organization's scope. Raises Invalid.
    """
    refuse(values, scope, target)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(fields={"days": f"1 to {MOST_DAYS}."})
    row = Backtest.objects.create(scope=scope, target=target, values=dict(values), days=days, asked_by_id=by)
    facts.publish(BacktestAsked(backtest=row.pk))
    return row


def get_backtest(pk: int) -> Backtest:
    """Raises NotFound."""
    row = Backtest.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def cancel_backtest(pk: int) -> Backtest:
    """Stop it where it still runs; what it has found stays. Raises NotFound."""
    row = get_backtest(pk)
    if Backtest.objects.filter(pk=pk, status__in=WAITING).update(status="cancelled", ended_at=clock.now()):
        row.refresh_from_db()
    return row


def run_backtest(organization: int, pk: int, processes: int = PROCESSES) -> None:
    """The job. Opens transactions of its own, none held while it judges."""
    with tenancy.organization_scope(organization):
        row = Backtest.objects.filter(pk=pk, status__in=WAITING).first()
        if row is None:
            return
        row.status, row.started_at = "running", clock.now()
        row.total = _signals(row).count()
        row.judged, row.figures, row.found, row.incidents = 0, {}, [], []
        row.notes = backtest.notes(*_difference(row))
        row.save()
    runner = _Runner(organization, row)
    try:
        runner.run(processes)
    except BaseException:
        with tenancy.organization_scope(organization):
            Backtest.objects.filter(pk=pk, status="running").update(status="failed", ended_at=clock.now())
        raise


def _difference(row: Backtest) -> tuple[frozenset[str], dict[str, Any]]:
    """Which rules it changes, and what holds under it, for a session that has no policy narrower still."""
    current = rulebook.in_force(
        row.target if row.scope == rules.SUBJECT else "", row.target if row.scope == rules.SESSION else ""
    )
    new = _with(current, row)
    return rules.changed_kinds(current.values, new), new


def _with(current: rulebook.InForce, row: Backtest) -> dict[str, Any]:
    """The policies in force for a session, with the proposal in the place of the one it would replace."""
    kept = {each.scope: each.values for each in current.policies} | {row.scope: row.values}
    return rules.merged(kept[scope] for scope in rules.SCOPES if scope in kept)


def _signals(row: Backtest) -> QuerySet[Signals]:
    rows = Signals.objects.filter(closed_at__gte=row.asked_at - timedelta(days=row.days))
    if row.scope == rules.SUBJECT:
        rows = rows.filter(session__subject=row.target)
    elif row.scope == rules.SESSION:
        rows = rows.filter(session__key=row.target)
    return rows


class _Runner:
    def __init__(self, organization: int, row: Backtest) -> None:
        self.organization = organization
        self.row = row
        self.now = micros(row.asked_at)
        self.whole = Compared()
        self._told_at = 0.0

    def run(self, processes: int) -> None:
        chunks = self._chunks()
        first = next(chunks, None)
        if first is not None:
            self._take(backtest.compare(first, self.now))
        few = processes == 0 or self.row.total <= FEW
        if not (self._judge_here(chunks) if few else self._judge_apart(chunks, processes)):
            return
        with tenancy.organization_scope(self.organization):
            self._write("done")

    def _judge_here(self, chunks: Iterator[list[Job]]) -> bool:
        return all(self._take(backtest.compare(chunk, self.now)) for chunk in chunks)

    def _judge_apart(self, chunks: Iterator[list[Job]], processes: int) -> bool:
        spawn = get_context("spawn")
        with ProcessPoolExecutor(processes, spawn, initializer=os.nice, initargs=(BEHIND,)) as pool:
            waiting: set[Future[Compared]] = set()
            for chunk in chunks:
                waiting.add(pool.submit(backtest.compare, chunk, self.now))
                if len(waiting) > 2 * processes and not self._take_done(waiting):
                    pool.shutdown(cancel_futures=True)
                    return False
            while waiting:
                if not self._take_done(waiting):
                    pool.shutdown(cancel_futures=True)
                    return False
        return True

    def _take_done(self, waiting: set[Future[Compared]]) -> bool:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        waiting -= done
        return self._take(*(each.result() for each in done))

    def _take(self, *parts: Compared) -> bool:
        """Adds them up, and says how far it is; False where it is to stop."""
        self.whole = backtest.joined([self.whole, *parts])
        if time.monotonic() - self._told_at < TOLD_EVERY_S:
            return True
        self._told_at = time.monotonic()
        with tenancy.organization_scope(self.organization):
            return self._write("running")

    def _write(self, status: str) -> bool:
        whole = self.whole
        found = backtest.figures(whole)
        told: dict[str, Any] = {
            "status": status,
            "judged": whole.judged + whole.broken,
            "figures": found,
            "found": [_row(one, "more") for one in _latest(whole.more)]
            + [_row(one, "less") for one in _latest(whole.less)],
        }
        if status == "done":
            told["ended_at"] = clock.now()
            if whole.members[0] or whole.members[1]:
                old = rulebook.in_force()
                causes = backtest.incidents(whole, old.values, _with(old, self.row))
                told["incidents"] = [
                    *(_incident(one, "more") for one in _latest(causes.more)),
                    *(_incident(one, "less") for one in _latest(causes.less)),
                ]
                told["figures"] = {
                    **found,
                    rules.INCIDENT: {"now": causes.now, "then": causes.then, "more": len(causes.more),
                                     "less": len(causes.less), "louder": 0},
                }  # fmt: skip
        going = bool(Backtest.objects.filter(pk=self.row.pk, status="running").update(**told))
        pubsub.publish("backtest", id=self.row.pk)
        return going

    def _chunks(self) -> Iterator[list[Job]]:
        """The sessions from the latest back: a few, then many at a time."""
        last: tuple[Any, int] | None = None
        size = FIRST
        while True:
            with tenancy.organization_scope(self.organization):
                rows = _signals(self.row).order_by("-closed_at", "-pk")
                if last is not None:
                    at, pk = last
                    rows = rows.filter(Q(closed_at__lt=at) | Q(closed_at=at, pk__lt=pk))
                chosen = list(
                    rows.values_list("closed_at", "pk", "session__subject", "session__key", "data")[:size]
                )
                current = rulebook.many((subject, key) for _, _, subject, key, _ in chosen)
                under = {id(known): _with(known, self.row) for known in current}
                jobs = [
                    Job(key, bytes(data), known.values, under[id(known)])
                    for (_, _, _, key, data), known in zip(chosen, current, strict=True)
                ]
            if not jobs:
                return
            last, size = chosen[-1][:2], CHUNK
            yield jobs


F = TypeVar("F", Found, Incident)


def _latest(found: list[F]) -> list[F]:
    return sorted(found, key=lambda one: one.raised_at, reverse=True)[:SHOWN]


def _incident(one: Incident, change: str) -> dict[str, Any]:
    return {
        "change": change,
        "key": one.key,
        "kind": one.kind,
        "sessions": list(one.sessions),
        "raised_at": stamp(one.raised_at),
        "cleared_at": None if one.cleared_at is None else stamp(one.cleared_at),
    }


def _row(one: Found, change: str) -> dict[str, Any]:
    return {
        "change": change,
        "session": one.session,
        "kind": one.kind,
        "participant": one.participant,
        "raised_at": stamp(one.raised_at),
        "cleared_at": None if one.cleared_at is None else stamp(one.cleared_at),
        "severity": one.severity,
    }
