"""Whom an erasure is about, and what is looked for: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from callboard.lib.redaction import Redaction, split_ids, split_names, tells


@dataclass(frozen=True)
class Subject:
    """A person and their doubles: `people` and `members` are ids of rows, `keys` former ids by new ones'.

    `elsewhere` are their ids in other systems. `shared` are names, addresses and numbers that someone else
    here has too: looked for only near them.
    """

    organization: int
    people: tuple[int, ...]
    keys: Mapping[str, str]
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    members: tuple[int, ...] = ()
    shared: tuple[str, ...] = ()
    keep_groups: bool = False

    @property
    def person(self) -> int:
        return self.people[0]

    @property
    def redaction(self) -> Redaction:
        """What goes wherever it stands."""
        names, _alone = split_names(self._own(self.names))
        words = (*names, *self._own(self.emails), *filter(tells, self.elsewhere))
        ids, _plain = split_ids(self.keys)
        theirs = (*self.names, *self.emails, *self.phones)
        return Redaction(ids, words, self._own(self.phones), theirs=theirs)

    @property
    def in_words(self) -> Redaction:
        """What goes where people write as they like: a name of one word too, if that is all they wrote."""
        _telling, alone = split_names(self._own(self.names))
        return replace(self.redaction, alone=alone)

    @property
    def in_ids(self) -> Redaction:
        """What goes where ids of people are kept: those as well that could be anything elsewhere."""
        _telling, plain = split_ids(self.keys)
        return replace(self.redaction, plain=plain)

    def near(self, others: Collection[str] = ()) -> Redaction:
        """What goes where it is said of them, or of a session that they were in: every part of their names
        too, unless one of the `others` who were there is called that.
        """
        taken = {part.lower() for name in others for part in name.split()}
        parts = [part for name in self.names for part in _parts(name) if part.lower() not in taken]
        whole = [name for name in self.names if len(name.split()) > 1]
        words = [*whole, *self.emails, *filter(tells, self.elsewhere), *(p for p in parts if len(p) > 2)]
        ids, _plain = split_ids(self.keys)
        return Redaction(ids, tuple(dict.fromkeys(words)), self.phones, alone=tuple(parts))

    def _own(self, texts: Collection[str]) -> tuple[str, ...]:
        return tuple(each for each in texts if each not in self.shared)


def _parts(name: str) -> list[str]:
    """Without what any text has, such as "del" and "von"."""
    return [part for part in name.split() if name.islower() or not part.islower()]


def kept(subject: Subject) -> dict[str, Any]:
    """As JSON."""
    found: dict[str, Any] = msgspec.to_builtins(subject)
    return found


def read(told: Mapping[str, Any]) -> Subject:
    return msgspec.convert(told, Subject)
