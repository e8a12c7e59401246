"""From a body to rows: each event checked, marked and laid out for COPY; each refusal by its position."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import msgspec

from callboard.live.engine import events
from callboard.live.engine.events import BadEvent, Ident, Rejected
from callboard.live.ingest import limits, rows
from callboard.live.ingest.shapes import clean

SESSIONLESS = frozenset({"provider.polled", "clock"})
"""Kinds in which `session` says nothing."""


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
    ids: list[tuple[str, str]] = field(default_factory=list)
    duplicate: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def answer(self) -> dict[str, Any]:
        return {"accepted": len(self.ids), "duplicate": self.duplicate, "rejected": self.rejected}


def lay_out(
    items: list[Item],
    heads: dict[str, bytes],
    head_of: Callable[[str], bytes],
    seen: Container[tuple[str, str]],
    received_at: int,
) -> Taken:
    """Rows for what may be taken.

    `heads` are the sessions known to be the organization's, each with the start of its rows; `seen` holds
    (session, id) of what was committed before. Time in microseconds since 1970.
    """
    taken = Taken()
    parts, ids, reject = taken.parts, taken.ids, taken.rejected.append
    here: set[tuple[str, str]] = set()
    who: dict[str | None, bytes] = {None: rows.NULL}
    kinds, length, moment = rows.KIND, rows.length, rows.moment
    tails = {mark: moment(received_at) + text for mark, text in rows.MARK.items()}
    tail = tails[""]
    earliest = received_at - limits.PAST_S * 1_000_000
    latest = received_at + limits.FUTURE_S * 1_000_000
    for index, item in enumerate(items):
        if isinstance(item, Rejected):
            reject(item)
            continue
        name, session, kind, person = item.id, item.session, item.kind, item.participant
        try:
            data = clean(kind, item.data, item.at)
            if person is None and kind in events.PERSONAL:
                raise BadEvent("participant_missing", f"{kind} needs a participant")
            if kind in events.INSIDE_ONLY:
                raise BadEvent("reserved_kind", f"{kind} is written by booking alone")
        except BadEvent as error:
            reject(Rejected(index, name, error.code, str(error)))
            continue
        head = heads.get(session)
        if head is None:
            if kind not in SESSIONLESS:
                reject(Rejected(index, name, "unknown_session", "there is no such session here"))
                continue
            head = head_of(session)
        key = (session, name)
        if key in seen or key in here:
            taken.duplicate += 1
            continue
        here.add(key)
        ids.append(key)
        at = round(item.at.timestamp() * 1_000_000)
        ident = name.encode()
        participant = who.get(person)
        if participant is None:
            participant = who[person] = rows.text(person or "")
        parts += (
            head, length(len(ident)), ident, kinds[kind], participant, moment(at),
            tail if earliest <= at <= latest else tails["past" if at < earliest else "future"],
            length(len(data)), data,
        )  # fmt: skip
    return taken
