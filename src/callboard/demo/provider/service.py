"""The simulated provider's process.

Four times a second: what has happened since is sent to the product. Besides, every few seconds:
1. the product's timetable is looked at, so that what was booked or moved is played;
2. what comes next is booked;
3. where the play stands is written to a file, from which a killed provider goes on.
Any of these may fail while the database or the product is away; then it is done at the next turn.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import Error as DatabaseError
from django.db import close_old_connections

from callboard.demo.faults.places import POLL_EVERY
from callboard.demo.play.happenings import Happening
from callboard.demo.play.player import Players
from callboard.demo.play.script import SECOND
from callboard.demo.play.spans import covers
from callboard.demo.provider.api import Api
from callboard.demo.provider.booker import Booker
from callboard.demo.provider.colleagues import Colleagues
from callboard.demo.provider.director import Director
from callboard.demo.provider.rooms import Rooms, now_ms
from callboard.demo.provider.sender import Sender
from callboard.demo.provider.timetable import Timetable
from callboard.demo.stage.day import LIVE, WatchedScripts, school_of
from callboard.demo.stage.history import poll

TURN = 0.25  # seconds
FOLLOW_EVERY, BOOK_EVERY, KEEP_EVERY = 3 * SECOND, 10 * SECOND, 5 * SECOND

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Setting:
    """What the process is told: where the day's file is, whose it is, and how to reach whom."""

    day: Path
    organization: int
    product_url: str
    events_key: str
    port: int
    token: str


class Service:
    """The provider at work."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._day = day = WatchedScripts.read(setting.day.read_bytes())
        self._players = Players()
        for script in day.scripts.values():
            self._players.add(script, day.played_until)
        self._director = Director(day.seed, LIVE[day.size], day.pace)
        self._director.faults.extend(day.faults)
        self._rooms = Rooms(self._players, self._director)
        self._sender = Sender(setting.product_url, setting.events_key)
        self._timetable = Timetable(setting.organization, day.seed)
        self._booker = Booker(setting.organization, school_of(day.size, day.seed), day.began, day.seed)
        self._colleagues = Colleagues(setting.organization, LIVE[day.size])
        self._polled = day.played_until

    def run(self, stop: threading.Event) -> None:
        """Play until told to stop."""
        api = Api(self._rooms, self._setting.port, self._setting.token)
        worker = threading.Thread(
            target=self._look_after, args=[stop], name="provider timetable", daemon=True
        )
        worker.start()
        kept = 0
        try:
            while not stop.wait(TURN):
                now = now_ms()
                self._sender.add(self._rooms.play(now))
                self._sender.add(self._polls(now))
                if self._sender.send() and now - kept > KEEP_EVERY:
                    self._keep(now)
                    kept = now
        finally:
            api.close()
            self._sender.close()

    def _look_after(self, stop: threading.Event) -> None:
        """The slower work, in a thread of its own, so that the play never waits for the database."""
        followed = booked = 0
        while not stop.wait(TURN):
            now = now_ms()
            if now - followed > FOLLOW_EVERY:
                self._quietly(lambda: self._timetable.follow(self._rooms, now_ms()))
                followed = now
            if now - booked > BOOK_EVERY:
                self._quietly(lambda: self._booker.book(now_ms()))
                self._quietly(self._colleagues.work)
                booked = now

    @staticmethod
    def _quietly(do: Callable[[], None]) -> None:
        close_old_connections()
        try:
            do()
        except DatabaseError as error:
            log.warning("the timetable cannot be reached: %s", type(error).__name__)

    def _polls(self, now: int) -> list[Happening]:
        """The polls of each provider that has a session, but not of one that is hushed."""
        due = -(-self._polled // POLL_EVERY) * POLL_EVERY
        if due >= now:
            return []
        self._polled = now
        with self._rooms.lock:
            scripts = list(self._players)
        of_each = {script.provider: script.session for script in scripts}
        hushed = {script.provider for script in scripts if covers(script.hushed, due)}
        return [
            poll(provider, of_each[provider], due) for provider in sorted(of_each) if provider not in hushed
        ]

    def _keep(self, now: int) -> None:
        """Write where the play stands: at once or not at all."""
        day = self._day
        with self._rooms.lock:
            day.scripts = {script.session: script for script in self._players}
            day.faults, day.pace, day.played_until = list(self._director.faults), self._director.pace, now
            data = day.kept()
        partial = self._setting.day.with_suffix(".partial")
        partial.write_bytes(data)
        partial.replace(self._setting.day)


def run(setting: Setting) -> None:
    """Play until SIGTERM or SIGINT."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # else it tells of every batch
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    Service(setting).run(stop)
    os._exit(0)  # threads that wait for the database hold nothing that has to be put away
