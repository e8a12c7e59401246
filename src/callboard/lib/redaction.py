"""Taking someone's words and ids out of text and JSON: pure, and the same rules as a pattern for PostgreSQL.

Ids are replaced by the ids that take their place; words by `GONE`. What is short enough to be anybody's (a
first name, "12") goes only where the text is nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

GONE = "[erased]"

_ALONE = r"(^|\")({})(\"|$)"
_BOUND = r"(?<![[:alnum:]_])({})(?![[:alnum:]_])"
_OF_A_NUMBER = r"[^0-9A-Za-z]{0,3}"
TELLING_DIGITS = 7
"""A telephone number with fewer is no one's in particular."""


@dataclass(frozen=True)
class Redaction:
    """`ids` former to new; `words` that are theirs wherever they stand; `numbers` of telephones; `alone`:
    what counts only where it is the whole text.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self._parts)

    @cached_property
    def _parts(self) -> list[str]:
        parts = [_BOUND.format(re.escape(each)) for each in self.ids]
        parts += [_BOUND.format(pattern) for pattern in sorted(map(_phrase, self.words), key=len)[::-1]]
        parts += [_number(each) for each in self.numbers if len(_digits(each)) >= TELLING_DIGITS]
        parts += [_ALONE.format(pattern) for pattern in map(_phrase, self.alone)]
        return parts

    @cached_property
    def pattern(self) -> str:
        """For PostgreSQL's `~*`, over a text column or JSON as text: finds all that `text` would change."""
        return "|".join(f"({part})" for part in self._parts)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        rules = [f"(?P<id{n}>{_BOUND.format(re.escape(each))})" for n, each in enumerate(self.ids)]
        rules += [f"({part})" for part in self._parts[len(self.ids) :]]
        # Python knows no class names; a letter, a digit and the underscore are its \w.
        return re.compile("|".join(rules).replace("[[:alnum:]_]", r"\w"), re.IGNORECASE)

    def text(self, text: str) -> str:
        """The text without them."""
        if not self._parts:
            return text
        latter = list(self.ids.values())

        def put(match: re.Match[str]) -> str:
            for name, found in match.groupdict().items():
                if found is not None:
                    return latter[int(name[2:])]
            return GONE

        return self._compiled.sub(put, text)

    def value(self, value: Any) -> Any:
        """JSON, or msgpack's plain values, without them: keys of objects too."""
        match value:
            case str():
                return self.text(value)
            case list() | tuple():
                return [self.value(each) for each in value]
            case dict():
                return {self.value(key): self.value(each) for key, each in value.items()}
            case _:
                return value

    def touches(self, text: str) -> bool:
        return bool(self._parts) and self._compiled.search(text) is not None


def split_words(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which of these name one alone wherever they stand, and which could be anybody's: a single word of
    letters, or a short number.
    """
    telling: list[str] = []
    alone: list[str] = []
    for text in dict.fromkeys(each.strip() for each in texts):
        if not text:
            continue
        own = " " in text or "@" in text or (len(text) >= 5 and not text.isalpha() and not text.isdigit())
        (telling if own or (text.isdigit() and len(text) >= 8) else alone).append(text)
    return tuple(telling), tuple(alone)


def _phrase(text: str) -> str:
    """However it is spaced and capitalized; two names turned round too."""
    forms = []
    for form in dict.fromkeys([text, text.upper(), text.lower()]):
        words = [re.escape(word) for word in form.split()]
        forms.append(r"\s+".join(words))
        if len(words) > 1:
            forms.append(rf"{words[-1]},?\s+" + r"\s+".join(words[:-1]))
    return "|".join(forms)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _number(text: str) -> str:
    """Its last nine digits, however they are parted, with whatever stands before them of the same number."""
    digits = _digits(text)[-9:]
    prefix = rf"(\+?[0-9]{{1,4}}{_OF_A_NUMBER})?"
    return rf"(?<![0-9]){prefix}{_OF_A_NUMBER.join(digits)}(?![0-9])"
