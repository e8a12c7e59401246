"""The address that LiveKit's webhooks call."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from google.protobuf.json_format import MessageToJson
from livekit.api import AccessToken, WebhookEvent
from livekit.protocol.models import ParticipantInfo
from livekit.protocol.models import Room as RoomMessage

from callboard.integrations.livekit.about import outcomes
from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.sessions.models import Room, Server
from callboard.sessions.operations import servers
from tests.integrations.livekit.school import School, make_school

pytestmark = pytest.mark.django_db

KEY, SECRET = "APItest", "s" * 40
VALUES = {"url": "ws://127.0.0.1:7880", "api_key": KEY, "api_secret": SECRET}


@pytest.fixture
def school(organization: Any) -> School:
    return make_school(organization, VALUES)


def body_of(school: School, event: str = "participant_joined", room: str = "") -> bytes:
    now = clock.now()
    person = ParticipantInfo(
        sid="PA_1", identity=school.ana, name="Ana", joined_at_ms=int(now.timestamp() * 1000)
    )
    told = WebhookEvent(
        event=event, id="EV_1", created_at=int(now.timestamp()),
        room=RoomMessage(sid="RM_1", name=room or school.session), participant=person,
    )  # fmt: skip
    return MessageToJson(told).encode()


def signature(body: bytes, secret: str = SECRET, key: str = KEY) -> str:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return AccessToken(key, secret).with_sha256(digest).to_jwt()


def send(address: str, body: bytes, signed: str | None = None) -> int:
    answer = Client(raise_request_exception=False).post(
        address, body, content_type="application/webhook+json",
        headers={"Authorization": signature(body) if signed is None else signed},
    )  # fmt: skip
    return answer.status_code


def test_what_is_signed_is_kept_as_evidence_without_a_name(school: School) -> None:
    assert send(school.hook, body_of(school)) == 200
    (line,) = school.of("participant.joined")
    assert (line.id, line.participant) == ("join-PA_1", school.ana)
    assert "Ana" not in repr(line)


def test_the_signature_is_checked_over_the_bytes_as_they_came(school: School) -> None:
    body = body_of(school)
    assert send(school.hook, body.replace(b"\n", b" "), signature(body)) == 401
    assert send(school.hook, body + b" ", signature(body)) == 401
    assert school.of("participant.joined") == []


@pytest.mark.parametrize(
    "signed",
    ["", "nonsense", signature(b"another body"), AccessToken(KEY, SECRET).to_jwt()],
    ids=["none", "no token", "of another body", "without a hash"],
)
def test_a_signature_that_says_nothing_of_this_body_is_refused(school: School, signed: str) -> None:
    assert send(school.hook, body_of(school), signed) == 401


def test_another_key_or_secret_is_refused(school: School) -> None:
    body = body_of(school)
    assert send(school.hook, body, signature(body, secret="t" * 40)) == 401
    assert send(school.hook, body, signature(body, key="APIother")) == 401


def test_bytes_that_are_no_text_are_refused(school: School) -> None:
    assert send(school.hook, b"\xff\xfe", signature(b"\xff\xfe")) == 401


def test_an_address_that_names_no_server_of_ours_is_not_found(school: School) -> None:
    assert send("/hooks/livekit/1.2.nonsense", body_of(school)) == 404
    changed = school.hook[:-3] + ("abc" if school.hook[-3:] != "abc" else "xyz")
    assert send(changed, body_of(school)) == 404


def test_the_address_of_another_tenants_server_writes_nothing_here(
    school: School, other_organization: Any
) -> None:
    theirs = make_school(other_organization, VALUES)
    assert send(theirs.hook, body_of(school)) == 200
    assert school.of("participant.joined") == []
    assert theirs.of("participant.joined") == []


def test_what_is_authentic_and_of_no_use_counts_as_delivered_and_is_counted(school: School) -> None:
    before = outcomes["of_no_use"]
    assert send(school.hook, body_of(school, room="a room of someone else")) == 200
    assert send(school.hook, body_of(school, event="something_new")) == 200
    assert outcomes["of_no_use"] == before + 2


def test_what_is_authentic_and_cannot_be_read_is_counted_too(school: School) -> None:
    before = outcomes["unreadable"]
    assert send(school.hook, b"{", signature(b"{")) == 200
    assert outcomes["unreadable"] == before + 1


def test_fields_that_a_later_livekit_adds_are_no_harm(school: School) -> None:
    body = body_of(school).replace(b'"id": "EV_1"', b'"id": "EV_1", "inventedLater": {"a": 1}')
    assert send(school.hook, body) == 200
    assert len(school.of("participant.joined")) == 1


def test_what_could_not_be_kept_is_not_acknowledged(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_lines: object) -> None:
        raise OperationalError("the database is gone")

    monkeypatch.setattr("callboard.live.log.append", gone)
    assert send(school.hook, body_of(school)) == 503


def test_a_webhook_that_comes_before_its_room_is_recorded_finds_its_session(school: School) -> None:
    with organization_scope(school.organization):
        Room.objects.update(external_id="", server=None)
    assert send(school.hook, body_of(school, event="room_started")) == 200
    assert "room-RM_1-started" in school.told()


def test_of_a_room_that_was_replaced_only_the_leaving_is_evidence(school: School) -> None:
    with organization_scope(school.organization):
        Room.objects.update(external_id=f"{school.session}.2")
    assert send(school.hook, body_of(school)) == 200
    assert send(school.hook, body_of(school, event="room_finished")) == 200
    assert "join-PA_1" not in school.told()
    assert "room-RM_1-ended" not in school.told()
    assert send(school.hook, body_of(school, event="participant_left")) == 200
    assert "left-PA_1" in school.told()
    assert send(school.hook, body_of(school, room=f"{school.session}.2")) == 200
    assert "join-PA_1" in school.told()


def test_it_is_posted_to_and_nothing_else(school: School) -> None:
    assert Client().get(school.hook).status_code == 405


def test_the_settings_tell_the_address(school: School) -> None:
    with organization_scope(school.organization):
        assert servers.hook_address(Server.objects.get(pk=school.server)) == settings.BASE_URL + school.hook
