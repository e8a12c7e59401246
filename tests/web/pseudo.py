"""A language that nobody speaks: every translated text stands in ⟦ ⟧, so that what is not shows.

`untranslated` reads a page as a person would, takes out what stands in brackets and what is data, and
answers the words that are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

from django.utils.translation import trans_real

LANGUAGE = "en-xa"
UNREAD = {"script", "style", "svg", "kbd", "code", "title"}
READ = {"aria-label", "title", "placeholder", "alt", "aria-description", "data-confirm"}
VOID = {"input", "meta", "link", "br", "img", "hr"}


class Pseudo:
    """What Django asks of a translation."""

    def gettext(self, text: str) -> str:
        _context, separator, message = text.rpartition(trans_real.CONTEXT_SEPARATOR)
        return f"⟦{message if separator else text}⟧"

    def ngettext(self, singular: str, plural: str, number: float) -> str:
        return self.gettext(singular if number == 1 else plural)

    def to_language(self) -> str:
        return LANGUAGE

    def language(self) -> str:
        return LANGUAGE


@contextmanager
def spoken() -> Iterator[None]:
    """Let Django know the language, for as long as the block lasts."""
    trans_real._translations[LANGUAGE] = Pseudo()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del trans_real._translations[LANGUAGE]  # type: ignore[attr-defined]


class _Reader(HTMLParser):
    """The text of a page and of the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += [value for name, value in attrs if name in READ and value]
        if tag in UNREAD and tag not in VOID:
            self._unread += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in UNREAD and self._unread:
            self._unread -= 1

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.said.append(data)


def untranslated(page: str, data: set[str]) -> list[str]:
    """Words of three letters or more that no translator sees and that are not `data` (small letters)."""
    reader = _Reader()
    reader.feed(page)
    text, before = "\n".join(reader.said), ""
    while text != before:
        before, text = text, re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
    return [word for word in re.findall(r"[^\W\d_]{3,}", text) if word.lower() not in data]
