"""What comes in: the events of the log, typed by kind and strictly read.

`decode_batch` and `decode_line` take JSON as it is sent or filed; `decode_data` the data of a stored row. A
bad event is a `Rejected` with a code, and never spoils its neighbours. Neither names nor words get in: of
`speech` only its end is kept here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Union

import msgspec

from callboard.live.engine.moments import SECOND, micros

Ident = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Aware = Annotated[datetime, msgspec.Meta(tz=True)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Length = Annotated[float, msgspec.Meta(ge=0)]
Some = Annotated[float, msgspec.Meta(gt=0)]


class Plan(msgspec.Struct, gc=False, frozen=True):
    """What is planned; times in microseconds. `rules` names the version of the rules in force."""

    starts_at: int
    ends_at: int
    instructor: str | None = None
    learners: tuple[str, ...] = ()
    recording: bool = False
    provider: str | None = None
    region: str | None = None
    node: str | None = None
    rules: str | None = None


class Joined(msgspec.Struct, gc=False, frozen=True):
    """`role` is told by logs that have no plan: instructor, or anything else. `connection` is the provider's
    id of this one stay, where it has such: somebody may be in with two at a time.
    """

    role: str | None = None
    connection: Ident | None = None


class Left(msgspec.Struct, gc=False, frozen=True):
    """Without a `connection` they are out with all that they had."""

    connection: Ident | None = None


class Lost(msgspec.Struct, gc=False, frozen=True):
    """`node` is where the room was, as plans name it."""

    node: str | None = None


class Track(msgspec.Struct, gc=False, frozen=True):
    source: Literal["microphone", "camera", "screen"] = "microphone"


class Speech(msgspec.Struct, gc=False, frozen=True):
    """They spoke from the event's `at` until `ends_at`, in microseconds."""

    ends_at: int


class Report(msgspec.Struct, gc=False, frozen=True):
    """A connection over the `interval` seconds before the event; absent figures are not judged. `grade`
    stands for them where a provider gives nothing else: see GRADES.
    """

    interval: Some = 10.0
    direction: Literal["up", "down"] = "up"
    loss: Share | None = None
    jitter_ms: Length | None = None
    rtt_ms: Length | None = None
    audio_level: Share | None = None
    freezes: Length | None = None
    grade: Literal["excellent", "good", "poor", "lost"] | None = None


GRADES: Final[dict[str, float | None]] = {"excellent": 0.0, "good": None, "poor": 1.0, "lost": 1.0}
"""What a grade counts as, in place of figures: a loss that is good, or bad, whatever the thresholds."""


class Engagement(msgspec.Struct, gc=False, frozen=True):
    tool: str = ""


class Check(msgspec.Struct, gc=False, frozen=True):
    correct: bool | None = None


class Recorder(msgspec.Struct, gc=False, frozen=True):
    """Of a recorder; `seconds` so far (progress) or in the file."""

    recorder: str = ""
    seconds: Length | None = None
    bytes: Annotated[int, msgspec.Meta(ge=0)] | None = None
    silent: bool = False


class Progress(msgspec.Struct, gc=False, frozen=True):
    seconds: Length
    recorder: str = ""


class Polled(msgspec.Struct, gc=False, frozen=True):
    provider: Ident


Data = (
    Plan | Joined | Left | Lost | Track | Speech | Report | Engagement | Check | Recorder | Progress | Polled
    | None
)  # fmt: skip


class LogEvent(msgspec.Struct, gc=False):
    """One event of the log. Times in microseconds; `data` typed by `kind`, None where a kind has none."""

    organization: int
    session: str
    id: str
    kind: str
    at: int
    participant: str | None = None
    data: Any = None
    received_at: int | None = None


class Rejected(msgspec.Struct, frozen=True):
    """Why an event was not taken: its place in the batch, its id where it has one, a code, and words."""

    index: int
    id: str | None
    code: str
    message: str


class BadEvent(ValueError):
    """An event that cannot be read; `code` for programs, the text for people."""

    def __init__(self, code: str, message: str, id: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.id = id


class _Line(msgspec.Struct, gc=False):
    """A line of any kind, its data unread."""

    id: Ident
    session: Ident
    kind: str
    at: Aware
    participant: Ident | None = None
    received_at: Aware | None = None
    data: msgspec.Raw = msgspec.Raw(b"")


class _WirePlan(msgspec.Struct, gc=False):
    starts_at: Aware
    ends_at: Aware
    instructor: Ident | None = None
    learners: tuple[Ident, ...] = ()
    recording: bool = False
    provider: str | None = None
    region: str | None = None
    node: str | None = None
    rules: str | None = None


class _WireSpeech(msgspec.Struct, gc=False):
    ends_at: Aware


def _plan(wire: _WirePlan) -> Plan:
    starts, ends = micros(wire.starts_at), micros(wire.ends_at)
    if ends <= starts:
        raise msgspec.ValidationError("`ends_at` is not after `starts_at`")
    return Plan(
        starts, ends, wire.instructor, wire.learners, wire.recording,
        wire.provider, wire.region, wire.node, wire.rules,
    )  # fmt: skip


PERSONAL: Final = frozenset(
    {
        "participant.joined", "participant.left", "track.published", "track.unpublished", "track.muted",
        "track.unmuted", "speech", "connection.report", "engagement", "check.asked", "check.answered",
    }
)  # fmt: skip
"""Kinds that are about a person and need `participant`."""

INSIDE_ONLY: Final = frozenset({"session.planned", "session.cancelled"})
"""Kinds that the product's own booking writes; refused from outside."""

_DATA: Final[dict[str, Any]] = {
    "session.planned": _WirePlan,
    "session.cancelled": None,
    "room.ready": None,
    "room.started": None,
    "room.ended": None,
    "room.lost": Lost,
    "participant.joined": Joined,
    "participant.left": Left | None,
    "track.published": Track,
    "track.unpublished": Track,
    "track.muted": Track,
    "track.unmuted": Track,
    "speech": _WireSpeech,
    "connection.report": Report,
    "engagement": Engagement,
    "check.asked": None,
    "check.answered": Check,
    "recording.started": Recorder,
    "recording.progress": Progress,
    "recording.stopped": Recorder,
    "recording.failed": Recorder,
    "recording.file": Recorder,
    "provider.polled": Polled,
    "clock": None,
}
KINDS: Final = frozenset(_DATA)

_EMPTY: Final[dict[str, Any]] = {"participant.left": Left} | {
    kind: msgspec.Raw for kind, type_ in _DATA.items() if type_ is None
}
"""What stands for data that is not there, where that is not the kind's own type."""

_decode_line = msgspec.json.Decoder(_Line).decode
_decode_any = msgspec.json.Decoder().decode
_decode_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_data: Final[dict[str, Any]] = {
    kind: None if type_ is None else msgspec.json.Decoder(type_).decode for kind, type_ in _DATA.items()
}


def _line_of(kind: str, data: Any) -> Any:
    """A line of one kind together with its data."""
    read = msgspec.Raw if data is None else data
    needs = data in {_WirePlan, _WireSpeech, Progress, Polled}
    fields = [
        ("id", Ident),
        ("session", Ident),
        ("at", Aware),
        ("participant", Ident) if kind in PERSONAL else ("participant", Ident | None, None),
        ("received_at", Aware | None, None),
        ("data", read) if needs else ("data", read, msgspec.field(default_factory=_EMPTY.get(kind, data))),
    ]
    return msgspec.defstruct("_LineOf", fields, tag_field="kind", tag=kind, gc=False, kw_only=True)


_LINES: Final = {_line_of(kind, data): kind for kind, data in _DATA.items()}
_decode_known = msgspec.json.Decoder(Union[tuple(_LINES)]).decode  # noqa: UP007


def decode_data(kind: str, raw: bytes | msgspec.Raw) -> Any:
    """The typed data of a kind; raises BadEvent."""
    try:
        decode = _decode_data[kind]
    except KeyError:
        raise BadEvent("kind_unknown", f"there is no kind of event {kind!r}") from None
    if decode is None:
        return None
    try:
        return _kept(kind, decode(raw or b"{}"))
    except (msgspec.DecodeError, OverflowError) as error:
        raise BadEvent("data_invalid", f"data of {kind}: {error}") from None


def _kept(kind: str, sent: Any) -> Any:
    """What is kept of data as it was sent."""
    if kind == "connection.report":
        return sent if sent.grade is None else graded(sent)
    if kind == "speech":
        return Speech(micros(sent.ends_at))
    if kind == "session.planned":
        return _plan(sent)
    if kind == "participant.left":  # nothing is kept where nothing is said
        return sent if sent is not None and sent.connection is not None else None
    return None if _DATA[kind] is None else sent


def graded(report: Report) -> Report:
    """A report that has a grade, with what it counts as; its own figures come first."""
    if report.grade is None or not report.loss is report.rtt_ms is report.jitter_ms is None:
        return report
    return msgspec.structs.replace(report, loss=GRADES[report.grade])


_ENGINE_DATA: Final[dict[str, Any]] = {"session.planned": Plan, "speech": Speech}


def typed_data(kind: str, plain: Any) -> Any:
    """The typed data of a kind from plain values as a snapshot holds them."""
    type_ = _ENGINE_DATA.get(kind, _DATA[kind])
    return None if type_ is None else msgspec.convert(plain, type_)


def decode_line(raw: bytes | str | msgspec.Raw, organization: int = 0) -> LogEvent:
    """One event from its JSON; raises BadEvent."""
    try:
        line = _decode_known(raw)
        kind = _LINES[type(line)]
        data = _kept(kind, line.data)
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError):
        line, data = _read_by_parts(raw)
        kind = line.kind
    at = round(line.at.timestamp() * SECOND)
    if kind == "speech" and data.ends_at < at:
        raise BadEvent("data_invalid", "speech ends before it begins", line.id)
    received = line.received_at
    arrived = None if received is None else round(received.timestamp() * SECOND)
    return LogEvent(organization, line.session, line.id, kind, at, line.participant, data, arrived)


def _read_by_parts(raw: bytes | str | msgspec.Raw) -> tuple[_Line, Any]:
    """A line that could not be read in one go: first itself, then its data, to say what is wrong."""
    try:
        line = _decode_line(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _why_unread(raw, str(error)) from None
    if line.participant is None and line.kind in PERSONAL:
        raise BadEvent("participant_missing", f"{line.kind} needs a participant", line.id)
    try:
        return line, decode_data(line.kind, line.data)
    except BadEvent as error:
        error.id = line.id
        raise


def _why_unread(raw: bytes | str | msgspec.Raw, message: str) -> BadEvent:
    try:
        found = _decode_any(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return BadEvent("not_json", str(error))
    if not isinstance(found, dict):
        return BadEvent("not_an_object", "an event is a JSON object")
    id_ = found.get("id")
    missing = [name for name in ("id", "session", "kind", "at") if name not in found]
    if missing:
        return BadEvent("missing", f"{', '.join(missing)} missing", id_ if isinstance(id_, str) else None)
    return BadEvent("invalid", message, id_ if isinstance(id_, str) else None)


def decode_batch(
    body: bytes, organization: int = 0, outside: bool = True
) -> tuple[list[LogEvent], list[Rejected]]:
    """The events of a JSON array or of NDJSON, and those that were not taken.

    `outside`: refuse what only the product itself may write. Raises BadEvent where the whole is neither.
    """
    events: list[LogEvent] = []
    rejected: list[Rejected] = []
    for index, raw in enumerate(_raws(body)):
        try:
            event = decode_line(raw, organization)
            if outside and event.kind in INSIDE_ONLY:
                raise BadEvent("kind_refused", f"{event.kind} is written by booking alone", event.id)
        except BadEvent as error:
            rejected.append(Rejected(index, error.id, error.code, str(error)))
        else:
            events.append(event)
    return events, rejected


def _raws(body: bytes) -> Iterator[msgspec.Raw | bytes]:
    if body.lstrip()[:1] == b"[":
        try:
            return iter(_decode_raws(body))
        except msgspec.DecodeError as error:
            raise BadEvent("not_json", str(error)) from None
    return (line for line in body.split(b"\n") if line.strip())
