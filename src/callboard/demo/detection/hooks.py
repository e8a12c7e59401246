"""What providers do to their webhooks, and the poll that makes it good.

A share of them is lost, some come twice, some late, and once a day a provider's receiver is away for five
minutes. What people's browsers report does not go that way, nor what we write ourselves. Every provider is
watched by the very code that watches real servers, against the truth of the scripts.
"""

from __future__ import annotations

import heapq
import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from callboard.demo.detection.scripted import (
    CAMERA_AFTER,
    ScriptedProvider,
    connection,
    microphone_since,
    track,
)
from callboard.demo.play.happenings import Happening
from callboard.demo.play.script import MINUTE, SECOND, Part, Script
from callboard.demo.play.spans import Span, covers
from callboard.workflows.reconcile_rooms.asking import Asker
from callboard.workflows.reconcile_rooms.choosing import Watched
from callboard.workflows.reconcile_rooms.differences import Said
from callboard.workflows.reconcile_rooms.evidence import KINDS, Known
from callboard.workflows.reconcile_rooms.watching import Watch

LOST: Final = 0.05
TWICE: Final = 0.02
AWAY: Final = 5 * MINUTE
STIRRED: Final = 65 * SECOND  # a room is looked into so long after anything about it
POLL_TAKES: Final = 150

T = TypeVar("T")
Sent = tuple[int, Happening]


def as_hook(script: Script, one: Happening) -> Happening:
    """The same happening with the names that a provider gives: connections, tracks, recorders."""
    kind, who, data = one.kind, one.participant, one.data
    if kind.startswith("recording.") and kind != "recording.file":
        name, what = data["recorder"], kind.removeprefix("recording.")
        suffix = f"at-{round(data['seconds'])}" if what == "progress" else what
        return one._replace(id=f"rec-{name}-{suffix}")
    part = next((part for part in script.parts if part.participant == who), None)
    if part is None or not kind.startswith(("participant.", "track.")):
        return one
    start = _stay(part, one.at)
    name = connection(part.participant, start)
    if kind == "participant.joined":
        return one._replace(id=f"join-{name}", data={**data, "connection": name})
    if kind == "participant.left":
        return one._replace(id=f"left-{name}", data={**data, "connection": name})
    return one._replace(id=_track_id(part, start, one))


def _track_id(part: Part, start: int, one: Happening) -> str:
    what = one.kind.removeprefix("track.")
    if one.data["source"] == "camera":
        name = track(part.participant, start, "camera", start + CAMERA_AFTER)
    else:
        since = microphone_since(part, start, one.at - (what == "unpublished"))
        name = track(part.participant, start, "microphone", one.at if since is None else since)
    return f"track-{name}-{what}" if what in ("published", "unpublished") else f"track-{name}-{what}-{one.at}"


def _stay(part: Part, at: int) -> int:
    """When the stay began in which, or at whose end, this moment lies."""
    return max((start for start, _ in part.stays if start <= at), default=at)


def lossy(
    sent: Sequence[Sent], scripts: Mapping[str, Script], away: Mapping[str, Span], rng: random.Random
) -> list[Sent]:
    """What arrives of it, in no order."""
    arriving: list[Sent] = []
    for arrival, one in sent:
        script = scripts[one.session]
        if one.kind not in KINDS or one.kind == "recording.file":  # which we measure ourselves
            arriving.append((arrival, one))
            continue
        named = as_hook(script, one)
        if any(one.at in (start - 500, end) for start, end in script.hushed):
            arriving.append((arrival, named))  # what is heard right before and after a silence bounds it
            continue
        if rng.random() < LOST or covers((away[script.provider],), arrival):
            continue
        arriving.append((arrival, named))
        if rng.random() < TWICE:
            arriving.append((arrival + rng.randint(200, 8_000), named))
    return arriving


def receivers_away(scripts: Mapping[str, Script], rng: random.Random) -> dict[str, Span]:
    """The five minutes in which nothing of a provider's arrives, in the midst of its day."""
    found: dict[str, Span] = {}
    for provider in sorted({script.provider for script in scripts.values()}):
        theirs = sorted(script.starts for script in scripts.values() if script.provider == provider)
        start = theirs[len(theirs) // 2] + rng.randint(5, 40) * MINUTE
        found[provider] = (start, start + AWAY)
    return found


class _Inline(Asker):
    """Asks at once: the provider is a function here."""

    def __init__(self) -> None:
        pass

    def ask(self, call: Callable[[], T], within: float) -> T:  # noqa: ARG002
        return call()

    def ask_each(self, calls: Sequence[Callable[[], T]], within: float) -> list[T | None]:  # noqa: ARG002
        return [call() for call in calls]


class _Books:
    """Fills `watching.Books` from memory. A room is watched while something about it is fresh."""

    def __init__(self, provider: str, scripts: Sequence[Script], away: Span) -> None:
        self.now = 0
        self._away = (away[0], away[1] + STIRRED)
        self.written: list[Happening] = []
        self.known: dict[str, Known] = defaultdict(Known)
        self._provider = provider
        self._moments = {script.session: sorted(_moments(script)) for script in scripts}
        self._rooms = {
            script.session: (script, Watched(script.session, script.session)) for script in scripts
        }

    def heard(self, one: Happening) -> None:
        if one.kind in KINDS:
            data = msgspec.json.encode(one.data)
            self.known[one.session].take(one.id, one.kind, one.at * 1000, one.participant, data)
            moments = self._moments[one.session]
            moments.insert(bisect_right(moments, self.now), self.now)

    def rooms(self) -> Sequence[Watched]:
        return [room for script, room in self._rooms.values() if self._is_fresh(script)]

    def _is_fresh(self, script: Script) -> bool:
        if covers((self._away,), self.now) and script.starts - STIRRED < self.now < script.over():
            return True
        moments = self._moments[script.session]
        before = bisect_right(moments, self.now)
        return before > 0 and self.now - moments[before - 1] < STIRRED

    def catch_up(self, rooms: Sequence[Watched], known: dict[str, Known]) -> None:
        known.clear()
        known.update((room.session, self.known[room.session]) for room in rooms)

    def write(self, said: Mapping[Watched, Sequence[Said]]) -> None:
        for room, found in said.items():
            self.written += [_happening(room.session, one) for one in found]

    def polled(self, at: int) -> None:
        anyone = next(iter(self._rooms))
        name = f"po-{self._provider}-{at}"
        data: dict[str, Any] = {"provider": self._provider}
        self.written.append(Happening(at // 1000, name, anyone, "provider.polled", None, data))

    def went_down(self, at: int, rooms: Sequence[Watched]) -> None:
        """A provider that says nothing is what `provider_quiet` is about; servers that die have scripts."""

    def came_back(self, at: int) -> None:
        pass


def _moments(script: Script) -> Iterator[int]:
    """When something of what a poll sees changes."""
    for part in script.parts:
        for spans in (part.stays, part.off, part.muted):
            for span in spans:
                yield from span
    for take in script.takes:
        yield from (take.start, take.end)
    if script.closed is not None:
        yield script.closed


def _happening(session: str, one: Said) -> Happening:
    return Happening(one.at // 1000, one.id, session, one.kind, one.participant, one.data)


class _Watched:
    """One provider under watch, in virtual time."""

    def __init__(self, provider: str, scripts: Sequence[Script], begins: int, away: Span) -> None:
        self.due = begins
        self.books = _Books(provider, scripts, away)
        self._truth = ScriptedProvider(scripts)
        self._watch = Watch(self._truth, self.books, asker=_Inline(), records=True)

    def step(self) -> list[Happening]:
        """What it writes now; `due` is when it comes again."""
        now = self.due
        self._truth.now = self.books.now = now
        self.books.written = []
        # In whole milliseconds: what is due then is due then.
        self.due = max(now + SECOND, -(-round(self._watch.step(now / 1000) * 1000) // 1))
        return self.books.written


def watched(sent: list[Sent], scripts: Mapping[str, Script], away: Mapping[str, Span]) -> Iterator[Sent]:
    """All that arrives and what the watches add to it, in order of arrival."""
    by_provider: dict[str, list[Script]] = defaultdict(list)
    for script in scripts.values():
        by_provider[script.provider].append(script)
    begins = min(script.starts for script in scripts.values()) - 20 * MINUTE
    ends = max(script.over() for script in scripts.values()) + 5 * MINUTE
    watches = {name: _Watched(name, found, begins, away[name]) for name, found in sorted(by_provider.items())}
    line = [(arrival, number, one) for number, (arrival, one) in enumerate(sorted(sent, key=lambda e: e[0]))]
    number = len(line)
    while line or any(watch.due <= ends for watch in watches.values()):
        watch = min(watches.values(), key=lambda each: each.due)
        if line and (line[0][0] <= watch.due or watch.due > ends):
            arrival, _, one = heapq.heappop(line)
            its = watches[scripts[one.session].provider].books
            its.now = arrival
            its.heard(one)
            yield arrival, one
            continue
        asked = watch.due
        for one in watch.step():
            number += 1
            heapq.heappush(line, (asked + POLL_TAKES, number, one))
