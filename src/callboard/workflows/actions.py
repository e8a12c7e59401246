"""What can be done about the session of a case: registered with cases, done by sessions.

Each records a wish in the open transaction; what has to be said to a provider is said by the jobs that follow
from it. An action appears only where the session's state and its provider allow it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from callboard.cases.models import Case
from callboard.cases.registry import Action, register_action
from callboard.lib.errors import Conflict
from callboard.people.access import Access
from callboard.sessions import operations, queries
from callboard.sessions.models import Session

RUNNING_KINDS = (
    "instructor_missing",
    "learner_missing",
    "room_empty",
    "overrun",
    "stranger",
    "unstable",
)
RECORDING_KINDS = ("recording_not_started", "recording_stalled")
ABSENCE_KINDS = ("learner_missing", "instructor_missing", "dropped")


def _session(case: Case) -> Session:
    if case.session is None:
        raise Conflict(_("This case is about no session."), code="not_available")
    return case.session


def _end_session(access: Access, case: Case) -> Mapping[str, Any]:
    session = _session(case)
    return {"session": session.key, "changed": operations.end(session.key, by=access.member)}


def _mark_absent(access: Access, case: Case) -> Mapping[str, Any]:
    session = _session(case)
    if case.person_id is None:
        raise Conflict(_("This case is about nobody on the roster."), code="not_available")
    changed = operations.mark_absent(session.key, case.person_id, by=access.member)
    return {"session": session.key, "person": case.person_id, "changed": changed}


def _unmark_absent(_access: Access, case: Case, data: Mapping[str, Any]) -> None:
    if data.get("changed"):
        operations.unmark_absent(_session(case).key, int(data["person"]))


def _restart_recording(access: Access, case: Case) -> Mapping[str, Any]:
    session = _session(case)
    return {"session": session.key, "request": operations.restart_recording(session.key, by=access.member)}


def _while(change: str, *, about_someone: bool = False) -> Callable[[Case], bool]:
    """Whether the case's session allows the change now."""

    def available(case: Case) -> bool:
        if case.session is None or (about_someone and case.person_id is None):
            return False
        return queries.may(case.session, change)

    return available


ACTIONS = (
    Action(
        name="restart_recording",
        label=_("Restart the recording"),
        icon="rotate-cw",
        kinds=RECORDING_KINDS,
        permission="cases.act",
        run=_restart_recording,
        available=_while("restart_recording"),
    ),
    Action(
        name="mark_absent",
        label=_("Mark absent"),
        icon="user-x",
        kinds=ABSENCE_KINDS,
        permission="cases.act",
        run=_mark_absent,
        available=_while("mark_absent", about_someone=True),
        undo=_unmark_absent,
    ),
    Action(
        name="end_session",
        label=_("End the session"),
        icon="circle-stop",
        kinds=RUNNING_KINDS,
        permission="cases.act",
        run=_end_session,
        available=_while("end"),
    ),
)


def register() -> None:
    """Called when Django is ready; calling it again changes nothing."""
    for action in ACTIONS:
        register_action(action)
