"""A session gets another room on another server, and everyone who is in follows, whoever dies meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from callboard.lib import facts, tenancy
from callboard.live import log
from callboard.live.models import Event
from callboard.sessions import operations, queries
from callboard.sessions.facts import ServerBack, ServerDown
from callboard.sessions.models import Room, RoomPolicy, Server, Session, SessionStatus
from callboard.workflows import replace_room, rooms
from tests.sessions.conftest import START, Cast
from tests.workflows.fleet import Fleet

pytestmark = pytest.mark.django_db
RunJobs = Callable[..., list[str]]
LOST = START + timedelta(minutes=20)


@pytest.fixture
def madrid(fleet: Fleet) -> Server:
    return fleet.add("madrid", zones=["Europe/*"])


@pytest.fixture
def lisbon(fleet: Fleet) -> Server:
    return fleet.add("lisbon", position=1)


@pytest.fixture
def live(
    cast: Cast, madrid: Server, lisbon: Server, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> Session:
    """Iris and Ana, in by one connection each, on the server in Madrid."""
    monkeypatch.setattr("callboard.lib.clock.now", lambda: LOST)
    session = operations.book(cast.booking(provider="fleet", recording_wanted=True))
    run_jobs()
    operations.went_live(session.key, START)
    for person, connection in ((cast.people[0].key, "PA_1"), (cast.people[2].key, "PA_2")):
        joined(session, person, connection)
    return queries.by_key(session.key)


def joined(session: Session, person: str, connection: str) -> None:
    at, organization = rooms.micros(START), tenancy.current_organization()
    data = json.dumps({"connection": connection})
    log.append(
        [
            log.Line(
                organization, session.key, f"join-{connection}", "participant.joined", at, at, person, data
            )
        ]
    )


def room_of(session: Session) -> Room:
    return queries.by_key(session.key).room


def goes_down(fleet: Fleet, server: Server) -> None:
    fleet.goes_down(server.slug, LOST)
    facts.publish(ServerDown(server=server.pk, at=LOST))


def kinds(session: Session) -> list[str]:
    return list(Event.objects.filter(session=session.key).order_by("seq").values_list("kind", flat=True))


def test_a_room_opens_on_the_server_near_its_people(live: Session, fleet: Fleet) -> None:
    room = room_of(live)
    assert (room.node, room.generation) == ("madrid", 1)
    assert fleet["madrid"].rooms.keys() == {live.key}


def test_when_its_server_is_down_a_live_session_moves_to_another(
    live: Session, fleet: Fleet, madrid: Server, run_jobs: RunJobs
) -> None:
    goes_down(fleet, madrid)
    run_jobs()
    room = room_of(live)
    assert (room.node, room.generation, room.external_id) == ("lisbon", 2, f"{live.key}.2")
    assert room.former[0]["external_id"] == live.key
    assert kinds(live)[-4:] == ["session.planned", "participant.left", "participant.left", "room.ready"]
    plan = Event.objects.filter(session=live.key, kind="session.planned").latest("seq")
    assert json.loads(plan.data)["node"] == "lisbon"
    left = Event.objects.filter(session=live.key, kind="participant.left")
    assert {event.at for event in left} == {LOST}
    assert {event.event_id for event in left} == {"left-PA_1", "left-PA_2"}
    assert fleet["lisbon"].recorders == {room.external_id: {f"room-{room.external_id}"}}


def test_a_worker_that_dies_after_asking_asks_for_the_same_room(
    live: Session, fleet: Fleet, madrid: Server, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        if point == "replace_room.asked":
            raise Killed

    organization = tenancy.current_organization()
    fleet.goes_down("madrid", LOST)
    with monkeypatch.context() as patch:
        patch.setattr("callboard.lib.crash.point", die)
        with pytest.raises(Killed):
            replace_room.replace(organization, live.key, live.key, replace_room.DOWN)
    assert room_of(live).generation == 1
    for _again in range(2):
        replace_room.replace(organization, live.key, live.key, replace_room.DOWN)
    assert room_of(live).generation == 2
    assert list(fleet["lisbon"].rooms) == [f"{live.key}.2"]
    assert kinds(live).count("room.ready") == 2


def test_a_server_that_came_back_keeps_its_rooms(
    live: Session, fleet: Fleet, madrid: Server, run_jobs: RunJobs
) -> None:
    goes_down(fleet, madrid)
    fleet.comes_back("madrid")
    run_jobs()
    assert room_of(live).generation == 1


def test_what_is_left_of_a_lost_room_is_ended_when_its_server_is_back(
    live: Session, fleet: Fleet, madrid: Server, run_jobs: RunJobs
) -> None:
    goes_down(fleet, madrid)
    run_jobs()
    fleet.comes_back("madrid")
    facts.publish(ServerBack(server=madrid.pk, at=LOST))
    run_jobs()
    assert fleet["madrid"].ended == [live.key]


def test_a_room_that_still_runs_is_told_and_then_ended(
    live: Session, fleet: Fleet, run_jobs: RunJobs
) -> None:
    replace_room.replace(tenancy.current_organization(), live.key, live.key, replace_room.WISHED)
    assert room_of(live).node == "lisbon"
    assert "participant.left" not in kinds(live)
    run_jobs()
    assert [(room, to) for room, _words, to in fleet["madrid"].said] == [(live.key, None)]
    assert fleet["madrid"].ended == []
    run_jobs(also_scheduled=True)
    assert fleet["madrid"].ended == [live.key]


def test_with_the_switch_off_nothing_moves_by_itself(
    live: Session, fleet: Fleet, madrid: Server, run_jobs: RunJobs
) -> None:
    RoomPolicy.objects.create(version=1, values={"replace_lost_rooms": False})
    goes_down(fleet, madrid)
    run_jobs()
    assert room_of(live).generation == 1


def test_rooms_of_sessions_far_ahead_or_over_stay(
    live: Session, cast: Cast, fleet: Fleet, madrid: Server, run_jobs: RunJobs
) -> None:
    ahead = operations.book(cast.at(120, provider="fleet"))
    run_jobs()
    operations.ended(live.key, LOST)
    goes_down(fleet, madrid)
    run_jobs()
    assert room_of(ahead).generation == room_of(live).generation == 1
    assert queries.by_key(live.key).status == SessionStatus.ENDED
