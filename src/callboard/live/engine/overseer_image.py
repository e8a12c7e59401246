"""The overseer's state as bytes, and back. Another version's bytes are refused."""

from __future__ import annotations

from typing import Final

import msgspec

from callboard.live.engine.drained import LiveStretches, Ruled, Sighted
from callboard.live.engine.incidents import Member
from callboard.live.engine.outputs import Incident
from callboard.live.engine.snapshot import OtherFormat

FORMAT: Final = 3

Key = tuple[int, str]


class OverseerImage(msgspec.Struct):
    """Each row begins with the organization and the provider or the kind that it is of."""

    format: int
    sighted: list[tuple[int, str, int, Sighted]]
    live: list[LiveStretches]
    quiet: list[tuple[int, str, str, int, int | None]]
    due: list[tuple[int, str, int]]
    cases: list[tuple[int, str, Member]]
    incidents: list[tuple[int, str, Incident]]
    stale: list[Key]
    changed: list[Key]
    rules: list[Ruled] = []


encode_overseer = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(OverseerImage).decode


def decode_overseer(data: bytes) -> OverseerImage:
    """Raises OtherFormat."""
    try:
        image = _decode(data)
    except msgspec.DecodeError as error:
        raise OtherFormat(str(error)) from None
    if image.format != FORMAT:
        raise OtherFormat(f"format {image.format}, and this engine writes {FORMAT}")
    return image
