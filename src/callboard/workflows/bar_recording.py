"""What may not be recorded is not, whatever was asked before, and whoever started it.

1. Someone's consent to being recorded changed: each of their sessions to come, and the one that runs, is
   judged anew. Where it must stop, a fact says so, in the same transaction as the new plan.
2. The recorder is told to stop, and told again until it does. (Our own asks the gate every two seconds.)
3. A stranger came in: nobody asked them, so the session is judged anew too; every five seconds those that
   were barred are, since the stranger may have left, or turned out to be none.
4. Every five seconds, where a recorder runs although it may not, or was asked for and nobody knows what came
   of it, it is told to stop. That makes good whatever was killed or lost on the way.
5. It runs on for half a minute (a provider that cannot stop, somebody who records by hand): a case, now. It
   clears when the recorder stops, or when everyone agrees.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as lazy
from procrastinate.contrib.django import app

from callboard.cases import operations as cases
from callboard.cases.facts import CasesRaised
from callboard.cases.models import Case
from callboard.cases.operations.changes import Change, Clear, Raise
from callboard.cases.registry import CaseKind, register_kind
from callboard.lib import clock, facts, jobs
from callboard.lib.tenancy import organization_scope
from callboard.people.facts import ConsentGiven, ConsentWithdrawn
from callboard.people.models import ConsentKind
from callboard.people.queries import all_organizations
from callboard.sessions import operations as sessions
from callboard.sessions import recording_queries
from callboard.sessions.facts import RecordingForbidden
from callboard.sessions.operations import recorders
from callboard.sessions.ports import RECORD, STOP_RECORD
from callboard.workflows import rooms

CASE = "still_recorded"
LOOKED_EVERY_S = 5
RUNS_ON_FOR = timedelta(seconds=30)


@jobs.job(name="supervise_session.consent_given")
def consent_given(organization: int, fact: dict[str, Any]) -> None:
    told = facts.read(ConsentGiven, fact)
    _recheck(organization, told.person, told.kind)


@jobs.job(name="supervise_session.consent_withdrawn")
def consent_withdrawn(organization: int, fact: dict[str, Any]) -> None:
    told = facts.read(ConsentWithdrawn, fact)
    _recheck(organization, told.person, told.kind)


def _recheck(organization: int, person: int, kind: str) -> None:
    if kind == ConsentKind.RECORDING:
        with organization_scope(organization):
            sessions.recheck_recording(person)


@jobs.job(queue="rooms", retry=jobs.PERSISTENT, name="supervise_session.stop_recording")
def forbidden(organization: int, fact: dict[str, Any]) -> None:
    """Nothing may be recorded (unless it may be again meanwhile)."""
    _stop(organization, facts.read(RecordingForbidden, fact).session)


@jobs.job(queue="rooms", retry=False, name="bar_recording.stop")
def stop(organization: int, session: str) -> None:
    """Once more; a run that fails is made good by the next sweep."""
    _stop(organization, session)


def _stop(organization: int, session: str) -> None:
    standing = rooms.standing(organization, session)
    if standing.recording:
        return
    stoppable = standing.can(RECORD) or standing.can(STOP_RECORD)
    if standing.stands and stoppable and standing.provider is not None:
        standing.provider.stop_recording(standing.external_id)
    with organization_scope(organization):
        recorders.barred(session)


@jobs.job(name="bar_recording.cases_raised")
def cases_raised(organization: int, fact: dict[str, Any]) -> None:
    """A stranger is in."""
    told = facts.read(CasesRaised, fact)
    with organization_scope(organization):
        strangers = Case.objects.filter(pk__in=told.cases, kind="stranger", over_at=None)
        for key in strangers.exclude(session=None).values_list("session__key", flat=True).distinct():
            sessions.recheck_session(key)


@app.periodic(cron="* * * * * */5", periodic_id="bar_recording.sweep")
@jobs.job(queue="rooms", retry=False, name="bar_recording.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every five seconds. A run that fails is made good by the next."""
    organizations = all_organizations()
    for organization in organizations:
        look(organization)


def look(organization: int) -> None:
    """Steps 3 to 5 for one organization."""
    slot = int(clock.now().timestamp()) // LOOKED_EVERY_S
    with organization_scope(organization):
        for key in recording_queries.barred_while_live():
            sessions.recheck_session(key)
        at_work = recording_queries.recorded_without_leave()
        for key in at_work:
            if jobs.once(f"bar:{organization}:{key}:{slot}"):
                jobs.defer(stop, lock=f"recover:{organization}:{key}", organization=organization, session=key)
        _cases()


def _cases() -> None:
    now = clock.now()
    runs_on = {
        key: since for key, since in recording_queries.still_running().items() if now - since >= RUNS_ON_FOR
    }
    open_ones = Case.objects.filter(kind=CASE, cleared_at=None).select_related("session")
    standing = {case.session.key: case.occurrence for case in open_ones if case.session is not None}
    changes: list[Change] = [
        Raise(
            kind=CASE,
            severity="now",
            session_key=key,
            raised_at=since + RUNS_ON_FOR,
            noticed_at=now,
            why="A recorder runs although not everyone in it agrees.",
            details={"key": CASE, "params": {}},
        )
        for key, since in runs_on.items()
        if key not in standing
    ]
    changes += [Clear(occurrence, now) for key, occurrence in standing.items() if key not in runs_on]
    cases.apply(changes)


def register() -> None:
    """Called when Django is ready; calling it again changes nothing."""
    register_kind(
        CaseKind(
            CASE,
            lazy("Recorded without consent"),
            "now",
            "circle-dot",
            ("fixed", "no_action", "lost", "false_alarm", "other"),
            lazy("Nothing runs on for half a minute that not everyone agrees to"),
        )
    )
