"""A dump plays as live events: somebody in, and reports that the rules judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callboard.cli.failures import BadInput
from callboard.cli.replaying.sources import open_source
from callboard.integrations.rtcstats.dump import entries
from callboard.integrations.rtcstats.telling import events_of
from callboard.live.engine.events import LogEvent


def getstats(at: int, received: int, lost: int, sent: int, level: float | None = None) -> list[Any]:
    reports: dict[str, Any] = {
        "in": {"type": "inbound-rtp", "kind": "audio", "ssrc": 1, "packetsReceived": received,
               "packetsLost": lost, "jitter": 0.02, "freezeCount": lost // 10},
        "out": {"type": "outbound-rtp", "kind": "audio", "ssrc": 2, "packetsSent": sent, "remoteId": "far"},
        "far": {"type": "remote-inbound-rtp", "ssrc": 2, "packetsLost": 0, "jitter": 0.01},
        "path": {"type": "transport", "selectedCandidatePairId": "pair"},
        "pair": {"type": "candidate-pair", "currentRoundTripTime": 0.25},
    }  # fmt: skip
    if level is not None:
        reports["mic"] = {"type": "media-source", "kind": "audio", "audioLevel": level}
    return ["getstats", "PC_0", reports, at]


def told(*lines: list[Any]) -> list[LogEvent]:
    return events_of(entries([json.dumps(line) for line in lines]), "call")


CONNECTED = ["onconnectionstatechange", "PC_0", "connected", 1_000]
IDENTITY = ["identity", None, {"endpointId": "ep-1", "displayName": "Ana"}, 900]


def test_what_was_added_since_the_last_time_is_reported_by_direction() -> None:
    events = told(IDENTITY, CONNECTED, getstats(2_000, 100, 0, 50), getstats(12_000, 190, 10, 100, 0.5))
    assert [(event.kind, event.participant, event.at) for event in events] == [
        ("participant.joined", "ep-1", 1_000_000),
        ("participant.left", "ep-1", 12_000_000),
        ("connection.report", "ep-1", 12_000_000),
        ("connection.report", "ep-1", 12_000_000),
    ]
    up, down = events[2].data, events[3].data
    assert (up.direction, up.interval, up.loss, up.jitter_ms, up.rtt_ms, up.audio_level) == (
        "up", 10.0, 0.0, 10.0, 250.0, 0.5,
    )  # fmt: skip
    assert (down.direction, down.loss, down.jitter_ms, down.freezes) == ("down", 0.1, 20.0, 1.0)
    assert down.audio_level is None


def test_no_name_comes_out_of_a_dump() -> None:
    assert "Ana" not in repr(told(IDENTITY, CONNECTED, getstats(2_000, 1, 0, 1)))


def test_where_nothing_flows_nothing_is_reported() -> None:
    events = told(CONNECTED, getstats(2_000, 100, 0, 50), getstats(12_000, 100, 0, 50))
    assert [event.kind for event in events] == ["participant.joined", "participant.left"]


def test_a_real_bad_connection_is_a_case(shared_data: Path) -> None:
    from callboard.cli.replaying.game import Game

    game = Game(open_source(shared_data / "rtcstats/src/test/dumps/chrome-relay"))
    game.play(None, lambda: None)
    assert {kind for _, kind, _, _ in game.cases} == {"bad_connection"}


def test_a_dump_cut_short_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "cut"
    place.write_text('["create","PC_0",{},1]\n["getst')
    with pytest.raises(BadInput) as refused:
        open_source(place)
    assert (refused.value.code, refused.value.line) == ("dump_broken", 2)
