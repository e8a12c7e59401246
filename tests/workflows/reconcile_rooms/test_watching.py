"""A server is polled, probed, found down and back; the most doubtful rooms are looked into first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from callboard.sessions.ports import RoomSeen
from callboard.workflows.reconcile_rooms.asking import Asker
from callboard.workflows.reconcile_rooms.choosing import Watched, in_order
from callboard.workflows.reconcile_rooms.differences import Said
from callboard.workflows.reconcile_rooms.evidence import Known
from callboard.workflows.reconcile_rooms.watching import Watch
from tests.workflows.reconcile_rooms.school import START, Directly, Evidence, Rooms, moment


class Server:
    """A server with two rooms, watched by the second. Its webhooks never come."""

    def __init__(self) -> None:
        self.evidence = Evidence()
        self.rooms = Rooms(lambda *_: None)
        for name in ("s-1", "s-2"):
            self.rooms.open(name)
        self.evidence.watched = [Watched("s-1", "s-1"), Watched("s-2", "s-2")]
        self.watch = Watch(self.rooms, self.evidence, asker=Directly(), records=True)

    def run(self, begin: int, end: int) -> None:
        for second in range(begin, end):
            self.rooms.now = self.evidence.now = START + second
            self.watch.step(START + second)

    def lines(self, session: str) -> list[tuple[str, str | None]]:
        found = self.evidence.log.of_session(0, session)
        return [(stored.line.kind, stored.line.participant) for stored in found]


@pytest.fixture
def server() -> Server:
    return Server()


def test_it_is_polled_every_twenty_seconds_and_nothing_is_said_twice(server: Server) -> None:
    server.rooms.join("s-1", "iris")
    server.run(0, 100)
    assert len(server.evidence.polls) == 5
    assert server.lines("s-1") == [("participant.joined", "iris")]
    assert server.lines("s-2") == []


def test_a_server_that_dies_is_down_within_ten_seconds_and_its_rooms_in_use_are_lost(server: Server) -> None:
    server.rooms.join("s-1", "iris")
    server.run(0, 22)
    server.rooms.answers = False
    server.run(22, 32)
    assert server.watch.down
    assert server.evidence.lost == ["s-1"]


def test_two_failures_are_no_death(server: Server) -> None:
    server.run(0, 25)
    server.rooms.answers = False
    server.run(25, 28)
    server.rooms.answers = True
    server.run(28, 60)
    assert not server.watch.down
    assert server.evidence.back == 0


def test_a_server_that_is_back_is_looked_through_at_once(server: Server) -> None:
    server.rooms.join("s-1", "iris")
    server.run(0, 22)
    server.rooms.answers = False
    server.run(22, 40)
    server.rooms.rooms["s-1"] = {}
    server.rooms.answers = True
    server.run(40, 48)
    assert not server.watch.down
    assert server.evidence.back
    assert server.lines("s-1")[-1] == ("participant.left", "iris")


def test_a_room_that_is_gone_has_ended_once_two_polls_say_so(server: Server) -> None:
    server.rooms.join("s-1", "iris")
    server.run(0, 21)
    del server.rooms.rooms["s-1"]
    server.run(21, 42)
    assert server.lines("s-1")[-1] == ("participant.left", "iris")
    server.run(42, 62)
    assert server.lines("s-1")[-1] == ("room.ended", None)
    server.run(62, 120)
    assert len(server.lines("s-1")) == 3


def test_a_recorder_that_its_provider_no_longer_mentions_has_stopped_but_for_our_own(server: Server) -> None:
    server.rooms.join("s-1", "iris")
    server.rooms.record("s-1")
    server.evidence.take("s-1", Said("rec-rec_9-started", "recording.started", START * 1_000_000, None,
                                     {"recorder": "rec_9"}))  # fmt: skip
    server.run(0, 21)
    server.rooms.recorders.clear()
    server.run(21, 42)
    assert [kind for kind, _ in server.lines("s-1") if kind.startswith("rec")] == [
        "recording.started", "recording.started", "recording.stopped",
    ]  # fmt: skip


def test_what_was_said_wrongly_is_said_anew_under_another_id(server: Server) -> None:
    connection = server.rooms.join("s-1", "iris")
    server.run(0, 21)
    said = Said(f"left-{connection}", "participant.left", (START + 25) * 1_000_000, "iris",
                {"connection": connection})  # fmt: skip
    server.evidence.now = START + 25
    server.evidence.take("s-1", said)
    server.run(26, 60)
    machine = server.evidence.world.engines[0].sessions[0, "s-1"]
    assert "iris" in machine.presence.state.inside


def test_doubt_goes_first_then_recordings_then_whoever_waits_longest() -> None:
    rooms = [Watched(name, name, recorded=name == "c") for name in "abcde"]
    counts = {"a": 1, "b": 2, "c": 1, "d": 1, "e": 0}
    known = {name: Known() for name in "abcd"}
    for name in "abcd":
        known[name].take(f"join-{name}", "participant.joined", 5, "iris", '{"connection": "x"}')
    looked = {"a": 100.0, "b": 100.0, "c": 100.0, "d": 50.0}
    assert [room.session for room in in_order(rooms, counts, known, looked)] == ["b", "c", "d", "a"]


def test_a_provider_that_takes_too_long_has_failed_and_is_not_asked_meanwhile() -> None:
    import threading

    from callboard.sessions.ports import ProviderFailed

    done = threading.Event()
    asker = Asker()
    try:
        with pytest.raises(ProviderFailed, match="did not answer"):
            asker.ask(done.wait, 0.01)
        with pytest.raises(ProviderFailed, match="has not answered yet"):
            asker.ask(lambda: RoomSeen(), 0.01)
        done.set()
    finally:
        asker.close()


def test_moments_are_kept_to_the_microsecond() -> None:
    from callboard.workflows.reconcile_rooms.differences import micros

    assert micros(moment(START) + timedelta(microseconds=1)) == START * 1_000_000 + 1


def test_where_a_provider_gives_only_a_grade_poor_for_twenty_seconds_is_a_bad_connection(
    server: Server,
) -> None:
    connection = server.rooms.join("s-1", "iris")
    seen = server.rooms.rooms["s-1"]
    seen[connection] = replace(seen[connection], grade="poor")
    server.run(0, 22)
    machine = server.evidence.world.engines[0].sessions[0, "s-1"]
    assert [case.kind for case in machine.all_cases() if case.cleared_at is None] == ["bad_connection"]
    seen[connection] = replace(seen[connection], grade="excellent")
    server.run(22, 82)
    assert [case for case in machine.all_cases() if case.cleared_at is None] == []


def test_a_failure_of_long_ago_and_one_now_are_no_row(server: Server) -> None:
    server.run(0, 21)
    server.rooms.answers = False
    server.run(25, 26)
    server.run(500, 503)
    assert not server.watch.down
    server.run(503, 506)
    assert server.watch.down
