"""Pure decisions about sessions: what a booking must say, how long it keeps a person, what follows what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from zlib import crc32

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


LINK = "link"
"""The provider of a session that happens where a link leads."""


def room_at(url: str) -> RoomInfo:
    """The room that a link leads to."""
    return RoomInfo(f"link-{crc32(url.encode()):08x}", url)


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
    "extend": frozenset({"ready", "live"}),
    "reach": frozenset({"ready", "live"}),
    "replace_room": frozenset({"ready", "live"}),
    "restart_recording": frozenset({"ready", "live"}),
    "mark_absent": frozenset({"scheduled", "ready", "live", "ended"}),
}
"""In which states of a session each change is possible."""


@dataclass(frozen=True)
class Place:
    """A server, as the choice of one sees it. `load`: sessions that stand on it at that time."""

    id: int
    region: str = ""
    zones: Sequence[str] = ()
    load: int = 0
    position: int = 0

    def near(self, zone: str) -> bool:
        """Whether people of this time zone are near: "Europe/*" is near to "Europe/Madrid"."""
        return any(fnmatchcase(zone, pattern) for pattern in self.zones)


def choose_place(
    places: Iterable[Place], *, region: str = "", zones: Sequence[str] = (), besides: Collection[int] = ()
) -> Place | None:
    """Where a room opens, in this order: not `besides` those if there is another, in the wished region, near
    most of the people (a zone for each), least loaded, first in the organization's own order.
    """

    def cost(place: Place) -> tuple[bool, bool, int, int, int, int]:
        away = bool(region) and place.region != region
        near = sum(place.near(zone) for zone in zones)
        return place.id in besides, away, -near, place.load, place.position, place.id

    return min(places, key=cost, default=None)


CARE: Mapping[str, bool] = {
    "replace_lost_rooms": True,
    "reach_instructor": True,
    "tell_bad_audio": True,
    "hold_strangers": True,
}
"""What the system does by itself in rooms, and whether it does where an organization has said nothing."""


def care(values: Mapping[str, object]) -> dict[str, bool]:
    """An organization's wishes completed by the usual; what is unknown is left out."""
    return {name: bool(values.get(name, usual)) for name, usual in CARE.items()}


DOOR_OPENS = timedelta(minutes=15)
"""How long before its start people may come into a session's room."""

DOOR_LATE = timedelta(minutes=2)
"""After this much of a session, whoever comes is late."""

DOOR_STAYS = timedelta(minutes=30)
"""How long after its planned end a session that nobody ended still lets people in."""

CALLED_OFF = timedelta(hours=24)
"""How long before its planned time a called-off session is what its link speaks of, rather than the next."""

MAY_ENTER = frozenset({"open", "late", "not_ready"})
"""Of the door's states: it lets people in, or will at any moment."""


@dataclass(frozen=True)
class Meeting:
    """One session as a join link sees it. `taking_part`: the link's person is (still) expected in it."""

    id: int
    status: str
    starts_at: datetime
    ends_at: datetime
    room_stands: bool
    taking_part: bool

    def state(self, now: datetime) -> str:
        """What its door says now: cancelled, replaced, over, early, not_ready, late or open."""
        if self.status == "cancelled":
            return "cancelled"
        if not self.taking_part:
            return "replaced"
        if self.status == "ended" or (self.status != "live" and now >= self.ends_at + DOOR_STAYS):
            return "over"
        if self.status != "live" and now < self.starts_at - DOOR_OPENS:
            return "early"
        if not self.room_stands:
            return "not_ready"
        return "late" if now >= self.starts_at + DOOR_LATE else "open"


def leads_to(meetings: Iterable[Meeting], now: datetime) -> tuple[Meeting | None, Meeting | None]:
    """Of the sessions of a link, the one that it leads to now, and the next one where that one is closed.

    1. One that lets people in: of those begun, the latest; else the first to begin.
    2. One called off, or of which they are no part any more, whose time is near: that has to be said.
    3. The next to come. 4. The last that was.
    """
    by_start = sorted(meetings, key=lambda each: (each.starts_at, each.id))
    states = [(each, each.state(now)) for each in by_start]
    coming = [each for each, state in states if state == "early"]
    following = coming[0] if coming else None
    entering = [each for each, state in states if state in MAY_ENTER]
    begun = [each for each in entering if each.starts_at <= now]
    running = [each for each in begun if now < each.ends_at]
    if running:
        return running[-1], None
    if entering and len(begun) < len(entering):
        return next(each for each in entering if each.starts_at > now), None
    if begun:
        return begun[-1], None
    for each, state in states:
        near = each.starts_at - CALLED_OFF <= now < each.ends_at
        if state in {"cancelled", "replaced"} and near:
            return each, following
    if following is not None:
        return following, None
    return (by_start[-1], None) if by_start else (None, None)
