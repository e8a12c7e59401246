"""The only source of now, so that a school day can run in virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, as an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock that moves only when it is told to."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move forward; a negative step is refused, as time is."""
        if by < timedelta(0):
            raise ValueError("a clock does not go back")
        self._now += by

    def set(self, moment: datetime) -> None:
        self.advance(moment - self._now)


_clock: ContextVar[Clock] = ContextVar("callboard_clock", default=SystemClock())  # noqa: B039 - stateless


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _clock.get().now()


@contextmanager
def using(clock: Clock) -> Iterator[Clock]:
    """Let `now()` answer from this clock within the block."""
    token = _clock.set(clock)
    try:
        yield clock
    finally:
        _clock.reset(token)
