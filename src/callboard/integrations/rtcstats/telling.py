"""A dump as live events: its person in while a connection stands, and a report each time it told figures.

A report covers the time since the connection's last: losses, and freezes, as what was added meanwhile, delay,
jitter and level as they then were. The session is the file's name, the participant the dump's endpoint id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from callboard.integrations.rtcstats import reports as reading
from callboard.integrations.rtcstats.dump import Entry, Report, Reports
from callboard.integrations.rtcstats.extraction import extract
from callboard.live.engine.events import Joined, Left, LogEvent, Speech
from callboard.live.engine.events import Report as LiveReport

MILLISECOND = 1000  # microseconds
LONGEST = 60.0  # seconds that one report may stand for


@dataclass(frozen=True)
class _Sum:
    """Over all tracks of one direction, so far."""

    packets: int = 0
    lost: int = 0
    freezes: int = 0


def events_of(dump: Iterable[Entry], session: str) -> list[LogEvent]:
    """The events, in order of their times; none of a dump in which nothing ever connected."""
    entries = list(dump)
    found = extract(entries)
    who = found.endpoint or session
    events: list[LogEvent] = []
    for name, connection in found.connections.items():
        if connection.connected_at:
            events.append(_event(session, "participant.joined", connection.connected_at, who,
                                 Joined(connection=name)))  # fmt: skip
            events.append(_event(session, "participant.left", connection.last_at, who, Left(name)))
    for since, until in found.spoke():
        events.append(_event(session, "speech", since, who, Speech(until * MILLISECOND)))
    events += _reports(entries, session, who)
    events.sort(key=lambda event: event.at)
    for number, event in enumerate(events, 1):
        event.id = f"{session}-{number}"
    return events


def _event(session: str, kind: str, at: int, who: str, data: object) -> LogEvent:
    return LogEvent(0, session, "", kind, at * MILLISECOND, who, data)


def _reports(entries: list[Entry], session: str, who: str) -> Iterator[LogEvent]:
    before: dict[str, Entry] = {}
    for entry in entries:
        if entry.what != "getstats" or entry.connection is None or not entry.at:
            continue
        last = before.get(entry.connection)
        before[entry.connection] = entry
        if last is None or entry.at <= last.at:
            continue
        interval = min((entry.at - last.at) / 1000, LONGEST)
        for report in (
            _up(last.reports, entry.reports, interval),
            _down(last.reports, entry.reports, interval),
        ):
            if report is not None:
                yield _event(session, "connection.report", entry.at, who, report)


def _up(before: Reports, now: Reports, interval: float) -> LiveReport | None:
    was, is_ = _sent(before), _sent(now)
    packets, lost = is_.packets - was.packets, is_.lost - was.lost
    level = _level(now)
    if packets <= 0 and level is None:
        return None
    return LiveReport(
        interval,
        "up",
        loss=_share(lost, packets) if packets > 0 else None,
        jitter_ms=_worst(now, "remote-inbound-rtp", "jitter"),
        rtt_ms=_delay(now),
        audio_level=level,
    )


def _down(before: Reports, now: Reports, interval: float) -> LiveReport | None:
    was, is_ = _received(before), _received(now)
    packets, lost = is_.packets - was.packets, is_.lost - was.lost
    if packets <= 0:
        return None
    return LiveReport(
        interval,
        "down",
        loss=_share(lost, packets + max(0, lost)),
        jitter_ms=_worst(now, "inbound-rtp", "jitter"),
        rtt_ms=_delay(now),
        freezes=float(max(0, is_.freezes - was.freezes)),
    )


def _sent(reports: Reports) -> _Sum:
    """Of what is sent itself, not of what others say that they sent."""
    ours = [one for one in reports.values() if one.get("type") in {"outbound-rtp", "ssrc"}]
    found = [one for one in (reading.sent(reports, report) for report in ours) if one is not None]
    return _Sum(sum(one.count for one in found), sum(one.lost for one in found))


def _received(reports: Reports) -> _Sum:
    theirs = [one for one in reports.values() if one.get("type") in {"inbound-rtp", "ssrc"}]
    found = [one for one in map(reading.received, theirs) if one is not None]
    freezes = sum(reading.whole(report.get("freezeCount")) or 0 for report in theirs)
    return _Sum(sum(one.count for one in found), sum(one.lost for one in found), freezes)


def _share(lost: int, of: int) -> float:
    return min(1.0, max(0, lost) / of)


def _worst(reports: Reports, type_: str, name: str) -> float | None:
    """In milliseconds; the standard has seconds."""
    found = [reading.number(report.get(name)) for report in _open(reports, type_)]
    told = [value for value in found if value is not None and value >= 0]
    return max(told) * 1000 if told else None


def _open(reports: Reports, type_: str) -> list[Report]:
    return [report for report in reports.values() if report.get("type") == type_]


def _delay(reports: Reports) -> float | None:
    """In milliseconds, as Chrome's former dialect has it too."""
    for report in reports.values():
        delay = reading.round_trip(reports, report)
        if delay is not None:
            return delay * 1000 if report.get("type") == "transport" else delay
    return None


def _level(reports: Reports) -> float | None:
    """Of their own microphone, 0 to 1; none where no microphone is open."""
    for report in _open(reports, "media-source"):
        level = reading.number(report.get("audioLevel"))
        if reading.media(report, "") == "audio" and level is not None:
            return min(1.0, max(0.0, level))
    return None
