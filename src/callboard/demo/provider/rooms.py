"""What the provider does when it is asked: rooms made and ended, recorders started and stopped.

The one place where the players are touched, under one lock: the play goes on in one thread while requests
come in others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from callboard.demo.faults.fault import RULES, Due, Fault, ms
from callboard.demo.play import changes
from callboard.demo.play.happenings import Happening, chance
from callboard.demo.play.player import Players
from callboard.demo.play.script import MINUTE, Script
from callboard.demo.provider.director import Director
from callboard.demo.stage.sessions import room_of

NO_CAPACITY = 0.02
"""Of the rooms that are asked for, so many are refused until shortly before they are needed."""


class NoCapacity(Exception):
    """The provider has no room now. Trying again may help."""


class NoSuchRoom(Exception):
    """There is no room by that name."""


def now_ms() -> int:
    """The provider's own clock: it is a world outside the product."""
    return time.time_ns() // 1_000_000


class Rooms:
    """The provider's rooms, and who is in them."""

    def __init__(self, players: Players, director: Director, clock: Callable[[], int] = now_ms) -> None:
        self.lock = threading.Lock()
        self.players = players
        self.director = director
        self._clock = clock

    def create(self, session: str, starts: int) -> dict[str, str]:
        """A room for a session; the same again for the same. Raises NoCapacity."""
        with self.lock:
            now = self._clock()
            script = self.players.get(session)
            if script is None or script.ready is None:
                self._refuse(session, starts, now)
            region, node = _place(session, script)
            if script is not None:
                placed = replace(changes.room_made(script, now), region=region, node=node)
                self.players.put(placed)
            room = room_of(session, region, node)
            return {
                "external_id": room.external_id,
                "url": room.url,
                "region": room.region,
                "node": room.node,
            }

    def end(self, external_id: str) -> None:
        """Everybody is sent out; one that is gone already is none the worse."""
        with self.lock:
            now = self._clock()
            self.players.change(self._session(external_id), lambda former: changes.closed(former, now))

    def record(self, external_id: str, request: str) -> None:
        """A recorder starts. Raises NoSuchRoom."""
        with self.lock:
            now = self._clock()
            session = self._session(external_id)
            if self.players.change(session, lambda former: changes.recording(former, now, request)) is None:
                raise NoSuchRoom

    def stop_recording(self, external_id: str) -> None:
        """No recorder runs any more. Raises NoSuchRoom."""
        with self.lock:
            now = self._clock()
            changed = self.players.change(
                self._session(external_id), lambda former: changes.not_recording(former, now)
            )
            if changed is None:
                raise NoSuchRoom

    def standing(self) -> dict[str, int]:
        """The rooms that stand, with how many are in."""
        with self.lock:
            now = self._clock()
            return {
                room_of(script.session, None, None).external_id: sum(
                    any(start <= now < end for start, end in part.stays) for part in script.parts
                )
                for script in self.players
                if script.ready is not None and script.ready <= now and not (script.closed or now + 1) <= now
            }

    def play(self, until: int) -> list[Happening]:
        """What happens up to then; now and then something goes wrong on the way."""
        with self.lock:
            self.director.direct(self.players, until)
            return self.players.play(until)

    def faults(self) -> list[Fault]:
        with self.lock:
            return list(self.director.faults)

    def _refuse(self, session: str, starts: int, now: int) -> None:
        """Some rooms are to be had only minutes after they were due, whoever asks."""
        due = starts - ms(RULES.room_ready_before_s)
        share = NO_CAPACITY * self.director.pace
        draw = chance(*session.encode())
        if draw >= share or now >= due + MINUTE + int(6 * MINUTE * draw / share):
            return
        fault = Fault(
            f"no_capacity-{session}", "no_capacity", due, session, "", (Due.at("room_not_ready", None, due),)
        )
        if now < due and fault not in self.director.faults:
            self.director.faults.append(fault)
        raise NoCapacity

    @staticmethod
    def _session(external_id: str) -> str:
        return "ses_" + external_id.removeprefix("room-")


_PLACES = (("Frankfurt", "eu-1"), ("Frankfurt", "eu-2"), ("São Paulo", "sa-1"))


def _place(session: str, script: Script | None) -> tuple[str | None, str | None]:
    """Region and node: where the script has it, else where there is room."""
    if script is not None and script.node is not None:
        return script.region, script.node
    provider = script.provider if script is not None else "meridian"
    if provider == "aulario":
        return "Madrid", "aulario-1"
    if provider == "outside":
        return None, None
    return _PLACES[int(chance(*session.encode(), 3) * len(_PLACES))]
