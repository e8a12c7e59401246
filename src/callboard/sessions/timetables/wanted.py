"""A session that a file wants, and the key by which it is known when the file comes again."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from callboard.sessions.rules import KEY

_PLAIN = re.compile(r"^[A-Za-z0-9._:@+-]+$")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One session. People as the file names them; `series` is the key of what it belongs to, if anything.

    `cancelled`: it is called off, and may name nobody. `url`: it happens where that leads.
    """

    line: int
    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    instructor: str
    learners: tuple[str, ...]
    subject: str = ""
    level: str = ""
    recording: bool = False
    series: str = ""
    cancelled: bool = False
    reason: str = ""
    url: str = ""


def key_of(*parts: str) -> str:
    """The same parts, the same key: one plain id as it is, anything else by its hash."""
    if len(parts) == 1 and len(parts[0]) <= KEY - 9 and _PLAIN.match(parts[0]):
        return parts[0]
    return "imp_" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def key_on(key: str, day: datetime) -> str:
    """The key of a repeated session on one local day."""
    return f"{key}.{day:%Y%m%d}"
