"""The engine's state as bytes, and back: exact, so that it goes on as if nothing had been.

What is kept of a fold is its base (the state before its oldest item) and its items; the rest follows from
them. The format has a version; another version's bytes are refused, and the log is read again instead.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from callboard.live.engine.audibility import Audibility
from callboard.live.engine.connection import Connection
from callboard.live.engine.drained import Drained
from callboard.live.engine.events import Joined, Left, LogEvent, Lost, Plan, typed_data
from callboard.live.engine.fold import Fold
from callboard.live.engine.presence import Presence
from callboard.live.engine.promises import Promise
from callboard.live.engine.recording import Recording
from callboard.live.engine.session import Person, SessionMachine
from callboard.live.engine.sightings import Provider, Stretches
from callboard.live.engine.thresholds import Rules

FORMAT: Final = 2

_ITEM_DATA: Final = {
    "session.planned": Plan,
    "participant.joined": Joined,
    "participant.left": Left,
    "room.lost": Lost,
}
"""What the items of the fold of who is in carry."""

Row = list[Any]

RulesOf = Callable[[str | None], Rules]
"""The rules of a version; the default's where it is None or unknown."""


class FoldImage(msgspec.Struct, array_like=True):
    base: bytes
    log: list[tuple[Any, ...]]
    floor: int
    told: list[tuple[str, str | None, int, int | None]]


class PersonImage(msgspec.Struct, array_like=True):
    who: str
    connection: FoldImage
    starts: bytes
    ends: bytes
    speech: list[tuple[int, str, int]]
    tools: dict[str, int]
    asked: int
    correct: int


class SessionImage(msgspec.Struct, array_like=True):
    organization: int
    name: str
    real: bool
    ids: dict[str, int]
    presence: FoldImage
    recording: FoldImage
    audibility: FoldImage
    people: list[PersonImage]
    voices: list[str]
    seen: list[tuple[int, int]]
    provider: str | None
    promises: list[tuple[str, str | None, int | None, str, int | None]]
    attendance: dict[str, tuple[Any, ...]]
    status: tuple[str, int | None, int | None] | None
    last_at: int
    floor: int
    since_prune: int


class ProviderImage(msgspec.Struct, array_like=True):
    organization: int
    name: str
    polls: list[tuple[int, int]]
    everything: list[tuple[int, int]]
    sent: list[tuple[int, int]]
    evidence: str = ""


class EngineImage(msgspec.Struct):
    format: int
    now: int
    accepted: int
    duplicates: int
    sessions: list[SessionImage]
    providers: list[ProviderImage]
    ahead: list[LogEvent]
    drained: Drained
    rebuild: list[tuple[int, str]]
    in_force: list[tuple[int, Rules]] = []


S = TypeVar("S", Presence, Recording, Audibility, Connection)

_encode = msgspec.msgpack.Encoder().encode
_decoders: dict[type, Any] = {
    kind: msgspec.msgpack.Decoder(kind) for kind in (Presence, Recording, Audibility, Connection)
}


class OtherFormat(ValueError):
    """The snapshot was written by another version of the engine."""


def image_of_session(machine: SessionMachine) -> SessionImage:
    told = machine.told
    return SessionImage(
        machine.organization,
        machine.name,
        machine.real,
        machine.ids,
        _image(machine.presence),
        _image(machine.recording),
        _image(machine.audibility),
        [_person(who, person) for who, person in machine.people.items()],
        sorted(machine.voices),
        [(first, last) for first, last in machine.seen.spans],
        machine.provider,
        [(kind, who, *promise) for (kind, who), promise in told.promises.items()],
        told.attendance,
        told.status,
        machine.last_at,
        machine.floor,
        machine.since_prune,
    )


def session_from(image: SessionImage, rules_of: RulesOf, now: int) -> SessionMachine:
    machine = SessionMachine(image.organization, image.name, rules_of(None))
    machine.real, machine.ids, machine.voices = image.real, image.ids, set(image.voices)
    machine.presence = _fold(image.presence, Presence, rules_of, now)
    machine.recording = _fold(image.recording, Recording, rules_of, now)
    machine.audibility = _fold(image.audibility, Audibility, rules_of, now)
    machine.steps = machine.presence.state.steps.copy()
    for one in image.people:
        person = Person(_fold(one.connection, Connection, rules_of, now))
        person.talk.starts, person.talk.ends = array("q", one.starts), array("q", one.ends)
        person.speech = one.speech
        person.tools, person.asked, person.correct = one.tools, one.asked, one.correct
        machine.people[one.who] = person
    machine.seen = Stretches(machine.rules.quiet_after, image.seen)
    machine.note_rules()
    machine.provider = image.provider
    machine.told.promises = {
        (kind, who): Promise(due, status, met) for kind, who, due, status, met in image.promises
    }
    machine.told.attendance = {who: tuple(seen) for who, seen in image.attendance.items()}
    machine.told.status = image.status
    machine.last_at, machine.floor, machine.since_prune = image.last_at, image.floor, image.since_prune
    machine.settle(now)
    return machine


def image_of_provider(provider: Provider) -> ProviderImage:
    return ProviderImage(
        provider.organization,
        provider.name,
        [(first, last) for first, last in provider.polls.spans],
        [(first, last) for first, last in provider.everything.spans],
        list(provider.sent),
        provider.everything.evidence,
    )


def provider_from(image: ProviderImage, gap: int) -> Provider:
    provider = Provider(image.organization, image.name, gap)
    provider.polls = Stretches(gap, image.polls)
    provider.everything = Stretches(gap, image.everything)
    provider.everything.evidence = image.evidence
    provider.sent = tuple(image.sent)
    return provider


def encode(image: EngineImage) -> bytes:
    return _encode(image)


def decode(data: bytes) -> EngineImage:
    """Raises OtherFormat."""
    try:
        image = msgspec.msgpack.decode(data, type=EngineImage)
    except msgspec.DecodeError as error:
        raise OtherFormat(str(error)) from None
    if image.format != FORMAT:
        raise OtherFormat(f"format {image.format}, and this engine writes {FORMAT}")
    for event in image.ahead:
        event.data = typed_data(event.kind, event.data)
    return image


def _image(fold: Fold[Any]) -> FoldImage:
    told = [(*key, cleared) for key, cleared in fold.told.items()]
    return FoldImage(_encode(fold.marks[0][1]), fold.log, fold.floor, told)


def _fold(image: FoldImage, kind: type[S], rules_of: RulesOf, now: int) -> Fold[S]:
    base: S = _decoders[kind].decode(image.base)
    base.rules = rules_of(base.rules.version)
    fold = Fold(base)
    fold.floor = image.floor
    fold.told = {(case, who, raised): cleared for case, who, raised, cleared in image.told}
    if kind is Presence:
        fold.log = [_item(item, rules_of) for item in image.log]
    else:
        fold.log = [_ruled(item, 5, rules_of) if item[4] == "rules" else item for item in image.log]
    fold.refold(0)
    fold.run(now)
    return fold


def _item(item: tuple[Any, ...], rules_of: RulesOf) -> tuple[Any, ...]:
    if item[4] == "rules":
        return _ruled(item, 6, rules_of)
    data = item[6]
    if data is not None:
        data = msgspec.convert(data, _ITEM_DATA[item[4]])
    return (*item[:6], data)


def _ruled(item: tuple[Any, ...], place: int, rules_of: RulesOf) -> tuple[Any, ...]:
    """The rules themselves in place of their values: one object for all sessions."""
    rules = msgspec.convert(item[place], Rules)
    known = rules_of(rules.version)
    return (*item[:place], known if known.version == rules.version else rules, *item[place + 1 :])


def _person(who: str, person: Person) -> PersonImage:
    return PersonImage(
        who,
        _image(person.connection),
        person.talk.starts.tobytes(),
        person.talk.ends.tobytes(),
        person.speech,
        person.tools,
        person.asked,
        person.correct,
    )
