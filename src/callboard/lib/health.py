"""Checks of the installation: what is looked at, what was found, and what to do about it.

`callboard doctor` and the page under Settings run the same checks. Whoever owns a thing writes its check and
wiring registers it; nothing else knows the list. A check changes nothing that stays. One that breaks is
itself a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Text = str | Promise


class State(StrEnum):
    """`warn`: it works, and will not for long or not well; `bad`: it does not work, or is not safe."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """What a check saw, in a sentence, and what to do where it is not well. `subject`: of several, which."""

    state: State
    text: str
    advice: str = ""
    subject: str = ""


def ok(text: str, *, subject: str = "") -> Finding:
    return Finding(State.OK, text, subject=subject)


def warn(text: str, advice: str, *, subject: str = "") -> Finding:
    return Finding(State.WARN, text, advice, subject)


def bad(text: str, advice: str, *, subject: str = "") -> Finding:
    return Finding(State.BAD, text, advice, subject)


@dataclass(frozen=True, kw_only=True)
class Check:
    """`name` is what programs read, `title` what people read. `look` answers one finding or several.

    One `of_organization` is run within each organization's scope and may name what is that organization's
    alone; the others are run outside any, and say nothing of a tenant. `running`: it says something only
    while the product runs.
    """

    name: str
    title: Text
    look: Callable[[], Finding | Iterable[Finding]]
    of_organization: bool = False
    running: bool = False


@dataclass(frozen=True)
class Result:
    """A finding, and the check that it is of."""

    name: str
    title: str
    finding: Finding

    @property
    def ok(self) -> bool:
        return self.finding.state is not State.BAD


_known: dict[str, Check] = {}


def register(*checks: Check) -> None:
    """The same name again replaces it."""
    _known.update((check.name, check) for check in checks)


def known(*, of_organization: bool) -> tuple[Check, ...]:
    """In the order of registration."""
    return tuple(check for check in _known.values() if check.of_organization == of_organization)


def look(checks: Iterable[Check]) -> Iterator[Result]:
    """Run them one after the other."""
    for check in checks:
        for finding in _findings(check):
            yield Result(check.name, str(check.title), finding)


def _findings(check: Check) -> tuple[Finding, ...]:
    try:
        found = check.look()
        return (found,) if isinstance(found, Finding) else tuple(found)
    except Exception as error:  # whatever it is, the other checks are to be seen too
        text = _("This could not be looked at: %(error)s.") % {"error": type(error).__name__}
        return (bad(text, _("See the log of this process, and whether the database answers.")),)
