"""Whom an erasure is about, and what is looked for: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from callboard.lib.redaction import Redaction, split_words


@dataclass(frozen=True)
class Subject:
    """A person and their doubles: `people` and `members` are ids of rows, `keys` former ids by new ones'.

    `shared` are names, addresses and numbers that someone else here has too: looked for only near them.
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
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def person(self) -> int:
        return self.people[0]

    @property
    def redaction(self) -> Redaction:
        """What goes wherever it stands."""
        texts = [each for each in (*self.names, *self.emails, *self.elsewhere) if each not in self.shared]
        words, alone = split_words(texts)
        numbers = tuple(each for each in self.phones if each not in self.shared)
        return Redaction(self.keys, words, numbers, alone)

    def near(self, others: Collection[str] = ()) -> Redaction:
        """What goes where it is said of them, or of a session that they were in: every part of their names
        too, unless one of the `others` who were there is called that.
        """
        theirs = {part.lower() for name in others for part in name.split()}
        parts = [part for name in self.names for part in name.split() if len(part) > 2]
        words = [*self.names, *self.emails, *self.elsewhere, *(p for p in parts if p.lower() not in theirs)]
        return Redaction(self.keys, tuple(dict.fromkeys(each for each in words if each)), self.phones)


def kept(subject: Subject) -> dict[str, Any]:
    """As JSON."""
    found: dict[str, Any] = msgspec.to_builtins(subject)
    return found


def read(told: Mapping[str, Any]) -> Subject:
    return msgspec.convert(told, Subject)
