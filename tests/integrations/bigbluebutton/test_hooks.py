"""BigBlueButton's webhooks, with recorded payloads: authentic ones become evidence, others nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client

from callboard.integrations.bigbluebutton import hooking
from callboard.lib import sealing
from callboard.live.models import Event
from callboard.people.models import Organization
from callboard.sessions import operations
from callboard.sessions.models import Room, Server, Session
from callboard.sessions.ports import RoomInfo
from tests.sessions.conftest import Cast

pytestmark = pytest.mark.django_db

SECRET = "s3cret"
MOMENT = 1_708_381_133_689


@pytest.fixture
def server(in_organization: Organization) -> Server:
    sealed = sealing.seal(json.dumps({"secret": SECRET}))
    return Server.objects.create(slug="bbb-1", name="One", kind="bigbluebutton", sealed=sealed)


@pytest.fixture
def session(in_organization: Organization, server: Server) -> Session:
    booked = operations.book(Cast().booking(provider="bigbluebutton", room=RoomInfo("")))
    Room.objects.filter(session=booked).update(server=server, external_id=booked.key)
    return booked


def send(
    server: Server, said: Any, secret: str = SECRET, *, checksum: str | None = None, **headers: str
) -> int:
    body = urlencode({"domain": "bbb.example.org", "event": json.dumps(said), "timestamp": 1})
    address = hooking.callback(server.organization_id or 0, server.pk)
    made = hashlib.sha256(f"{address}{body}{secret}".encode()).hexdigest()
    query = "" if checksum == "" else f"?checksum={checksum or made}"
    answer = Client().post(
        urlsplit(address).path + query, body, "application/x-www-form-urlencoded", headers=headers
    )
    return answer.status_code


def event(kind: str, meeting: str, user: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    attributes = {
        "meeting": {"internal-meeting-id": "i-1", "external-meeting-id": meeting},
        **({"user": user} if user else {}),
        **more,
    }
    return {"data": {"type": "event", "id": kind, "attributes": attributes, "event": {"ts": MOMENT}}}


def user(connection: str = "w_1", who: str = "per_a", **more: Any) -> dict[str, Any]:
    return {"internal-user-id": connection, "external-user-id": who, "name": "Ana", **more}


def kinds(session: Session) -> list[tuple[str, str | None]]:
    found = Event.objects.filter(session=session.key).exclude(kind__startswith="session.").order_by("seq")
    return list(found.values_list("kind", "participant"))


def test_a_recorded_meeting_becomes_evidence_without_names_or_words(
    server: Server, session: Session, shared_data: Path
) -> None:
    lines = (shared_data / "bbb_webhooks/example/events/mapped-events.json").read_text()
    decoder, at = json.JSONDecoder(), 0
    while at < len(lines.rstrip()):
        said, end = decoder.raw_decode(lines[at:].lstrip())
        at += len(lines[at:]) - len(lines[at:].lstrip()) + end
        said["data"]["attributes"]["meeting"]["external-meeting-id"] = session.key
        assert send(server, [said]) == 200
    one, other = "w_xfsb9gxtlfom", "w_uxw0dzhtvk0l"
    assert kinds(session) == [
        ("room.ready", None),
        ("participant.joined", one), ("participant.joined", other),
        ("track.published", one), ("track.muted", one), ("track.unmuted", one), ("track.unpublished", one),
        ("track.published", one), ("track.unpublished", one),
        ("track.published", one), ("track.unpublished", one),
        ("engagement", one), ("engagement", one), ("engagement", one),
        ("participant.left", other), ("participant.left", one),
        ("room.ended", None),
    ]  # fmt: skip
    written = " ".join(Event.objects.filter(session=session.key).values_list("data", flat=True))
    assert not any(word in written for word in ("John", "Mary", "Public chat test"))


def test_a_forged_checksum_is_refused_and_nothing_is_kept(server: Server, session: Session) -> None:
    said = [event("user-joined", session.key, user())]
    for forged in ("0" * 64, "0" * 40, "short", ""):
        assert send(server, said, checksum=forged) == 401
    assert kinds(session) == []


def test_a_server_set_up_so_sends_its_secret_in_the_header(server: Server, session: Session) -> None:
    said = [event("user-joined", session.key, user())]
    assert send(server, said, checksum="", Authorization="Bearer wrong") == 401
    assert send(server, said, checksum="", Authorization=f"Bearer {SECRET}") == 200
    assert kinds(session) == [("participant.joined", "per_a")]


def test_a_leave_without_an_external_id_is_theirs_who_came_by_that_connection(
    server: Server, session: Session
) -> None:
    send(server, [event("user-joined", session.key, user())])
    send(server, [event("user-left", session.key, user(who=""))])
    send(server, [event("user-left", session.key, user(connection="w_unknown", who=""))])
    assert kinds(session) == [("participant.joined", "per_a"), ("participant.left", "per_a")]


def test_delivered_twice_it_has_the_same_id(server: Server, session: Session) -> None:
    for _ in range(2):
        send(server, event("user-joined", session.key, user()))
    ids = Event.objects.filter(session=session.key, kind="participant.joined")
    assert list(ids.values_list("event_id", flat=True)) == [f"join-w_1-{MOMENT * 1000}"] * 2


def test_of_a_room_that_was_replaced_only_leaves_count(server: Server, session: Session) -> None:
    Room.objects.filter(session=session).update(external_id=f"{session.key}.2")
    send(server, [event("user-joined", session.key, user()), event("user-left", session.key, user()),
                  event("meeting-ended", session.key)])  # fmt: skip
    assert kinds(session) == [("participant.left", "per_a")]


def test_a_published_recording_is_its_file(server: Server, session: Session) -> None:
    recording = {"size": 5_000, "playback": {"format": "presentation", "duration": 3_540_500}}
    send(server, [event("rap-publish-ended", session.key, success=True, recording=recording)])
    data = json.loads(Event.objects.get(kind="recording.file").data)
    assert data == {"recorder": "bbb", "seconds": 3540.5, "bytes": 5000}


def test_what_is_of_no_use_is_taken_without_a_word(server: Server, session: Session) -> None:
    theirs = [event("user-joined", "somebody-elses", user())]
    useless: list[Any] = [[], {}, theirs, [{"data": 5}], [[1]], "x"]
    for said in useless:
        assert send(server, said) == 200
    assert kinds(session) == []


def test_an_address_that_is_not_ours_is_not_found(db: None) -> None:
    assert Client().post("/hooks/bigbluebutton/made.up.token", {"event": "[]"}).status_code == 404
