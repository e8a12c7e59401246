"""What can be asked of a session, as buttons and forms, and what became of what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.sessions.models import Session
from callboard.web import times, words
from callboard.web.presenters import history
from callboard.web.reads.story import Asked, Story
from callboard.web.viewer import Viewer
from callboard.workflows.actions import kinds
from callboard.workflows.actions.kinds import Field


@dataclass(frozen=True)
class Input:
    """A field of a form. `kind`: text, number or choice; `empty` names the choice of none."""

    name: str
    label: str
    kind: str
    value: str
    most: int
    required: bool
    choices: list[tuple[str, str]]
    empty: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Button:
    """`sheet`: the form that it opens, where something is to be said; else it acts at once. `asks`: that
    form has fields, fetched when it opens, since who is free costs more than the page.
    """

    name: str
    text: str
    icon: str
    href: str
    ending: bool
    sheet: str
    asks: bool


@dataclass(frozen=True)
class Line:
    at: str
    what: str
    said: str
    wrong: bool


@dataclass(frozen=True)
class Section:
    buttons: list[Button]
    lines: list[Line]


def section(story: Story, viewer: Viewer) -> Section | None:
    """For the session's page; None where nothing can be asked and nothing was."""
    if not viewer.is_staff:
        return None
    lines = [_line(deed, viewer) for deed in story.deeds]
    buttons = []
    if viewer.access.may("cases.act"):
        buttons = [_button(kind, story.session) for kind in kinds.offered(story.session)]
    return Section(buttons, lines) if buttons or lines else None


def _button(kind: kinds.Kind, session: Session) -> Button:
    return Button(
        name=kind.name,
        text=str(kind.label),
        icon=kind.icon,
        href=reverse("web:session_act", args=[session.key, kind.name]),
        ending=kind.ending,
        sheet=f"ask-{kind.name}" if kind.fields or kind.ending else "",
        asks=bool(kind.fields),
    )


def asks(name: str) -> bool:
    """Whether an action wants to be told something."""
    kind = kinds.kind(name)
    return kind is not None and bool(kind.fields)


def inputs(name: str, session: Session | None, participant: str) -> list[Input]:
    """What an action wants to be told, with what is usual filled in; `participant`: whom a case is about."""
    kind = kinds.kind(name)
    if kind is None or session is None:
        return []
    return [_input(field, session, participant) for field in kind.fields]


def _input(field: Field, session: Session, participant: str) -> Input:
    choices = [(value, label) for value, label in field.choices(session)] if field.choices else []
    if field.about and participant and participant not in dict(choices):
        choices.append((participant, f"“{participant}”"))
    return Input(
        name=field.name,
        label=str(field.label),
        kind="choice" if field.choices else field.kind,
        value=participant if field.about and participant else field.default,
        most=field.most,
        required=field.required,
        choices=choices,
        empty="" if field.required else _("Everyone"),
        hint=field.hint(session) if field.hint else "",
    )


def _line(deed: Asked, viewer: Viewer) -> Line:
    who = {"action": words.action(deed.name).text, "name": deed.who or _("Callboard")}
    return Line(
        times.hms(deed.asked_at, viewer.tz),
        _("%(action)s, by %(name)s") % who,
        history.outcome(_told(deed), viewer.tz),
        deed.state == "failed",
    )


def _told(deed: Asked) -> dict[str, Any]:
    """As a case's history tells of it."""
    return {
        "state": deed.state,
        "asked_at": deed.asked_at.isoformat(),
        "usual_s": deed.usual_s,
        "confirmed_at": deed.settled_at.isoformat() if deed.settled_at else None,
        "said": deed.words,
        "words": deed.words,
    }


def first_problem(fields: dict[str, str], shown: Sequence[Input] = ()) -> str:
    """Of an action's fields that cannot be right, the first, in words."""
    labels = {each.name: each.label for each in shown}
    for name, problem in fields.items():
        return f"{labels.get(name, name)}: {problem}"
    return ""
