"""What kinds of case there are and what can be done about them, as other packages registered it.

Cases know nobody: a package registers its kinds and actions in its AppConfig.ready. Registering the same
name again replaces it, so that doing it twice is doing it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from callboard.cases.models import Case
    from callboard.people.access import Access

Text = str | Promise

OUTCOMES: Mapping[str, Text] = {
    "fixed": _("Put right"),
    "no_action": _("Came right without us"),
    "absent": _("They did not come"),
    "cancelled": _("Session called off"),
    "rebooked": _("Session repeated"),
    "false_alarm": _("Nothing was wrong"),
    "lost": _("Could not be put right"),
    "other": _("Something else"),
}
"""How a case can end by a person's hand. A kind offers some of them."""

USUAL_OUTCOMES = ("fixed", "no_action", "false_alarm", "lost", "other")


@dataclass(frozen=True)
class CaseKind:
    """A kind of case. `severity` (now, soon, watch) is what a case of it has unless raised with another.

    `rule` says in words what raises it; `outcomes` are offered when a person resolves one, likeliest first.
    """

    name: str
    title: Text
    severity: str = "soon"
    icon: str = "circle-alert"
    outcomes: tuple[str, ...] = USUAL_OUTCOMES
    rule: Text = ""


def always(_case: Case) -> bool:
    """For actions that every case of their kinds offers."""
    return True


@dataclass(frozen=True)
class Action:
    """Something that a person can do about cases of some kinds (`kinds` empty: of all).

    `run(access, case, **params)` does it, in the open transaction, and may answer ids and figures for the
    case's history; it raises lib.errors where it can't. `undo(access, case, data)` takes it back, given what
    `run` answered. `available(case)` false: not offered now, for instance since the provider can't do it.
    `at_a_glance(case)` stands for it in lists, where it would ask the database for each row.

    `usual_s` set: doing it is asking for it. The line of the history is then "asked", `run` gets its id as
    `entry`, and whoever sees it come true says so by `operations.confirm` or `operations.fail`; that takes
    so many seconds as a rule.
    """

    name: str
    label: Text
    icon: str
    kinds: tuple[str, ...]
    permission: str
    run: Callable[..., Mapping[str, Any] | None]
    available: Callable[[Case], bool] = always
    at_a_glance: Callable[[Case], bool] | None = None
    undo: Callable[[Access, Case, Mapping[str, Any]], None] | None = None
    usual_s: int | None = None


_kinds: dict[str, CaseKind] = {}
_actions: dict[str, Action] = {}
_followed: set[str] = set()


def register_kind(kind: CaseKind) -> None:
    unknown = [outcome for outcome in kind.outcomes if outcome not in OUTCOMES]
    if unknown:
        raise ValueError(f"{kind.name} offers outcomes that do not exist: {', '.join(unknown)}")
    _kinds[kind.name] = kind


def register_action(action: Action) -> None:
    _actions[action.name] = action


def follow(*kinds: str) -> None:
    """Let `facts.CasesRaised` be published for cases of these kinds."""
    _followed.update(kinds)


def followed(kind: str) -> bool:
    return kind in _followed


def kinds() -> tuple[CaseKind, ...]:
    return tuple(_kinds.values())


def kind(name: str) -> CaseKind:
    """The kind by name; one that nobody registered (any more) is shown by its name."""
    return _kinds.get(name) or CaseKind(name, name.replace("_", " ").capitalize())


def action(name: str) -> Action | None:
    return _actions.get(name)


def actions_for(case: Case, access: Access | None = None) -> list[Action]:
    """What can be done about this case now, in the order of registration; by this person, if one is given."""
    return [
        action
        for action in _of_kind(case)
        if (access is None or access.may(action.permission)) and action.available(case)
    ]


def first_action(case: Case) -> Action | None:
    """The likeliest of `actions_for` this case, for lists: at a glance, not asking about the others."""
    return next((each for each in _of_kind(case) if (each.at_a_glance or each.available)(case)), None)


def _of_kind(case: Case) -> Iterator[Action]:
    if case.over_at is None:
        yield from (each for each in _actions.values() if not each.kinds or case.kind in each.kinds)
