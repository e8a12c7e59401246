"""LiveKit's recorder is asked for through its API, once per request, with its file in our store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from livekit.api import EgressStatus

from callboard.integrations.livekit import egress
from callboard.integrations.livekit.provider import LiveKitRooms
from callboard.sessions.ports import RECORD, Leave, ProviderFailed, ServerSettings
from tests.integrations.livekit.egress_standin import Egress, egress_service


@pytest.fixture
def service(settings: object) -> Iterator[Egress]:
    settings.RECORDINGS = "/var/lib/recordings"  # type: ignore[attr-defined]
    with egress_service() as standing:
        yield standing


@pytest.fixture
def rooms(service: Egress) -> LiveKitRooms:
    values = {"url": service.url, "api_key": "key", "api_secret": "s" * 32, "egress": "yes"}
    return LiveKitRooms(ServerSettings(1, 1, "local", "", values))


def test_one_request_is_one_recorder_and_answers_its_name(rooms: LiveKitRooms, service: Egress) -> None:
    assert RECORD in rooms.capabilities
    assert rooms.start_recording(Leave("ses_1", "req_a")) == "EG_1"
    assert rooms.start_recording(Leave("ses_1", "req_a")) == "EG_1"
    assert rooms.start_recording(Leave("ses_1", "req_b")) == "EG_2"
    assert [each.room_name for each in service.asked] == ["ses_1", "ses_1"]
    assert [each.file_outputs[0].filepath for each in service.asked] == [
        "/var/lib/recordings/ses_1/req_a.mp4",
        "/var/lib/recordings/ses_1/req_b.mp4",
    ]


def test_what_has_become_of_recorders_is_seen(rooms: LiveKitRooms, service: Egress) -> None:
    rooms.start_recording(Leave("ses_1", "req_a"))
    rooms.start_recording(Leave("ses_1", "req_b"))
    rooms.start_recording(Leave("ses_other", "req_c"))
    service.become("EG_1", EgressStatus.EGRESS_ACTIVE, started_at=1_772_467_200_000_000_000)
    service.become("EG_2", EgressStatus.EGRESS_FAILED)
    seen = {one.recorder: one.status for one in rooms.look("ses_1").recorders}
    assert seen == {"EG_1": "stopped", "EG_2": "failed"}, "one that says it records and is not in the room"


def test_stopping_stops_all_that_are_at_work(rooms: LiveKitRooms, service: Egress) -> None:
    rooms.start_recording(Leave("ses_1", "req_a"))
    rooms.start_recording(Leave("ses_1", "req_b"))
    service.become("EG_1", EgressStatus.EGRESS_COMPLETE)
    rooms.stop_recording("ses_1")
    assert service.known["EG_1"].status == EgressStatus.EGRESS_COMPLETE
    assert service.known["EG_2"].status == EgressStatus.EGRESS_ENDING


def test_a_service_that_fails_says_so_and_is_asked_anew(rooms: LiveKitRooms, service: Egress) -> None:
    service.fails = 5
    with pytest.raises(ProviderFailed):
        rooms.start_recording(Leave("ses_1", "req_a"))
    service.fails = 0
    assert rooms.start_recording(Leave("ses_1", "req_a")) == "EG_1"


def test_into_a_bucket_it_uploads_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    said = egress.output("ses_1", "req_a", "s3://lessons/kept?endpoint=http://store:9000&region=eu")
    assert said.filepath == "kept/ses_1/req_a.mp4"
    assert (said.s3.bucket, said.s3.region, said.s3.endpoint) == ("lessons", "eu", "http://store:9000")
    assert (said.s3.access_key, said.s3.secret, said.s3.force_path_style) == ("key", "secret", True)
