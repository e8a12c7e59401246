"""What can be asked of a session's room and people: kinds of deed, each with how it is known to be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

from callboard.people.access import Access
from callboard.sessions import queries
from callboard.sessions.models import Deed, Session
from callboard.sessions.ports import providers
from callboard.workflows.rooms import Standing

Text = str | Promise
Choice = tuple[str, str]


@dataclass(frozen=True)
class Field:
    """Something that a person says with it. `person`: a person's key; `choices(session)` lists what there is.

    `number`: whole, from 1 to `most`; `text`: at most so many characters. `about`: whom the case is about,
    where nobody is named.
    """

    name: str
    label: Text
    kind: Literal["text", "number", "person"]
    most: int = 0
    required: bool = True
    default: str = ""
    about: bool = False
    choices: Callable[[Session], Sequence[Choice]] | None = None
    hint: Callable[[Session], str] | None = None


@dataclass(frozen=True)
class Seen:
    """That it has come true: what is to be said of it, and the ids of the events that show it."""

    words: Text = ""
    evidence: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of deed.

    1. `begin(access, session, deed)` checks and writes what is ours to write, in the transaction of the wish.
    2. `carry(organization, deed, standing)` asks outside, not within a transaction; its words say what that
       did. It raises ProviderFailed, or lib.errors.
    3. `look(deed)` finds in the evidence whether it has come true, in the organization's scope. Without one,
       having been carried out is all that can be known.
    `not_done` says what has not happened, where it fails. `change` as in `queries.may`; `needs`: a capability
    of the room's provider. `cases`: the kinds of case that offer it. `own`: the system's alone, offered to
    nobody. `usual_s`: how long it takes as a rule.
    """

    name: str
    label: Text
    icon: str
    change: str
    usual_s: int
    not_done: Text
    cases: tuple[str, ...] = ()
    needs: str | None = None
    fields: tuple[Field, ...] = ()
    ending: bool = False
    own: bool = False
    begin: Callable[[Access | None, Session, Deed], None] | None = None
    carry: Callable[[int, Deed, Standing], Text] | None = None
    look: Callable[[Deed], Seen | None] | None = None
    offered: Callable[[Session], bool] = lambda _session: True

    def available(self, session: Session) -> bool:
        """Whether the session's state and its provider allow it now. No query."""
        if self.own or not queries.may(session, self.change) or not self.offered(session):
            return False
        return self.needs is None or providers.can(session.provider, self.needs)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """The same name again replaces it."""
    _kinds[kind.name] = kind


def kind(name: str) -> Kind | None:
    return _kinds.get(name)


def offered(session: Session) -> list[Kind]:
    """What can be asked of a session now, likeliest first."""
    return [one for one in _kinds.values() if one.available(session)]


Values = Mapping[str, Any]
