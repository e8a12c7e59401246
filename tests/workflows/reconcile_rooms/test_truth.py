"""Whatever becomes of the webhooks, within a minute the engine's state is the provider's."""

from __future__ import annotations

import random
from typing import Any

import pytest

from callboard.workflows.reconcile_rooms.choosing import Watched
from callboard.workflows.reconcile_rooms.watching import Watch
from tests.workflows.reconcile_rooms.school import SECOND, START, Channel, Directly, Evidence, Rooms

WITHIN = 60  # seconds
LASTS = 900
ROOMS = ("s-1", "s-2", "s-3")
CAST = ("iris", "ana", "ben", "eve")

Truth = dict[tuple[str, str, str], tuple[Any, Any]]
"""(session, what, whom) -> what is so, and by which connections."""


class Day:
    """A quarter of an hour in three rooms, lived by the second."""

    def __init__(self, seed: int, nameless: bool = False) -> None:
        self.rng = random.Random(seed)
        begins = START + self.rng.randint(100, 400)
        self.channel = Channel(self.rng, silent=(begins, begins + 300))
        self.evidence = Evidence()
        self.evidence.watched = [Watched(room, room, recorded=True) for room in ROOMS]
        self.rooms = Rooms(lambda room, said: self.channel.send(self.rooms.now, room, said))
        self.rooms.nameless = nameless
        for room in ROOMS:
            self.rooms.open(room)
        self.watch = Watch(self.rooms, self.evidence, asker=Directly(), records=True)
        self.watch.due = START + self.rng.uniform(0, 20)
        self.wrong: list[Any] = []
        self._changed: dict[tuple[str, str, str], float] = {}
        self._was: Truth = {}

    def live(self) -> None:
        for second in range(LASTS):
            now = float(START + second)
            self.rooms.now = self.evidence.now = now
            if second < LASTS - WITHIN:
                self.something(now)
            self.rooms.remember()
            self.rooms.behind = self.rng.uniform(0, 6)
            for room, said in self.channel.arrived(now):
                self.evidence.take(room, said)
            self.watch.step(now)
            self.evidence.world.run(round(now * SECOND))
            self.compare(now)

    def something(self, now: float) -> None:
        """Somebody comes or goes, speaks up or falls silent; a recorder starts, stops or fails."""
        rooms, rng = self.rooms, self.rng
        if rng.random() > 0.15:
            return
        room = rng.choice(ROOMS)
        people = rooms.rooms[room]
        connection = rng.choice(list(people)) if people else ""
        did = rng.choice(["join", "join", "leave", "mic", "mute", "swap", "record", "stop", "fail"])
        if did == "join":
            away = set(CAST) - {one.identity for one in people.values()}
            rooms.join(room, rng.choice(sorted(away) or list(CAST)))
        elif did == "record":
            rooms.record(room)
        elif did in {"stop", "fail"}:
            rooms.stop(room, "failed" if did == "fail" else "complete")
        elif not connection:
            return
        elif did == "leave":
            rooms.leave(room, connection)
        elif did == "swap":  # the network changed: another connection, then the end of the first
            rooms.join(room, people[connection].identity)
            rooms.leave(room, connection)
        elif did == "mute":
            rooms.mute(room, connection)
        elif people[connection].tracks:
            rooms.unpublish(room, connection)
        else:
            rooms.publish(room, connection)

    def truth(self) -> Truth:
        """As the provider has it, with what it rests on."""
        found: Truth = {}
        for room, people in self.rooms.rooms.items():
            for who in CAST:
                theirs = {name: one.tracks for name, one in people.items() if one.identity == who}
                tracks = [track for mine in theirs.values() for track in mine]
                found[room, "in", who] = (bool(theirs), frozenset(theirs))
                if len(theirs) < 2:  # the engine knows of one microphone a person
                    mic = (bool(tracks), any(track.muted for track in tracks))
                    found[room, "microphone", who] = (mic, frozenset(theirs))
            for name, recorder in self.rooms.recorders.get(room, {}).items():
                found[room, "recorder", name] = (recorder.status == "running", None)
        return found

    def believed(self, item: tuple[str, str, str]) -> Any:
        room, what, name = item
        machine = self.evidence.world.engines[0].sessions.get((0, room))
        if machine is None:
            return (False, False) if what == "microphone" else False
        if what == "in":
            return name in machine.presence.state.inside
        if what == "recorder":
            one = machine.recording.state.recorders.get(name)
            return one is not None and one.ended_at is None
        mics = machine.audibility.state.mics
        return name in mics, name in mics and mics[name] is None

    def compare(self, now: float) -> None:
        """Whatever has been so for a minute must be believed."""
        truth = self.truth()
        for item in self._was.keys() - truth.keys():
            self._changed[item] = now
        for item, (value, rests_on) in truth.items():
            if self._was.get(item) != (value, rests_on):
                self._changed[item] = now
            elif now - self._changed.get(item, START) >= WITHIN and self.believed(item) != value:
                self.wrong.append((now - START, item, value))
        self._was = truth


@pytest.mark.parametrize("seed", range(16))
def test_within_a_minute_the_state_is_the_providers(seed: int) -> None:
    day = Day(seed)
    day.live()
    assert day.wrong == []


@pytest.mark.parametrize("seed", range(100, 108))
def test_so_it_is_where_the_provider_tells_no_connections_apart(seed: int) -> None:
    """Muting is no part of what such a provider tells."""
    day = Day(seed, nameless=True)
    day.live()
    assert [one for one in day.wrong if one[1][1] != "microphone"] == []
