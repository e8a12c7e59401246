"""Text as a search sees it: without capitals and accents, the same in the database and here."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db.models import Func

_MARKS = range(0x300, 0x370)


def folded(text: str) -> str:
    """Small letters without combining marks: "José" as "jose"."""
    return "".join(each for each in unicodedata.normalize("NFD", text.lower()) if ord(each) not in _MARKS)


def folded_in_sql(expression: str) -> str:
    """The same of a text in SQL, as SQL; immutable, fit for a generated column and an index."""
    return f"regexp_replace(normalize(lower({expression}), NFD), U&'[\\0300-\\036f]', '', 'g')"


class Folded(Func):
    """That of several columns with blanks between."""

    template = folded_in_sql("%(expressions)s")
    arg_joiner = " || ' ' || "

    def __init__(self, *columns: str, **extra: Any) -> None:
        super().__init__(*columns, **extra)
