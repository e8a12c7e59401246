"""Single reports of a statistics entry: what they say of packets, delays, pictures and the path. Pure.

See https://www.w3.org/TR/webrtc-stats/ for the standard's names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callboard.integrations.rtcstats.dump import Report, Reports


@dataclass(frozen=True)
class Packets:
    """So many so far; `concealed` of `samples` had to be made up, where that is told."""

    count: int
    lost: int
    concealed: int | None = None
    samples: int | None = None


@dataclass(frozen=True)
class Picture:
    """What is seen of somebody: lines, and frames a second where told."""

    height: float
    rate: float | None


@dataclass(frozen=True)
class Pair:
    """The path in use: its ends' kinds, and whether it goes through a relay."""

    id: str
    local: Mapping[str, Any]
    remote: Mapping[str, Any]
    relayed: bool


def number(value: Any) -> float | None:
    """A number, or a text that is one."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if found == found else None


def whole(value: Any) -> int | None:
    found = number(value)
    return None if found is None else int(found)


def media(report: Report, name: str) -> str:
    """audio or video."""
    said = report.get("kind") or report.get("mediaType")
    if isinstance(said, str):
        return said
    return "audio" if "audio" in name.lower() else "video"


def sent(reports: Reports, report: Report) -> Packets | None:
    """Of a track that is sent: how many packets, and how many the other side misses."""
    remote = reports.get(str(report.get("remoteId")))
    if report.get("type") == "outbound-rtp" and remote is not None:
        return Packets(whole(report.get("packetsSent")) or 0, whole(remote.get("packetsLost")) or 0)
    if report.get("packetsSent") and not report.get("packetsReceived") and report.get("ssrc"):
        return Packets(whole(report["packetsSent"]) or 0, whole(report.get("packetsLost")) or 0)
    return None


def received(report: Report) -> Packets | None:
    """Of a track that is received."""
    if not report.get("packetsReceived") or report.get("packetsSent") or not report.get("ssrc"):
        return None
    return Packets(
        whole(report["packetsReceived"]) or 0,
        whole(report.get("packetsLost")) or 0,
        whole(report.get("concealedSamples")),
        whole(report.get("totalSamplesReceived")),
    )


def round_trip(reports: Reports, report: Report) -> float | None:
    """Of the path in use: in seconds, or, in Chrome's former dialect, in milliseconds. None where 0."""
    if report.get("type") == "transport":
        pair = reports.get(str(report.get("selectedCandidatePairId")), {})
        return number(pair.get("currentRoundTripTime")) or None
    if report.get("type") == "googCandidatePair" and str(report.get("googActiveConnection")) in {
        "true",
        "True",
    }:
        return number(report.get("googRtt")) or None
    return None


def selected_pair(reports: Reports, report: Report) -> Pair | None:
    """The path in use, told by the transport's report."""
    if report.get("type") != "transport":
        return None
    id_ = str(report.get("selectedCandidatePairId") or "")
    pair = reports.get(id_)
    if pair is None:
        return None
    local = reports.get(str(pair.get("localCandidateId")))
    remote = reports.get(str(pair.get("remoteCandidateId")))
    if local is None or remote is None:
        return None
    relayed = "relay" in {local.get("candidateType"), remote.get("candidateType")}
    return Pair(id_, local, remote, relayed)


def picture(report: Report) -> Picture | None:
    """What is seen of somebody else; None where nothing is."""
    type_ = report.get("type")
    height: float | None = None
    rate: float | None = None
    if type_ == "inbound-rtp" and media(report, "") == "video":
        height, rate = number(report.get("frameHeight")), number(report.get("framesPerSecond"))
    elif type_ == "ssrc" and report.get("googFrameHeightReceived"):
        height = number(report["googFrameHeightReceived"])
        rate = number(report.get("googFrameRateOutput"))
    elif type_ == "track" and report.get("remoteSource") is True:
        height = number(report.get("frameHeight"))
    return Picture(height, rate) if height else None


def smallest_and_largest(pictures: Sequence[Picture]) -> tuple[Picture, Picture]:
    """By lines; of equal ones the smallest has the lowest rate, the largest the highest."""
    rated = [one for one in pictures if one.rate is not None] or list(pictures)
    smallest = min(rated, key=lambda one: (one.height, one.rate or 0))
    largest = max(rated, key=lambda one: (one.height, one.rate or 0))
    return smallest, largest
