"""A closed session in a few thousand bytes: what the rules need of it to be judged again. Pure.

Kept exactly, with its id and moment: plans, cancellations, the room, joins and leaves, microphones,
recorders' steps, and every report with a figure over the floor. Of the rest, what can still decide:

- Good reports (no figure over FLOOR) count only after one that is not, until a bad connection must have
  cleared; so those within CLEARS_WITHIN of good are kept, by their moment and interval alone.
- Of the instructors' voices, every report under LOUDEST_DEAD, and of the heard ones the first and the last
  between two other happenings, and enough between them that no timer can fire.

So the engine, fed with these, raises and clears the very cases of the whole log, under any thresholds within
`live.policy.BOUNDS` whose bounds for a bad connection are at least `least_kept`.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from callboard.live.engine.events import LogEvent, Progress, Report, Speech, typed_data
from callboard.live.engine.moments import SECOND
from callboard.live.engine.needs import needless

FORMAT: Final = 1

FLOOR: Final = {"loss": 0.0125, "rtt_ms": 150.0, "jitter_ms": 20.0}
"""A report is kept whole where one figure is over this."""

LOUDEST_DEAD: Final = 0.01
CLEARS_WITHIN: Final = 300 * SECOND
HEARD_EVERY: Final = 15 * SECOND

_WHOLE: Final = frozenset(
    {
        "session.planned", "session.cancelled", "room.ready", "room.started", "room.ended", "room.lost",
        "participant.joined", "participant.left", "track.published", "track.unpublished", "track.muted",
        "track.unmuted", "recording.started", "recording.stopped", "recording.failed", "recording.file",
    }
)  # fmt: skip
_KINDS: Final = (*sorted(_WHOLE), "recording.progress", "connection.report", "speech")
_CODES: Final = {kind: code for code, kind in enumerate(_KINDS)}
REPORT: Final = _CODES["connection.report"]
INTERVAL, SIDE, LOSS, JITTER, RTT, LEVEL = range(6)
"""Of a kept report; one with a level has no other figure."""

Row = tuple[Any, ...]
"""(code, moment after the last, id, who, data): ids and people by their place in the image's lists."""


class Image(msgspec.Struct, array_like=True):
    format: int
    base: int
    unit: int
    names: list[str]
    rows: list[Row]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Image).decode


def least_kept() -> dict[str, float]:
    """The least bounds of a bad connection under which everything that counts is kept: a report clears at
    half of them.
    """
    return {name: 2 * floor for name, floor in FLOOR.items()}


def pack(events: Iterable[LogEvent]) -> bytes:
    """The events of one session, in any order, as they are kept."""
    seen: set[str] = set()
    whole = [one for one in sorted(events, key=lambda each: each.at) if not _known(seen, one)]
    kept = list(_reduced(whole))
    names: dict[str, int] = {}
    base = kept[0].at if kept else 0
    unit = 1000 if all(one.at % 1000 == 0 for one in kept) else 1
    rows: list[Row] = []
    last = base
    for one in kept:
        rows.append((_CODES[one.kind], (one.at - last) // unit, *_written(one, names)))
        last = one.at
    return zlib.compress(_encode(Image(FORMAT, base, unit, list(names), rows)), 6)


def unpack(
    data: bytes, organization: int, session: str, kinds: frozenset[str] | None = None
) -> list[LogEvent]:
    """The events in order of their moments; only those that the rules of these kinds need, where they are
    given. Raises ValueError where another version wrote them.
    """
    return events_of(image_of(data), organization, session, kinds)


def events_of(
    image: Image,
    organization: int,
    session: str,
    kinds: frozenset[str] | None = None,
    without: frozenset[str] = frozenset(),
) -> list[LogEvent]:
    """See `unpack`; `without` these kinds of event."""
    at, unit, names, found = image.base, image.unit, image.names, []
    passed_over = {_CODES[kind] for kind in needless(kinds) | without if kind in _CODES}
    figures = kinds is None or "bad_connection" in kinds
    levels = kinds is None or "inaudible" in kinds
    for number, (code, after, id_, who, data_) in enumerate(image.rows):
        at += after * unit
        if code in passed_over:
            continue
        if code == REPORT and not (levels if data_[LEVEL] is not None else figures):
            continue
        name = names[who] if who is not None else None
        kind = _KINDS[code]
        typed = _typed(kind, data_, at, names)
        found.append(LogEvent(organization, session, id_ or f"~{number}", kind, at, name, typed))
    return found


def image_of(data: bytes) -> Image:
    """What is kept, as it is kept. Raises ValueError, as `unpack` does."""
    try:
        image = _decode(zlib.decompress(data))
    except (msgspec.DecodeError, zlib.error) as error:
        raise ValueError(str(error)) from None
    if image.format != FORMAT:
        raise ValueError(f"format {image.format}, and this reads {FORMAT}")
    return image


def moved(data: bytes, by: int) -> bytes:
    """The same session so many microseconds later, or earlier. Raises ValueError, as `unpack` does."""
    image = image_of(data)
    plans = {"session.planned": ("starts_at", "ends_at")}
    rows = []
    for code, after, id_, who, said in image.rows:
        names = plans.get(_KINDS[code], ())
        rows.append((code, after, id_, who, {**said, **{n: said[n] + by for n in names}} if names else said))
    return zlib.compress(_encode(msgspec.structs.replace(image, base=image.base + by, rows=rows)), 6)


def _known(seen: set[str], event: LogEvent) -> bool:
    if event.id in seen:
        return True
    seen.add(event.id)
    return False


# -- what is kept


def _reduced(events: list[LogEvent]) -> Iterator[LogEvent]:
    teaching = _instructors(events)
    good: defaultdict[tuple[str | None, str], int] = defaultdict(lambda: CLEARS_WITHIN)
    heard: dict[str, list[LogEvent]] = {}
    kept: list[LogEvent] = []
    for one in events:
        if one.kind in _WHOLE:
            if one.kind.startswith("track.") and one.data.source != "microphone":
                continue
            kept.append(one)
            _settle(heard, kept)
        elif one.kind == "recording.progress":
            kept.append(one)
        elif one.kind == "speech":
            if one.participant in teaching:
                heard.setdefault(one.participant or "", []).append(one)
        elif one.kind == "connection.report":
            report: Report = one.data
            side = (one.participant, report.direction)
            if _over_floor(report):
                good[side] = 0
                kept.append(_figures(one))
            elif _has_figures(report) and good[side] < CLEARS_WITHIN:
                good[side] += round(report.interval * SECOND)
                kept.append(_good(one))
            if report.audio_level is not None and one.participant in teaching:
                voice = _level(one)
                if report.audio_level < LOUDEST_DEAD:
                    _settle(heard, kept, one.participant)
                    kept.append(voice)
                else:
                    heard.setdefault(one.participant or "", []).append(voice)
    _settle(heard, kept)
    return iter(sorted(kept, key=lambda each: each.at))


def _instructors(events: list[LogEvent]) -> set[str | None]:
    plans = {one.data.instructor for one in events if one.kind == "session.planned"}
    told = {
        one.participant
        for one in events
        if one.kind == "participant.joined" and one.data is not None and one.data.role == "instructor"
    }
    return (plans | told) - {None}


def _settle(heard: dict[str, list[LogEvent]], kept: list[LogEvent], who: str | None = None) -> None:
    """Something else happened: of what was heard until then, keeps what can still decide."""
    for name in [who] if who is not None else list(heard):
        run = heard.pop(name, [])
        last: LogEvent | None = None
        for number, one in enumerate(run):
            following = run[number + 1] if number + 1 < len(run) else None
            if (
                last is None
                or following is None
                or following.at - last.at >= HEARD_EVERY
                or _until(one) > _until(following)
            ):
                kept.append(one)
                last = one


def _until(event: LogEvent) -> int:
    return event.data.ends_at if event.kind == "speech" else event.at


def _over_floor(report: Report) -> bool:
    return any((getattr(report, name) or 0.0) > floor for name, floor in FLOOR.items())


def _has_figures(report: Report) -> bool:
    return any(getattr(report, name) is not None for name in FLOOR)


def _figures(event: LogEvent) -> LogEvent:
    data: Report = event.data
    kept = Report(data.interval, data.direction, data.loss, data.jitter_ms, data.rtt_ms)
    return msgspec.structs.replace(event, data=kept)


def _good(event: LogEvent) -> LogEvent:
    data = Report(event.data.interval, event.data.direction, 0.0)
    return msgspec.structs.replace(event, id="", data=data)


def _level(event: LogEvent) -> LogEvent:
    data: Report = event.data
    level = min(data.audio_level or 0.0, LOUDEST_DEAD)
    id_ = f"{event.id}~" if level < LOUDEST_DEAD else ""
    return msgspec.structs.replace(event, id=id_, data=Report(data.interval, audio_level=level))


# -- as they are written


def _written(event: LogEvent, names: dict[str, int]) -> tuple[Any, Any, Any]:
    who = None if event.participant is None else names.setdefault(event.participant, len(names))
    data = event.data
    match data:
        case Report():
            side = 1 if data.direction == "down" else 0
            figures = (data.interval, side, data.loss, data.jitter_ms, data.rtt_ms, data.audio_level)
            return event.id, who, figures
        case Speech():
            return "", who, data.ends_at - event.at
        case Progress():
            return "", who, (names.setdefault(data.recorder, len(names)), data.seconds)
        case None:
            return event.id, who, None
    said = {name: value for name, value in msgspec.to_builtins(data).items() if value is not None}
    return event.id, who, said


def _typed(kind: str, data: Any, at: int, names: list[str]) -> Any:
    match kind:
        case "connection.report":
            interval, side, loss, jitter, rtt, level = data
            return Report(interval, "down" if side else "up", loss, jitter, rtt, level)
        case "speech":
            return Speech(at + data)
        case "recording.progress":
            recorder, total = data
            return Progress(total, names[recorder])
    return typed_data(kind, data)
