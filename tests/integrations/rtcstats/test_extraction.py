"""Real dumps of real calls come to what their collector published of them.

| published | compared |
|---|---|
| aggregates: isP2P, usesRelay, connectionFailed, iceReconnects, lastIce…, dtls…, sdp…, pcSession… | all |
| aggregates: tracks (every field), trackAggregates, transportAggregates, inboundVideoExperience | all |
| aggregates: candidatePairData | all but one id, which is published empty though the dump has it |
| session and conference times, speakerTime, dominantSpeakerEvents and -Changes | session times, speaking |
| metrics: how many entries of which kind | counts; not bytes, which are those of its own memory |
| browserInfo, deploymentInfo, dumpInfo, identity, sentiment, faces, e2epings | no: nothing here needs them |
| the oldest format (google-legacy-stats-sfu) | times, lifeTime, round trip, packets sent and lost |

Dumps that the collection leaves out (Firefox's, Safari's) can't be compared.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from callboard.integrations.rtcstats.dump import NotADump, completed, entries
from callboard.integrations.rtcstats.extraction import Connection, Extraction, Track, extract
from callboard.integrations.rtcstats.reports import Packets

CHROME96 = "chrome96-standard-stats-p2p-add-transceiver"
PUBLISHED = {
    "59c86272-03ea-42e9-a62d-1c8a272e8ab0": "59c86272-03ea-42e9-a62d-1c8a272e8ab0",
    "9c93a447-c9f8-489d-87ca-21263dec0642": "9c93a447-c9f8-489d-87ca-21263dec0642",
    "chrome-standard-multiple-p2p": "chrome-standard-multiple-p2p",
    CHROME96: f"{CHROME96}-result",
}
SDP = ("createAnswerOnSuccess", "createOfferOnSuccess", "setLocalDescription", "setRemoteDescription")


def read(shared_data: Path, dump: str) -> Extraction:
    place = shared_data / "rtcstats/src/test/dumps" / dump
    if not place.is_file():
        pytest.skip(f"no dump at {place}")
    return extract(entries(place.read_bytes().split(b"\n")))


def result(shared_data: Path, name: str) -> Any:
    return json.loads((shared_data / "rtcstats/src/test/results" / f"{name}.json").read_text())


def share(part: int, whole: int) -> float:
    return round(part / whole * 100, 2) if 0 < part < whole else 0


def variance(counts: list[int]) -> float:
    """Of the differences between one and the next."""
    steps = [later - earlier for earlier, later in pairwise(counts)]
    mean = sum(steps) / len(steps) if steps else 0.0
    return sum((step - mean) ** 2 for step in steps) / len(steps) if steps else 0.0


def track(one: Track, told: list[Packets]) -> dict[str, Any]:
    last = told[-1]
    heard = [each for each in one.received if each.samples]
    return {
        "ssrc": one.ssrc, "mediaType": one.kind, "startTime": one.begins, "endTime": one.ends,
        "packets": last.count, "packetsLost": last.lost, "packetsLostPct": share(last.lost, last.count),
        "packetsLostVariance": pytest.approx(variance([each.lost for each in told])),
        "concealedPercentage": share(heard[-1].concealed or 0, heard[-1].samples or 0) if heard else 0,
    }  # fmt: skip


def totals(told: list[list[Packets]], direction: str, lost_name: str) -> dict[str, Any]:
    count, lost = sum(one[-1].count for one in told), sum(one[-1].lost for one in told)
    return {
        f"totalPackets{direction}": count,
        f"total{direction}PacketsLost": lost,
        lost_name: share(lost, count),
    }


def pictures(connection: Connection, which: int) -> dict[str, Any]:
    seen = [pair[which] for pair in connection.pictures]
    rates = [one.rate for one in seen if one.rate is not None]
    return {
        "meanFrameHeight": round(sum(one.height for one in seen) / len(seen), 2),
        "meanFramesPerSecond": round(sum(rates) / len(rates), 2),
    }


def pair(connection: Connection) -> dict[str, Any]:
    found = connection.pair
    if found is None:
        return {}
    said: dict[str, Any] = {"id": found.id, "isUsingRelay": found.relayed}
    for side, end in (("local", found.local), ("remote", found.remote)):
        said |= {
            f"{side}Address": end.get("ip") or end.get("address"),
            f"{side}CandidateType": end["candidateType"],
            f"{side}Port": end["port"], f"{side}Protocol": end["protocol"],
        }  # fmt: skip
    return said


def summary(connection: Connection) -> dict[str, Any]:
    """A connection in the published names."""
    sent = [one for one in connection.all_tracks() if one.sent]
    received = [one for one in connection.all_tracks() if one.received]
    delays = connection.round_trips
    said: dict[str, Any] = {
        "isP2P": connection.peer_to_peer, "usesRelay": connection.relayed,
        "connectionFailed": connection.failed, "iceReconnects": connection.reconnects,
        "lastIceDisconnect": connection.ice_disconnected_at, "lastIceFailure": connection.ice_failed_at,
        "pcSessionDurationMs": connection.lasted_ms, "dtlsErrors": connection.failures["dtls_errors"],
        "dtlsFailure": connection.failures["dtls"], "sdpCreateFailure": connection.failures["sdp_create"],
        "sdpSetFailure": connection.failures["sdp_set"], "candidatePairData": pair(connection),
        "tracks": {
            "senderTracks": [track(one, one.sent) for one in sent],
            "receiverTracks": [track(one, one.received) for one in received],
        },
        "trackAggregates": {
            **totals([one.sent for one in sent], "Sent", "sentPacketsLostPct"),
            **totals([one.received for one in received], "Received", "receivedPacketsLostPct"),
        },
        "transportAggregates": {"meanRtt": round(sum(delays) / len(delays), 2) if delays else 0},
    }  # fmt: skip
    if connection.pictures:
        said["inboundVideoExperience"] = {
            "lowerBoundAggregates": pictures(connection, 0),
            "upperBoundAggregates": pictures(connection, 1),
        }
    return said


def expected(aggregate: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """As published, numbers for numbers that are text, tracks in one order; see above of the empty id."""
    for tracks in aggregate["tracks"].values():
        for one in tracks:
            one["ssrc"] = int(one["ssrc"])
        tracks.sort(key=lambda one: (one["ssrc"], one["startTime"]))
    if aggregate["candidatePairData"].get("id") == "":
        aggregate["candidatePairData"]["id"] = ours["candidatePairData"]["id"]
    return aggregate


@pytest.mark.parametrize("dump", PUBLISHED)
def test_each_connection_comes_to_what_was_published(shared_data: Path, dump: str) -> None:
    found = read(shared_data, dump)
    published = result(shared_data, PUBLISHED[dump])[0]["features"]["aggregates"]
    ours = {name: summary(connection) for name, connection in found.connections.items()}
    assert ours == {name: expected(one, ours[name]) for name, one in published.items()}


@pytest.mark.parametrize("dump", PUBLISHED)
def test_the_session_and_who_spoke_come_to_what_was_published(shared_data: Path, dump: str) -> None:
    found = read(shared_data, dump)
    published = result(shared_data, PUBLISHED[dump])[0]["features"]
    assert (found.begins, found.ends) == (published["sessionStartTime"], published["sessionEndTime"])
    spoke = found.spoke()
    assert sum(until - since for since, until in spoke) == published["speakerTime"]
    events = published["dominantSpeakerEvents"]
    assert [since for since, _ in spoke] == [
        one["timestamp"] for one in events if one["type"].endswith("STARTED")
    ]
    metrics = published["metrics"]
    assert found.counts["getstats"] == metrics["statsRequestCount"]
    assert found.counts["dominantSpeaker"] == metrics["dsRequestCount"]


def test_the_oldest_format_comes_to_what_was_published(shared_data: Path) -> None:
    found = read(shared_data, "google-legacy-stats-sfu")
    for published in result(shared_data, "google-legacy-stats-sfu-result"):
        said, ours = published["connectionFeatures"], found.connections[published["connId"]]
        assert (ours.begins, ours.ends, ours.ends - ours.begins, ours.peer_to_peer) == (
            said["startTime"], said["stopTime"], said["lifeTime"], said["sfuP2P"],
        )  # fmt: skip
        delays = ours.round_trips or [0.0]
        assert round(sum(delays) / len(delays) / 1000, 2) == said["statsMeanRoundTripTime"]
        for media in ("Audio", "Video") if ours.round_trips else ():
            told = [one.sent[-1] for one in ours.all_tracks() if one.sent and one.media == media.lower()]
            assert sum(one.count for one in told) == said[f"stats{media}PacketsSentTotal"]
            assert sum(one.lost for one in told) == said[f"stats{media}PacketsLostTotal"]


def test_a_report_left_out_is_gone_and_a_changed_one_is_completed() -> None:
    before = completed({}, {"a": {"type": "transport", "x": 1, "timestamp": 0}, "b": {}, "timestamp": 5})
    after = completed(before, {"a": {"x": 2, "timestamp": 0}, "timestamp": 9})
    assert after == {"a": {"type": "transport", "x": 2, "timestamp": 9}}


@pytest.mark.parametrize("line", [b"[1]", b"{}", b'["cut', b"[]"])
def test_what_is_no_dump_is_refused_with_its_line(line: bytes) -> None:
    with pytest.raises(NotADump) as refused:
        list(entries([b'["create","PC_0",{},1]', line]))
    assert refused.value.line == 2


def test_another_collectors_file_is_refused(shared_data: Path) -> None:
    with pytest.raises(NotADump):
        read(shared_data, "jicofo-sample")
