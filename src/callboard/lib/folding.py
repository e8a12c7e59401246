"""Text as a search sees it: without capitals and accents, the same in the database and here."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db.models import Func

_MARKS = range(0x300, 0x370)


def folded(text: str) -> str:
    """Small letters without combining marks: "José" as "jose"."""
    return "".join(each for each in unicodedata.normalize("NFD", text.lower()) if ord(each) not in _MARKS)


class Folded(Func):
    """The same in SQL, of several columns with blanks between; immutable, fit for a generated column."""

    template = "regexp_replace(normalize(lower(%(expressions)s), NFD), U&'[\\0300-\\036f]', '', 'g')"
    arg_joiner = " || ' ' || "

    def __init__(self, *columns: str, **extra: Any) -> None:
        super().__init__(*columns, **extra)
