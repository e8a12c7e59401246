"""One server of rooms, watched: polled, probed between polls, found down and back.

Pure but for what it is given: a provider to ask, books to read and write, and each time the moment. So it
runs in virtual time in tests just as it does at work.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, Protocol

from callboard.sessions.ports import ProviderFailed, RoomProvider, RoomSeen
from callboard.workflows.reconcile_rooms.asking import Asker, Asking
from callboard.workflows.reconcile_rooms.choosing import Watched, in_order, overdue
from callboard.workflows.reconcile_rooms.differences import Said, differences
from callboard.workflows.reconcile_rooms.evidence import Known

POLLED_EVERY: Final = 20.0  # seconds
PROBED_EVERY: Final = 5.0
ASKED_AGAIN_AFTER: Final = 1.0  # once it has failed to answer
DOWN_AFTER: Final = 3.5  # of nothing but failures; found at worst 5 + 3.5 + 1 s after it died
ANSWERS_WITHIN: Final = 3.0
STALE: Final = 60.0  # seconds after which what was seen in a row is no row: another process watched meanwhile
LOOKS_FOR: Final = 12.0  # seconds of a round that go into looks
AT_ONCE: Final = 4  # looks
SECOND: Final = 1_000_000


class Books(Protocol):
    """What a watch reads and writes of ours, for one server."""

    def rooms(self) -> Sequence[Watched]:
        """The rooms on it in which something may go on."""
        ...

    def catch_up(self, rooms: Sequence[Watched], known: dict[str, Known]) -> None:
        """Bring what the evidence says of each room's session up to date, and forget the others."""
        ...

    def write(self, said: Mapping[Watched, Sequence[Said]]) -> None:
        """Into the log, of those rooms alone that are still where they were."""
        ...

    def polled(self, at: int) -> None: ...

    def went_down(self, at: int, rooms: Sequence[Watched]) -> None:
        """It does not answer since then; these rooms, in which somebody is, are lost."""
        ...

    def came_back(self, at: int) -> None: ...


class Watch:
    """See the module. Times handed in are seconds since 1970, and only grow."""

    def __init__(
        self, provider: RoomProvider, books: Books, *, asker: Asking | None = None, down: bool = False,
        records: bool = False,
    ) -> None:  # fmt: skip
        self.provider = provider
        self.books = books
        self.down = down
        self._asker: Asking = asker or Asker(AT_ONCE)
        self._records = records
        self._known: dict[str, Known] = {}
        self._looked_at: dict[str, float] = {}
        self._absent: set[str] = set()
        self._rooms: Sequence[Watched] = ()
        self._failing_since: float | None = None
        self._polled_at = float("-inf")
        self._stepped_at = float("-inf")
        self.due = 0.0

    def step(self, now: float) -> float:
        """Do what is due, and answer when to come again."""
        if now < self.due:
            return self.due
        if now - self._stepped_at > STALE:
            self._failing_since = None
            self._absent = set()
        self._stepped_at = now
        round_due = now >= self._polled_at + POLLED_EVERY
        if round_due:
            self._rooms = self.books.rooms()
            self.books.catch_up(self._rooms, self._known)  # before asking: see `differences`
        try:
            counts = self._asker.ask(self.provider.poll, ANSWERS_WITHIN)
        except ProviderFailed:
            self._failed(now)
            return self.due
        if round_due or self.down:
            self._answered(now)
        self._failing_since = None
        if round_due:
            self._polled_at = now
            self._look_round(now, counts)
        self.due = min(self._polled_at + POLLED_EVERY, now + PROBED_EVERY)
        return self.due

    def close(self) -> None:
        self._asker.close()

    # -- it answers, or not

    def _answered(self, now: float) -> None:
        if self.down:
            self.books.came_back(_us(now))
            self.down = False
            self._polled_at = float("-inf")  # a whole round at once: everything may be different
        self.books.polled(_us(now))

    def _failed(self, now: float) -> None:
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since >= DOWN_AFTER and not self.down:
            self.down = True
            rooms = self.books.rooms()
            self.books.catch_up(rooms, self._known)
            self.books.went_down(_us(self._failing_since), [room for room in rooms if self._is_in_use(room)])
        self.due = now + (PROBED_EVERY if self.down else ASKED_AGAIN_AFTER)

    def _is_in_use(self, room: Watched) -> bool:
        known = self._known.get(room.session)
        return room.live or (known is not None and bool(known.inside()))

    def _is_awaited(self, room: Watched, now: float) -> bool:
        """Over and gone, and its file not there yet: asked for at times."""
        known = self._known.get(room.session)
        return known is not None and bool(known.awaited()) and overdue(room, self._looked_at, now)

    # -- the looks

    def _look_round(self, now: float, counts: Mapping[str, int]) -> None:
        present = {room.external_id for room in self._rooms}
        self._looked_at = {name: at for name, at in self._looked_at.items() if name in present}
        waiting = in_order(self._rooms, counts, self._known, self._looked_at)
        gone_before, self._absent = self._absent, present - counts.keys()
        passed = 0.0
        began = time.monotonic()  # how long a round takes no clock of events says
        while waiting:
            part, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
            if passed > LOOKS_FOR and not any(overdue(room, self._looked_at, now) for room in part):
                break
            self._look(now + passed, part, counts, gone_before & self._absent)
            passed = time.monotonic() - began

    def _look(self, now: float, rooms: Sequence[Watched], counts: Mapping[str, int], gone: set[str]) -> None:
        asked = [room for room in rooms if room.external_id in counts or self._is_awaited(room, now)]
        calls = [partial(self.provider.look, room.external_id) for room in asked]
        answers = dict(zip(asked, self._asker.ask_each(calls, ANSWERS_WITHIN), strict=True))
        said: dict[Watched, Sequence[Said]] = {}
        for room in rooms:
            seen = answers.get(room) if room in answers else RoomSeen()
            if seen is None:
                continue
            known = self._known.setdefault(room.session, Known())
            found = differences(
                known, seen, _us(now),
                stands=room.external_id not in gone, records=self._records and room.external_id in counts,
            )  # fmt: skip
            if room in answers:
                self._looked_at[room.external_id] = now
            if found:
                said[room] = found
        if said:
            self.books.write(said)


def _us(moment: float) -> int:
    return round(moment * SECOND)
