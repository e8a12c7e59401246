"""Checks of the installation: what is looked at, what was found, and what to do about it.

`callboard doctor`, the page under Settings and the API run the same checks the same way, by `examine`.
Whoever owns a thing writes its check and wiring registers it; nothing else knows the list. A check changes
nothing that stays. One that breaks is itself a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from django.db import connection, transaction
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


Findings = Finding | Iterable[Finding]


@dataclass(frozen=True, kw_only=True)
class Check:
    """`name` is what programs read, `title` what people read. `look` answers one finding or several; or,
    where it must wait for others, a function that does, which is called when no transaction is open.

    One `of_organization` is run within each organization's scope and may name what is that organization's
    alone; the others are run outside any, and say nothing of a tenant. `running`: it says something only
    while the product runs.
    """

    name: str
    title: Text
    look: Callable[[], Findings | Callable[[], Findings]]
    of_organization: bool = False
    running: bool = False


@dataclass(frozen=True)
class Result:
    """A finding, the check that it is of, and the organization, where it is one's."""

    name: str
    title: str
    finding: Finding
    organization: int | None = None

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
    """Run them one after the other, within nothing: for those that need no database."""
    for check in checks:
        yield from _results(check, nullcontext)


def examine(organizations: Iterable[int] = (), *, running: bool = True) -> Iterator[Result]:
    """Run all that are known, those of an organization within each of these.

    To be called with no transaction open. Where one is, each check has a savepoint, so that one that breaks
    it leaves it whole for the next. `running`: those too that say something only of a running Callboard.
    """
    from callboard.lib.tenancy import (
        organization_scope,
    )  # once Django runs: before, there is nothing to examine

    for check in known(of_organization=False):
        if running or not check.running:
            yield from _results(check, _apart)
    for organization in organizations:
        for check in known(of_organization=True):
            if running or not check.running:
                yield from _results(check, partial(organization_scope, organization), organization)


def _apart() -> AbstractContextManager[None]:
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _results(
    check: Check, within: Callable[[], AbstractContextManager[None]], organization: int | None = None
) -> Iterator[Result]:
    for finding in _findings(check, within):
        yield Result(check.name, str(check.title), finding, organization)


def _findings(check: Check, within: Callable[[], AbstractContextManager[None]]) -> tuple[Finding, ...]:
    try:
        with within():
            found = check.look()
            if not callable(found):
                return _whole(found)
        return _whole(found())
    except Exception as error:  # whatever it is, the other checks are to be seen too
        text = _("This could not be looked at: %(error)s.") % {"error": type(error).__name__}
        return (bad(text, _("See the log of this process, and whether the database answers.")),)


def _whole(found: Findings) -> tuple[Finding, ...]:
    return (found,) if isinstance(found, Finding) else tuple(found)
