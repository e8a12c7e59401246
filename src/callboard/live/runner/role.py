"""The engine's role: what the application may, and the log of all organizations to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db import connections

_PARTS = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


@contextmanager
def engine_role(url: str) -> Iterator[None]:
    """Let Django's default database be spoken to in the role of this URL, within the block; "": as it is."""
    if not url:
        yield
        return
    settings = connections["default"].settings_dict
    former = {part: settings[part] for part in _PARTS}
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    connections["default"].close()
    settings.update(
        NAME=unquote(parts.path.lstrip("/")),
        USER=unquote(parts.username or ""),
        PASSWORD=unquote(parts.password or ""),
        HOST=query.get("host", parts.hostname or ""),
        PORT=str(parts.port or query.get("port", "")),
    )
    try:
        yield
    finally:
        connections["default"].close()
        settings.update(former)
