"""Time in the engine: whole microseconds since 1970 in UTC, so that sums and boundaries are exact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """The moment, which has an offset, in microseconds."""
    return round(moment.timestamp() * SECOND)


def moment_of(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def seconds(length: float) -> int:
    """A length given in seconds, in microseconds."""
    return round(length * SECOND)


def stamp(at: int) -> str:
    """RFC 3339 in UTC; as many digits after the second as it has, in threes."""
    moment = moment_of(at)
    digits = "microseconds" if at % 1000 else "milliseconds" if at % SECOND else "seconds"
    return moment.isoformat(timespec=digits).replace("+00:00", "Z")


def parse(text: str) -> int:
    """An RFC 3339 time with an offset; ValueError where it is not."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return micros(moment)
