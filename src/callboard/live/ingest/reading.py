"""From a body to rows: each event checked, marked and laid out for COPY; each refusal by its position."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Protocol

import msgspec

from callboard.live.engine import events
from callboard.live.engine.events import BadEvent, Ident, Rejected
from callboard.live.ingest import limits, rows
from callboard.live.ingest.shapes import SHAPES, clean


class Wire(msgspec.Struct, gc=False):
    """An event as it is sent; `received_at` and whatever else is there is not read."""

    id: Ident
    session: Ident
    kind: str
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    participant: Ident | None = None
    data: msgspec.Raw = msgspec.Raw(b"")


Item = Wire | Rejected

_decode_wires = msgspec.json.Decoder(list[Wire]).decode
_decode_wire_lines = msgspec.json.Decoder(Wire).decode_lines
_decode_wire = msgspec.json.Decoder(Wire).decode
_decode_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode


Key = tuple[str, str]
"""A session's name and an event's id."""


class Seen(Protocol):
    """What was committed before, as far as it is remembered."""

    def __contains__(self, key: Key, /) -> bool: ...

    def isdisjoint(self, keys: Iterable[Key], /) -> bool: ...


class TooMany(Exception):
    """More events than one request may bring."""


def read_body(body: bytes) -> list[Item]:
    """The events of a JSON array or of NDJSON, in order. Raises BadEvent where it is neither, and TooMany."""
    array = body.lstrip()[:1] == b"["
    try:
        wires: list[Item] = list(_decode_wires(body) if array else _decode_wire_lines(body))
    except (msgspec.DecodeError, UnicodeDecodeError):
        wires = _one_by_one(body, array)
    if len(wires) > limits.MAX_EVENTS:
        raise TooMany
    if b"\\u0000" in body:
        wires = [_without_nul(index, item) for index, item in enumerate(wires)]
    return wires


def _one_by_one(body: bytes, array: bool) -> list[Item]:
    """The slow way, once something is wrong: which, and what."""
    if array:
        try:
            raws: Iterable[bytes | msgspec.Raw] = _decode_raws(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadEvent("not_json", str(error)) from None
    else:
        raws = [line for line in body.split(b"\n") if line.strip()]
    found: list[Item] = []
    for index, raw in enumerate(raws):
        try:
            found.append(_decode_wire(raw))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            found.append(_why(index, raw, str(error)))
    if found and not array and all(isinstance(one, Rejected) and one.code == "not_json" for one in found):
        raise BadEvent("not_json", "the body is neither a JSON array nor newline-delimited JSON")
    return found


def _why(index: int, raw: bytes | msgspec.Raw, message: str) -> Rejected:
    try:
        events.decode_line(raw)
    except BadEvent as error:
        return Rejected(index, error.id, error.code, str(error))
    return Rejected(index, None, "invalid", message)


def _without_nul(index: int, item: Item) -> Item:
    """PostgreSQL keeps no NUL, in text or in JSON."""
    if isinstance(item, Rejected):
        return item
    named = (item.id, item.session, item.participant or "")
    if any("\0" in name for name in named) or b"\\u0000" in bytes(item.data):
        return Rejected(index, None, "invalid", "no text may hold the character NUL")
    return item


@dataclass
class Taken:
    """What is to be written of one request, and what was not taken."""

    parts: list[bytes | msgspec.Raw] = field(default_factory=list)
    ids: list[Key] = field(default_factory=list)
    duplicate: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def answer(self) -> dict[str, Any]:
        return {"accepted": len(self.ids), "duplicate": self.duplicate, "rejected": self.rejected}


def lay_out(
    items: list[Item],
    heads: dict[str, bytes],
    head_of: Callable[[str], bytes],
    seen: Seen,
    received_at: int,
) -> Taken:
    """Rows for what may be taken.

    `heads` are the sessions known to be the organization's, each with the start of its rows; `seen` knows
    (session, id) of what was committed before. Time in microseconds since 1970. Runs for every event, so it
    looks up once and calls little.
    """
    taken = Taken()
    parts, ids = taken.parts, taken.ids
    doubled = _doubled(items, seen)
    who: dict[str | None, bytes] = {None: rows.NULL}
    length, moment = rows.length, rows.moment
    tails = {mark: moment(received_at) + text for mark, text in rows.MARK.items()}
    earliest = received_at - limits.PAST_S * 1_000_000
    latest = received_at + limits.FUTURE_S * 1_000_000
    for index, item in enumerate(items):
        if isinstance(item, Rejected):
            taken.rejected.append(item)
            continue
        name, session, kind, person = item.id, item.session, item.kind, item.participant
        shape = SHAPES.get(kind)
        try:
            if shape is None:
                raise BadEvent("kind_unknown", f"there is no kind of event {kind!r}")
            if shape.reserved:
                raise BadEvent("reserved_kind", f"{kind} is written by booking alone")
            if person is None and shape.personal:
                raise BadEvent("participant_missing", f"{kind} needs a participant")
            data = clean(kind, shape, item.data, item.at)
            head = heads.get(session)
            if head is None:
                if not shape.sessionless:
                    raise BadEvent("unknown_session", "there is no such session here")
                head = head_of(session)
        except BadEvent as error:
            taken.rejected.append(Rejected(index, name, error.code, str(error)))
            continue
        key = (session, name)
        if doubled is not None:
            if key in doubled:
                taken.duplicate += 1
                continue
            doubled.add(key)
        ids.append(key)
        at = round(item.at.timestamp() * 1_000_000)
        ident = name.encode()
        participant = who.get(person)
        if participant is None:
            participant = who[person] = rows.text(person or "")
        parts += (
            head, length(len(ident)), ident, shape.name, participant, moment(at),
            tails[""] if earliest <= at <= latest else tails["past" if at < earliest else "future"],
            length(len(data)), data,
        )  # fmt: skip
    return taken


def _doubled(items: list[Item], seen: Seen) -> set[Key] | None:
    """What is not to be written again; None where every id is new, which is nearly always."""
    keys = [(item.session, item.id) for item in items if isinstance(item, Wire)]
    if len(set(keys)) == len(keys) and seen.isdisjoint(keys):
        return None
    return {key for key in keys if key in seen}
