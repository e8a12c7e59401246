"""Taking someone's words and ids out of text and JSON: pure, and the same rules as a pattern for PostgreSQL.

Ids are replaced by the ids that take their place; words by `GONE`. What tells one person from all else goes
wherever it stands. What is plain enough to be anybody's, or a level, a room, a flower (a name of one word,
"7", "3B"), goes only where nothing else is said, and whoever asks decides in which places that says a person.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

GONE = "[erased]"

_ESCAPED = r"\\+[bfnrt]"
"""A blank within the text of JSON, which tells it by a letter."""
_GAP = rf"(?:\s|{_ESCAPED})+"
_BOUND = r"(?:(?<![[:alnum:]_])|(?<=\\[bfnrt]))(?:{})(?![[:alnum:]_])"
_NOTHING = r"(?!)"
_BACKSLASH, _BACKSLASHES = "\\", r"\\+"
_OF_A_NUMBER = r"[^0-9A-Za-z]{0,3}"
TELLING_DIGITS = 7
"""A telephone number with fewer is no one's in particular."""
TELLING_LETTERS = 3
"""A name of several words with fewer is a mark, such as "A. B."."""


@dataclass(frozen=True)
class Redaction:
    """`ids` former to new; `words` that are theirs wherever they stand; `numbers` of telephones.

    `alone` words, and `plain` ids former to new: what counts only where it is the whole text. `theirs` goes
    as well where it is said beside one of the ids, as all that an object of JSON has to say under some name.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    plain: Mapping[str, str] = field(default_factory=dict)
    theirs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self._parts or self._whole)

    @cached_property
    def _parts(self) -> list[str]:
        parts = [_BOUND.format(re.escape(each)) for each in self.ids]
        parts += [_BOUND.format(pattern) for pattern in sorted(map(_phrase, self.words), key=len)[::-1]]
        parts += [_number(each) for each in self.numbers if len(_digits(each)) >= TELLING_DIGITS]
        return parts

    @cached_property
    def _whole(self) -> dict[str, str]:
        plain = {former.lower(): latter for former, latter in self.plain.items()}
        return {each.lower(): GONE for each in self.alone} | plain

    @cached_property
    def pattern(self) -> str:
        """For PostgreSQL's `~*`, over a text column: finds all that `text` would change."""
        return self._pattern(r"^\s*(?:{})\s*$")

    @cached_property
    def pattern_in_json(self) -> str:
        """Likewise over JSON as text: finds all that `value` would change."""
        return self._pattern('"(?:{})"')

    def _pattern(self, whole: str) -> str:
        said = [whole.format(_phrase(each)) for each in (*self.alone, *self.plain)]
        return "|".join(f"(?:{part})" for part in (*self._parts, *said)) or _NOTHING

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        rules = [f"(?P<id{n}>{_BOUND.format(re.escape(each))})" for n, each in enumerate(self.ids)]
        rules += [f"(?:{part})" for part in self._parts[len(self.ids) :]]
        # Python knows no class names; a letter, a digit and the underscore are its \w.
        whole = "|".join(rules) or _NOTHING
        return re.compile(whole.replace("[[:alnum:]_]", r"\w"), re.IGNORECASE)

    def text(self, text: str) -> str:
        """The text without them; where it is JSON, as `value` would have it."""
        if text[:1] in ("{", "["):
            try:
                told = msgspec.json.decode(text)
            except msgspec.DecodeError:
                pass
            else:
                without = self.value(told)
                return text if without == told else msgspec.json.encode(without).decode()
        latter = list(self.ids.values())

        def put(match: re.Match[str]) -> str:
            for name, found in match.groupdict().items():
                if found is not None:
                    return latter[int(name[2:])]
            return GONE

        return self._whole.get(text.strip().lower()) or self._compiled.sub(put, text)

    def value(self, value: Any) -> Any:
        """JSON, or msgpack's plain values, without them: keys of objects too."""
        match value:
            case str():
                return self.text(value)
            case list() | tuple():
                return [self.value(each) for each in value]
            case dict():
                named = any(isinstance(each, str) and each in self.ids for each in value.values())
                beside = {each.lower() for each in self.theirs} if named else set()
                return {
                    self.value(key): GONE
                    if isinstance(each, str) and each.strip().lower() in beside
                    else self.value(each)
                    for key, each in value.items()
                }
            case _:
                return value

    def touches(self, text: str) -> bool:
        return text.strip().lower() in self._whole or self._compiled.search(text) is not None


def split_names(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which of these name one alone wherever they stand, and which could be anybody's: a single word."""
    telling: list[str] = []
    alone: list[str] = []
    for name in dict.fromkeys(each.strip() for each in names):
        several = len(name.split()) > 1 and sum(map(str.isalpha, name)) >= TELLING_LETTERS
        if name:
            (telling if several or "@" in name else alone).append(name)
    return tuple(telling), tuple(alone)


def split_ids(ids: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Those that tell (see `tells`), and the plain ones."""
    telling = {former: latter for former, latter in ids.items() if tells(former)}
    return telling, {former: latter for former, latter in ids.items() if former not in telling}


def tells(code: str) -> bool:
    """Whether an id that someone chose could hardly be anything else: "SIS-204711" is, "7", "3B" and "Rose",
    which may be a level, a room or somebody's name, are not.
    """
    signs = [each for each in code if each.isalnum()]
    digits = any(map(str.isdigit, signs))
    return (len(signs) >= 5 and digits and any(map(str.isalpha, signs))) or (
        len(signs) >= 8 and (digits or any(each in code for each in "._@"))
    )


def _phrase(text: str) -> str:
    """However it is spaced, capitalized, and escaped in JSON; two names turned round too."""
    forms = []
    for form in dict.fromkeys([text, text.upper(), text.lower()]):
        words = ["".join(map(_sign, word)) for word in form.split()]
        forms.append(_GAP.join(words))
        if len(words) > 1:
            forms.append(rf"{words[-1]},?{_GAP}" + _GAP.join(words[:-1]))
    return "|".join(forms)


def _sign(sign: str) -> str:
    match sign:
        case '"':
            return r'\\*"'
        case "\\":
            return _BACKSLASHES
        case _ if sign.isascii():
            return re.escape(sign)
        case _:
            return f"(?:{sign}|{json.dumps(sign)[1:-1].replace(_BACKSLASH, _BACKSLASHES)})"


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _number(text: str) -> str:
    """Its last nine digits, however they are parted, with whatever stands before them of the same number."""
    digits = _digits(text)[-9:]
    prefix = rf"(?:\+?[0-9]{{1,4}}{_OF_A_NUMBER})?"
    return rf"(?<![0-9]){prefix}{_OF_A_NUMBER.join(digits)}(?![0-9])"
