"""What a person asks for in a running session is done at its provider, and what follows from it elsewhere.

1. The recorder is to run again: the provider is asked, by the request's id, so that a job that runs twice
   starts one recorder. It fails: tried again until the session is over. Whether one runs, the evidence says.
2. A consent was withdrawn: the recorder stops, and is asked to until it does.
3. Someone will not come: what was promised of them is waived; taken back: it is promised again.
4. A person's consent to being recorded changed: each of their sessions to come is judged anew.
5. A case is raised about it: what the system does by itself is told in `reaching`.
The session's state itself (live, ended) follows the evidence, in the live path's own transaction.
"""

from __future__ import annotations

from typing import Any

from callboard.expectations import operations as expectations
from callboard.lib import crash, facts, jobs
from callboard.lib.tenancy import organization_scope
from callboard.people.facts import ConsentGiven, ConsentWithdrawn
from callboard.people.models import ConsentKind
from callboard.sessions import operations as sessions
from callboard.sessions import queries
from callboard.sessions.facts import MarkedAbsent, RecordingForbidden, RecordingRestartAsked
from callboard.sessions.ports import RECORD, STOP_RECORD
from callboard.workflows import recover_recording, rooms


@jobs.job(queue="rooms", retry=jobs.PERSISTENT, name="supervise_session.restart_recording")
def restart_recording(organization: int, fact: dict[str, Any]) -> None:
    """A person wants the recorder to run again."""
    told = facts.read(RecordingRestartAsked, fact)
    recover_recording.ask(organization, told.session, told.request, "person")
    crash.point("supervise_session.recording_asked")


@jobs.job(queue="rooms", retry=jobs.PERSISTENT, name="supervise_session.stop_recording")
def stop_recording(organization: int, fact: dict[str, Any]) -> None:
    """A consent is missing: nothing may be recorded (unless it was given again meanwhile)."""
    told = facts.read(RecordingForbidden, fact)
    standing = rooms.standing(organization, told.session)
    stoppable = standing.can(RECORD) or standing.can(STOP_RECORD)
    if standing.recording or not standing.stands or not stoppable or standing.provider is None:
        return
    standing.provider.stop_recording(standing.external_id)


@jobs.job(name="supervise_session.marked_absent")
def marked_absent(organization: int, fact: dict[str, Any]) -> None:
    """Someone will not come, or will after all: what holds by now, whichever fact is read first."""
    told = facts.read(MarkedAbsent, fact)
    with organization_scope(organization):
        if queries.is_marked_absent(told.session, told.person):
            expectations.waive_person(told.session, told.person)
        else:
            expectations.unwaive_person(told.session, told.person)


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
