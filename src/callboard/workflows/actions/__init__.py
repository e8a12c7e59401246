"""What people can do about a session that runs, each with its outcome as evidence.

| module | holds |
|---|---|
| kinds | what a kind of deed is, and which are offered |
| room, people | the kinds themselves |
| asking | the wish, the provider that is asked, the evidence that is looked for |
| seen | reads of the evidence since a wish |

The same kinds serve the cases' buttons, the session's page and the API. One appears only where the session's
state and its provider allow it. Marking absent changes what is ours alone: done at once, it can be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from callboard.cases.models import Case
from callboard.cases.registry import Action, register_action
from callboard.lib.errors import Conflict
from callboard.people.access import Access
from callboard.sessions import operations, queries
from callboard.sessions.models import Session
from callboard.workflows.actions import kinds, people, room
from callboard.workflows.actions.asking import ask

KINDS = (
    people.RESTART_RECORDING,
    people.ADD_RECORDING,
    room.REMOVE_PERSON,
    people.RESEND_LINK,
    people.REASSIGN,
    room.REPLACE_ROOM,
    room.MESSAGE_IN_ROOM,
    people.EXTEND,
    room.END_SESSION,
)
"""Likeliest first."""

OWN_KINDS = (people.REACH_BY_MAIL, room.ADVISE, room.HOLD_AT_DOOR)
"""What the system does by itself (workflows.reaching)."""

ABSENCE_KINDS = ("learner_missing", "instructor_missing", "dropped")


def _session(case: Case) -> Session:
    if case.session is None:
        raise Conflict(_("This case is about no session."), code="not_available")
    return case.session


def _run(name: str, access: Access, case: Case, *, entry: int, **params: Any) -> Mapping[str, Any]:
    deed = ask(access, _session(case).key, name, params, participant=case.participant, entry=entry)
    return {"deed": deed.pk, "session": _session(case).key}


def _available(kind: kinds.Kind, case: Case) -> bool:
    return case.session is not None and kind.available(case.session)


def _mark_absent(access: Access, case: Case) -> Mapping[str, Any]:
    session = _session(case)
    if case.person_id is None:
        raise Conflict(_("This case is about nobody on the roster."), code="not_available")
    changed = operations.mark_absent(session.key, case.person_id, by=access.member)
    return {"session": session.key, "person": case.person_id, "changed": changed}


def _unmark_absent(_access: Access, case: Case, data: Mapping[str, Any]) -> None:
    if data.get("changed"):
        operations.unmark_absent(_session(case).key, int(data["person"]))


def _while(change: str) -> Callable[[Case], bool]:
    """Whether the case's session allows the change of someone on its roster now."""

    def available(case: Case) -> bool:
        return case.session is not None and case.person_id is not None and queries.may(case.session, change)

    return available


MARK_ABSENT = Action(
    name="mark_absent",
    label=_("Mark absent"),
    icon="user-x",
    kinds=ABSENCE_KINDS,
    permission="cases.act",
    run=_mark_absent,
    available=_while("mark_absent"),
    undo=_unmark_absent,
)


def action_of(kind: kinds.Kind) -> Action:
    """The cases' button for a kind."""
    return Action(
        name=kind.name,
        label=kind.label,
        icon=kind.icon,
        kinds=kind.cases,
        permission="cases.act",
        run=partial(_run, kind.name),
        available=partial(_available, kind),
        usual_s=kind.usual_s,
    )


def register() -> None:
    """Called when Django is ready; calling it again changes nothing."""
    for kind in OWN_KINDS:
        kinds.register(kind)
    for kind in KINDS[:-1]:
        kinds.register(kind)
        register_action(action_of(kind))
    register_action(MARK_ABSENT)
    kinds.register(KINDS[-1])
    register_action(action_of(KINDS[-1]))
