"""Pure decisions about sessions: what a booking must say, how long it keeps a person, what follows what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from callboard.sessions.ports import RoomInfo

LONGEST = timedelta(hours=24)
MOST_LEARNERS = 200
TITLE, SUBJECT, LEVEL, PROVIDER, KEY, REGION = 200, 100, 40, 40, 40, 40

Problems = dict[str, tuple[str, int]]
"""What is wrong by field: a code, and the bound that was passed (0 where there is none)."""


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A session to be booked. People are ids; times are aware.

    `key` is given where the session is known by one already, else made. `room` is given where its room stands
    already, else one is provisioned. `series` is the key of one that exists; `region`: where the room is
    wished.
    """

    title: str
    starts_at: datetime
    ends_at: datetime
    instructor: int
    learners: Sequence[int] = field(default_factory=tuple)
    subject: str = ""
    level: str = ""
    recording_wanted: bool = False
    provider: str = "simulator"
    series: str | None = None
    region: str = ""
    key: str | None = None
    room: RoomInfo | None = None

    @property
    def people(self) -> list[int]:
        """All who take part, the instructor first."""
        return [self.instructor, *self.learners]


def problems(booking: Booking) -> Problems:
    """What is wrong with a booking in itself, by field; empty where nothing is."""
    found: Problems = {}
    if not booking.title.strip():
        found["title"] = ("no_title", 0)
    for name, most in (("title", TITLE), ("subject", SUBJECT), ("level", LEVEL), ("provider", PROVIDER),
                       ("region", REGION)):  # fmt: skip
        if len(getattr(booking, name)) > most:
            found[name] = ("too_long", most)
    if not booking.provider:
        found["provider"] = ("no_provider", 0)
    if booking.key is not None and not 0 < len(booking.key) <= KEY:
        found["key"] = ("key_length", KEY)
    found |= problems_of_times(booking.starts_at, booking.ends_at)
    if not booking.learners:
        found["learners"] = ("no_learner", 0)
    elif len(booking.learners) > MOST_LEARNERS:
        found["learners"] = ("too_many", MOST_LEARNERS)
    elif len(set(booking.learners)) < len(booking.learners):
        found["learners"] = ("twice", 0)
    elif booking.instructor in booking.learners:
        found["learners"] = ("both", 0)
    return found


def problems_of_times(starts_at: datetime, ends_at: datetime) -> Problems:
    """What is wrong with a session's times, by field."""
    found: Problems = {}
    for name, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        if moment.tzinfo is None:
            found[name] = ("no_offset", 0)
    if found:
        return found
    if ends_at <= starts_at:
        found["ends_at"] = ("ends_first", 0)
    elif ends_at - starts_at > LONGEST:
        found["ends_at"] = ("too_far", LONGEST // timedelta(hours=1))
    return found


def keeps_busy(starts_at: datetime, ends_at: datetime, buffer_minutes: int = 0) -> tuple[datetime, datetime]:
    """[from, to) in which a person cannot be elsewhere: the session, and after it the instructor's buffer.

    The buffer lies after the session alone: so two sessions of one person have at least that long between
    them whichever comes first, where a buffer on both sides would ask for twice as much.
    """
    return starts_at, ends_at + timedelta(minutes=buffer_minutes)


@dataclass(frozen=True)
class Slot:
    """Time that a person is to give, in the booking of that position."""

    person: int
    begins: datetime
    ends: datetime
    booking: int


def overlap_within(slots: Iterable[Slot]) -> tuple[Slot, Slot] | None:
    """Two slots of one person that overlap, or None: bookings made together must not clash either."""
    last: Slot | None = None
    for slot in sorted(slots, key=lambda each: (each.person, each.begins, each.ends)):
        if last is not None and last.person == slot.person and slot.begins < last.ends:
            return last, slot
        if last is None or last.person != slot.person or slot.ends > last.ends:
            last = slot
    return None


MAY_BE: Mapping[str, frozenset[str]] = {
    "move": frozenset({"scheduled", "ready", "cancelled"}),
    "change_instructor": frozenset({"scheduled", "ready", "live"}),
    "cancel": frozenset({"scheduled", "ready"}),
    "end": frozenset({"scheduled", "ready", "live"}),
    "restart_recording": frozenset({"ready", "live"}),
    "mark_absent": frozenset({"scheduled", "ready", "live", "ended"}),
}
"""In which states of a session each change is possible."""
