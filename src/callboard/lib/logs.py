"""Log lines, for people or as JSON: of which request or job, and without anybody's words.

An error is told by its type and by where it happened. What it says is left out: a database's complaint quotes
the row, and a parser's the text. For a debugger's sake `CALLBOARD_DEBUG` lets it through.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from callboard.lib import ids

_about: ContextVar[str] = ContextVar("callboard_about", default="")

GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""A request's id that came from a proxy and may be taken up: nothing that could forge a line."""

ADDRESS = re.compile(r"(https?://[^/\s?#]*)[^\s)]*")

MORE = ("method", "route", "status", "ms")
"""What a line may carry beside its words, by `extra`."""

SELDOM_S = 60.0
"""How often something that goes on failing is told again."""

Failure = tuple[type[BaseException], BaseException, TracebackType | None]


def request_id(given: str) -> str:
    """The one that was given, where it is fit to be taken up, else a new one."""
    return given if GIVEN.fullmatch(given) else ids.new("req")


@contextmanager
def about(what: str) -> Iterator[None]:
    """Lines of this block, in this thread or task, say what they are about: a request's id, a job's."""
    token = _about.set(what)
    try:
        yield
    finally:
        _about.reset(token)


def subject() -> str:
    return _about.get()


class Outage:
    """Something that fails over and over: told at once, then seldom, and once more when it is over."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log, self._what = log, what
        self._since: float | None = None
        self._told = 0.0

    def failed(self, error: BaseException) -> None:
        now, kind = time.monotonic(), type(error).__name__
        if self._since is None:
            self._since = self._told = now
            self._log.warning("%s: %s; trying again", self._what, kind)
        elif now - self._told >= SELDOM_S:
            self._told = now
            self._log.warning("%s: %s, for %.0f s now; trying again", self._what, kind, now - self._since)

    def over(self) -> None:
        """It works, as it may have done all the time."""
        if self._since is not None:
            self._log.warning("%s: over after %.0f s", self._what, time.monotonic() - self._since)
            self._since = None


class RouteFilter(logging.Filter):
    """Lines that are told of a request, Django's own of failures and refusals, name its route and not its
    address, which may hold a token; of another address they name the host.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", "")
        if path:
            match = getattr(request, "resolver_match", None)
            route = match.route if match is not None else "(no route)"
            told = ADDRESS.sub(r"\1", record.getMessage())
            for spelling in (path, path.encode("unicode_escape").decode("ascii")):
                told = told.replace(spelling, route) if spelling != "/" else told
            record.msg, record.args = told, ()
        return True


class _Wordless(logging.Formatter):
    def __init__(self, *arguments: Any, words: bool = False, **more: Any) -> None:
        """`words`: an error's own are told too."""
        super().__init__(*arguments, **more)
        self._words = words

    def formatException(self, ei: Any) -> str:  # noqa: N802 - its name in the standard library
        if self._words:
            return super().formatException(ei)
        return "\n".join(_told(ei))


class LineFormatter(_Wordless):
    """For people: `time level logger what [about]`."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        head, _, rest = line.partition("\n")
        what = subject()
        head = f"{head} [{what}]" if what else head
        return f"{head}\n{rest}" if rest else head


class JsonFormatter(_Wordless):
    """For programs: one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        document: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": os.environ.get("CALLBOARD_PROCESS", "callboard"),
        }
        if subject():
            document["about"] = subject()
        document |= {name: getattr(record, name) for name in MORE if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            document["error"] = self.formatException(record.exc_info).splitlines()
        return json.dumps(document, ensure_ascii=False)


def _told(failure: Failure) -> Iterator[str]:
    """The chain of errors, the first cause first: where each happened, and of what type."""
    error: BaseException | None = failure[1]
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for one in reversed(chain):
        for frame in traceback.extract_tb(one.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
        yield f"{type(one).__module__}.{type(one).__qualname__}"
