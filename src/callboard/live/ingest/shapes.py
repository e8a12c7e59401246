"""The data of each kind of event, strictly: only what is named here, and no words, reaches the log.

The quick way: data that holds nothing else is kept as it was sent, byte for byte. The other: what is known
is written anew and the rest is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple

import msgspec

from callboard.live.engine import events
from callboard.live.ingest import rows

Token = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.:-]{1,40}\Z")]


class _Track(events.Track, gc=False, frozen=True, forbid_unknown_fields=True):
    pass


class _Report(events.Report, gc=False, frozen=True, forbid_unknown_fields=True):
    pass


class _Check(events.Check, gc=False, frozen=True, forbid_unknown_fields=True):
    pass


class _Recorder(events.Recorder, gc=False, frozen=True, forbid_unknown_fields=True):
    pass


class _Progress(events.Progress, gc=False, frozen=True, forbid_unknown_fields=True):
    pass


class _Polled(events.Polled, gc=False, frozen=True, forbid_unknown_fields=True):
    pass


class _Joined(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    role: Token | None = None
    connection: Token | None = None


class _Left(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    reason: Token | None = None
    connection: Token | None = None


class _Lost(events.Lost, gc=False, frozen=True, forbid_unknown_fields=True):
    pass


class _Engagement(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    tool: Token = "other"


class _Nothing(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    pass


class _Speech(msgspec.Struct, gc=False):
    ends_at: Annotated[datetime, msgspec.Meta(tz=True)]


_STRICT: Final[dict[str, type[msgspec.Struct]]] = {
    "participant.joined": _Joined,
    "participant.left": _Left,
    "room.lost": _Lost,
    "track.published": _Track,
    "track.unpublished": _Track,
    "track.muted": _Track,
    "track.unmuted": _Track,
    "connection.report": _Report,
    "engagement": _Engagement,
    "check.answered": _Check,
    "recording.started": _Recorder,
    "recording.progress": _Progress,
    "recording.stopped": _Recorder,
    "recording.failed": _Recorder,
    "recording.file": _Recorder,
    "provider.polled": _Polled,
}
_decode = {kind: msgspec.json.Decoder(_STRICT.get(kind, _Nothing)).decode for kind in events.KINDS}


class Shape(NamedTuple):
    """What ingest has to know of a kind. `decode` raises where data is anything but its kind's."""

    decode: Callable[[Any], Any] | None
    name: bytes
    personal: bool
    reserved: bool
    sessionless: bool


SESSIONLESS: Final = frozenset({"provider.polled", "clock"})
"""Kinds in which `session` says nothing."""

SHAPES: Final = {
    kind: Shape(
        None if kind == "speech" else decode,
        rows.text(kind),
        kind in events.PERSONAL,
        kind in events.INSIDE_ONLY,
        kind in SESSIONLESS,
    )
    for kind, decode in _decode.items()
}
_decode_speech = msgspec.json.Decoder(_Speech).decode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode


def clean(kind: str, shape: Shape, raw: bytes | msgspec.Raw, at: datetime) -> bytes | msgspec.Raw:
    """What the log keeps of an event's data. Raises engine.events.BadEvent."""
    if shape.decode is None:
        return _speech(raw, at)
    try:
        shape.decode(raw or b"{}")
    except msgspec.ValidationError:
        return _known(kind, raw, shape.decode)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise events.BadEvent("data_invalid", f"data of {kind}: {error}") from None
    return raw or b"{}"


def _speech(raw: bytes | msgspec.Raw, at: datetime) -> bytes:
    try:
        ends_at = _decode_speech(raw or b"{}").ends_at
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise events.BadEvent("data_invalid", f"data of speech: {error}") from None
    if ends_at < at:
        raise events.BadEvent("data_invalid", "speech ends before it begins")
    return _encode({"ends_at": ends_at})


def _known(kind: str, raw: bytes | msgspec.Raw, decode: Callable[[bytes], Any]) -> bytes:
    """The known members alone, if they are right. A reason that is no token is words, and is dropped."""
    try:
        sent = _decode_object(raw)
        names = _STRICT.get(kind, _Nothing).__struct_fields__
        kept = {name: sent[name] for name in names if name in sent}
        if kind == "participant.left":
            kept = {name: value for name, value in kept.items() if _is_token(value)}
        data = _encode(kept)
        decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise events.BadEvent("data_invalid", f"data of {kind}: {error}") from None
    return data


def _is_token(value: object) -> bool:
    try:
        msgspec.convert(value, Token)
    except msgspec.ValidationError:
        return False
    return True
