"""What a person asks for in a running session is done at its provider, and what follows from it elsewhere.

1. The recorder is to run again: the provider is asked, by the request's id, so that a job that runs twice
   starts one recorder. It fails: tried again until the session is over. Whether one runs, the evidence says.
2. Someone will not come: what was promised of them is waived; taken back: it is promised again.
3. A case is raised about it: what the system does by itself is told in `reaching`.
4. Not everyone in it agrees to being recorded (any more): told in `bar_recording`.
The session's state itself (live, ended) follows the evidence, in the live path's own transaction.
"""

from __future__ import annotations

from typing import Any

from callboard.expectations import operations as expectations
from callboard.lib import crash, facts, jobs
from callboard.lib.tenancy import organization_scope
from callboard.sessions import queries
from callboard.sessions.facts import MarkedAbsent, RecordingRestartAsked
from callboard.workflows import recover_recording


@jobs.job(queue="rooms", retry=jobs.PERSISTENT, name="supervise_session.restart_recording")
def restart_recording(organization: int, fact: dict[str, Any]) -> None:
    """A person wants the recorder to run again."""
    told = facts.read(RecordingRestartAsked, fact)
    recover_recording.ask(organization, told.session, told.request, "person")
    crash.point("supervise_session.recording_asked")


@jobs.job(name="supervise_session.marked_absent")
def marked_absent(organization: int, fact: dict[str, Any]) -> None:
    """Someone will not come, or will after all: what holds by now, whichever fact is read first."""
    told = facts.read(MarkedAbsent, fact)
    with organization_scope(organization):
        if queries.is_marked_absent(told.session, told.person):
            expectations.waive_person(told.session, told.person)
        else:
            expectations.unwaive_person(told.session, told.person)
