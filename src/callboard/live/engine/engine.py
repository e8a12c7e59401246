"""One partition's engine: sessions by name, what falls due next, and what the overseer has to know."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from typing import Any

from callboard.live.engine.drained import Drained, LiveStretches, Sighted
from callboard.live.engine.events import LogEvent
from callboard.live.engine.fold import NEVER
from callboard.live.engine.outputs import Cleared, Output, Raised, Reopened, Withdrawn
from callboard.live.engine.session import SessionMachine
from callboard.live.engine.sightings import Provider, Stretches
from callboard.live.engine.thresholds import DEFAULT, Rules

SessionKey = tuple[int, str]

_CASES = (Raised, Cleared, Reopened, Withdrawn)


class Engine:
    """See the package. `rules` are the default's; `versions` the ones that plans name; `keep_us` how long raw
    evidence is kept to take late evidence in its order, None for ever.
    """

    def __init__(
        self, rules: Rules = DEFAULT, versions: Mapping[str, Rules] | None = None, keep_us: int | None = None
    ) -> None:
        self.rules = rules
        self.versions = versions or {}
        self.keep_us = keep_us
        self.now = 0
        self.accepted = 0
        self.duplicates = 0
        self.stirred = False  # something that the overseer should hear of soon
        self.sessions: dict[SessionKey, SessionMachine] = {}
        self.providers: dict[SessionKey, Provider] = {}
        self._heap: list[tuple[int, int, SessionMachine]] = []
        self._ahead: list[tuple[int, int, LogEvent]] = []
        self._count = 0
        self._drained = Drained()
        self._rebuild: dict[SessionKey, None] = {}

    # -- what the runner calls

    def feed(self, event: LogEvent, now: int) -> list[Output]:
        """Takes one event that arrived at `now`; what fell due before is raised before it."""
        out: list[Output] = []
        if now > self.now:
            self.now = now
            if (self._heap and self._heap[0][0] <= now) or (self._ahead and self._ahead[0][0] <= now):
                self._advance(now, out)
        if event.at > self.now:
            self._count += 1
            heapq.heappush(self._ahead, (event.at, self._count, event))
        else:
            self._take(event, self.now, out)
        if out:
            self._keep_cases(out)
        return out

    def advance(self, now: int) -> list[Output]:
        """Everything that falls due until `now`."""
        out: list[Output] = []
        self.now = max(self.now, now)
        self._advance(self.now, out)
        if out:
            self._keep_cases(out)
        return out

    def next_due(self) -> int | None:
        """When `advance` has something to do, in event time."""
        heap = self._heap
        while heap and heap[0][0] != heap[0][2].scheduled:
            heapq.heappop(heap)
        due = heap[0][0] if heap else NEVER
        if self._ahead:
            due = min(due, self._ahead[0][0])
        return None if due == NEVER else due

    def drain(self) -> Drained:
        """What the overseer has to know since the last time."""
        drained, self._drained = self._drained, Drained()
        self.stirred = False
        for provider in self.providers.values():
            spans = tuple((first, last) for first, last in provider.everything.spans)
            if spans != provider.sent:
                provider.sent = spans
                drained.sighted.append(Sighted(provider.organization, provider.name, spans))
        return drained

    # -- events

    def _take(self, event: LogEvent, now: int, out: list[Output]) -> None:
        key = (event.organization, event.session)
        machine = self.sessions.get(key)
        if machine is None:
            machine = self.sessions[key] = SessionMachine(event.organization, event.session, self.rules)
        ids, at, kind = machine.ids, event.at, event.kind
        if event.id in ids:
            self.duplicates += 1
            return
        ids[event.id] = at
        self.accepted += 1
        if self.keep_us is not None and self._too_late(machine, at, now):
            self._rebuild[key] = None
            return
        if kind == "connection.report":
            machine.real = True
            self._see(machine, at)
            if at > machine.last_at:
                machine.last_at = at
            if machine.report(event, now, out):
                self._schedule(machine)
            return
        if kind == "provider.polled":
            self._polled(event)
            return
        if kind == "clock":
            return
        machine.real = True
        if at > machine.last_at:
            machine.last_at = at
        if kind == "session.planned":
            self._planned(machine, event, now, out)
        else:
            self._see(machine, at)
            if kind == "speech":
                machine.speech(event, now, out)
            elif kind.startswith("track."):
                machine.track(event, now, out)
            elif kind.startswith("recording."):
                machine.recorder(event, now, out)
            elif kind in {"engagement", "check.asked", "check.answered"}:
                machine.activity(event)
            else:
                machine.room(event, now, out)
                self._hear_of_live(machine)
        self._schedule(machine)

    def _planned(self, machine: SessionMachine, event: LogEvent, now: int, out: list[Output]) -> None:
        before = machine.provider
        machine.room(event, now, out)
        if machine.provider != before:
            if before is not None:
                self._collect(machine.organization, before)
            if machine.provider is not None:
                self.provider(machine.organization, machine.provider).everything.cover_all(machine.seen.spans)
            machine.fresh = machine.live_stretches()
        if machine.fresh is None:
            machine.fresh = machine.live_stretches()  # its place may be another
        self._hear_of_live(machine)

    def _collect(self, organization: int, name: str) -> None:
        """Gathers a provider's sightings anew from its polls and sessions."""
        provider = self.provider(organization, name)
        provider.everything = Stretches(provider.polls.gap, provider.polls.spans)
        for machine in self.sessions.values():
            if machine.provider == name and machine.organization == organization:
                provider.everything.cover_all(machine.seen.spans)
        self.stirred = True

    def _see(self, machine: SessionMachine, at: int) -> None:
        machine.seen.see(at)
        name = machine.provider
        if name is not None:
            provider = self.providers.get((machine.organization, name))
            if provider is None:
                provider = self.provider(machine.organization, name)
            if provider.everything.see(at):
                self.stirred = True

    def _polled(self, event: LogEvent) -> None:
        provider = self.provider(event.organization, event.data.provider)
        provider.polls.see(event.at)
        if provider.everything.see(event.at):
            self.stirred = True

    def provider(self, organization: int, name: str) -> Provider:
        provider = self.providers.get((organization, name))
        if provider is None:
            provider = self.providers[organization, name] = Provider(
                organization, name, self.rules.quiet_after
            )
        return provider

    def _hear_of_live(self, machine: SessionMachine) -> None:
        if machine.fresh is not None:
            self._drained.live.append(
                LiveStretches(machine.organization, machine.name, machine.place(), tuple(machine.fresh))
            )
            machine.fresh = None
            self.stirred = True

    def _keep_cases(self, out: Iterable[Output]) -> None:
        cases = [one for one in out if isinstance(one, _CASES)]
        if cases:
            self._drained.cases += cases
            self.stirred = True

    # -- time

    def _advance(self, now: int, out: list[Output]) -> None:
        while self._ahead and self._ahead[0][0] <= now:
            self._take(heapq.heappop(self._ahead)[2], now, out)
        heap = self._heap
        while heap and heap[0][0] <= now:
            due, _, machine = heapq.heappop(heap)
            if due != machine.scheduled:
                continue
            machine.scheduled = NEVER
            machine.advance(now, out)
            self._hear_of_live(machine)
            self._schedule(machine)

    def _schedule(self, machine: SessionMachine) -> None:
        due = machine.next_due()
        if due < machine.scheduled:
            machine.scheduled = due
            self._count += 1
            heapq.heappush(self._heap, (due, self._count, machine))

    def _too_late(self, machine: SessionMachine, at: int, now: int) -> bool:
        assert self.keep_us is not None
        machine.since_prune += 1
        if machine.since_prune >= 256:
            machine.since_prune = 0
            machine.prune(now - self.keep_us)
        return False

    def session_view(self, organization: int, session: str) -> dict[str, Any] | None:
        raise NotImplementedError
