"""One partition's engine: sessions by name, what falls due next, and what the overseer has to know."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from typing import Any, Final, Self

from callboard.live.engine import snapshot
from callboard.live.engine.drained import Drained, LiveStretches, Ruled, Sighted
from callboard.live.engine.events import LogEvent
from callboard.live.engine.fold import NEVER
from callboard.live.engine.moments import HOUR
from callboard.live.engine.needs import needless
from callboard.live.engine.outputs import Cleared, Output, Raised, Reopened, Withdrawn
from callboard.live.engine.session import SessionMachine
from callboard.live.engine.sightings import Provider, Stretches
from callboard.live.engine.telling import rebuilt_outputs
from callboard.live.engine.thresholds import DEFAULT, Rules
from callboard.live.engine.view import view_of

SessionKey = tuple[int, str]

PRUNE_EVERY: Final = 128
"""Events of a session between two times that it forgets what is too old."""

_CASES = (Raised, Cleared, Reopened, Withdrawn)


class Engine:
    """See the package. `rules` are the default's; `versions` the ones that plans name; `keep_us` how long
    raw evidence is kept to take late evidence in its order, None for ever. `kinds`: judge these alone, for
    a backtest that asks what one rule would have raised; evidence that none of them needs is passed over.
    `cases_alone`: say nothing of attendance, promises or the session, nor anything to an overseer.
    """

    def __init__(
        self,
        rules: Rules = DEFAULT,
        versions: Mapping[str, Rules] | None = None,
        keep_us: int | None = None,
        kinds: frozenset[str] | None = None,
        cases_alone: bool = False,
    ) -> None:
        self.kinds = kinds
        self.cases_alone = cases_alone
        self._passed_over = needless(kinds)
        self.rules = rules
        self.versions = versions or {}
        self.keep_us = keep_us
        self.now = 0
        self.accepted = 0
        self.duplicates = 0
        self.stirred = False  # something that the overseer should hear of soon
        self.sessions: dict[SessionKey, SessionMachine] = {}
        self.providers: dict[SessionKey, Provider] = {}
        self.in_force: dict[int, Rules] = {}  # each organization's newest that a plan named
        self._heap: list[tuple[int, int, SessionMachine]] = []
        self._ahead: list[tuple[int, int, LogEvent]] = []
        self._wake = NEVER  # not later than the first of either
        self._count = 0
        self._drained = Drained()
        self._rebuild: dict[SessionKey, None] = {}

    # -- what the runner calls

    def feed(self, event: LogEvent, now: int) -> list[Output]:
        """Takes one event that arrived at `now`; what fell due before is raised before it."""
        out: list[Output] = []
        if now > self.now:
            self.now = now
            if now >= self._wake:
                self._advance(now, out)
        if event.at > self.now:
            self._await(event)
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
                evidence = provider.everything.evidence
                drained.sighted.append(Sighted(provider.organization, provider.name, spans, evidence))
        return drained

    # -- events

    def _take(self, event: LogEvent, now: int, out: list[Output]) -> None:
        key = (event.organization, event.session)
        machine = self.sessions.get(key)
        if machine is None:
            machine = SessionMachine(*key, self.rules, self.kinds, self.cases_alone)
            self.sessions[key] = machine
        ids, event_id, at, kind = machine.ids, event.id, event.at, event.kind
        if event_id in ids:
            self.duplicates += 1
            return
        ids[event_id] = at
        self.accepted += 1
        if kind in self._passed_over:
            return
        if self.keep_us is not None:
            machine.since_prune += 1
            if machine.since_prune >= PRUNE_EVERY:
                machine.since_prune = 0
                machine.prune(now - self.keep_us)
            if at <= machine.floor:
                self._rebuild[key] = None
                return
        if kind == "connection.report":
            machine.real = True
            machine.seen.see(at)
            if machine.provider_seen is not None:
                self._see_provider(machine.provider_seen, at, event_id)
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
            machine.seen.see(at)
            if machine.provider_seen is not None:
                self._see_provider(machine.provider_seen, at, event_id)
            if kind == "speech":
                if not machine.speech(event, now, out):
                    return
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
        rules = self.rules_of(event.data.rules)
        others = rules.version != machine.rules.version or bool(machine.ruled)
        machine.room(event, now, out, rules if others else None)
        if rules.number > self.in_force.get(machine.organization, DEFAULT).number:
            self._in_force(machine.organization, rules, event.at)
        if self.cases_alone:
            return
        if machine.provider != before:
            if before is not None:
                self._collect(machine.organization, before)
            self._watch_provider(machine)
            machine.fresh = machine.live_stretches()
        if machine.fresh is None:
            machine.fresh = machine.live_stretches()  # its place may be another
        self._hear_of_live(machine)

    def _in_force(self, organization: int, rules: Rules, at: int) -> None:
        """An organization's newest rules, as far as they concern several sessions."""
        self.in_force[organization] = rules
        self._drained.rules.append(Ruled(organization, at, rules))
        for provider in self.providers.values():
            if provider.organization == organization:
                provider.polls.gap = provider.everything.gap = rules.quiet_after

    def _watch_provider(self, machine: SessionMachine) -> None:
        """What is seen of the session is seen of its provider."""
        machine.provider_seen = None
        if machine.provider is not None:
            machine.provider_seen = self.provider(machine.organization, machine.provider).everything
            machine.provider_seen.cover_all(machine.seen.spans)

    def _collect(self, organization: int, name: str) -> None:
        """Gathers a provider's sightings anew from its polls and sessions."""
        provider = self.provider(organization, name)
        evidence = provider.everything.evidence
        everything = provider.everything = Stretches(provider.polls.gap, provider.polls.spans)
        everything.evidence = evidence
        for machine in self.sessions.values():
            if machine.provider == name and machine.organization == organization:
                everything.cover_all(machine.seen.spans)
                machine.provider_seen = everything
        self.stirred = True

    def _see_provider(self, seen: Stretches, at: int, event_id: str) -> None:
        """Stirs where it ends a silence, or comes late into one that has been judged."""
        first, last = seen.last
        if at > last:
            seen.evidence = event_id
        elif at >= first:
            return
        judged = self.now - last >= seen.gap
        if seen.see(at) or judged:
            self.stirred = True

    def _polled(self, event: LogEvent) -> None:
        provider = self.provider(event.organization, event.data.provider)
        provider.polls.see(event.at)
        self._see_provider(provider.everything, event.at, event.id)

    def provider(self, organization: int, name: str) -> Provider:
        provider = self.providers.get((organization, name))
        if provider is None:
            gap = self.in_force.get(organization, self.rules).quiet_after
            provider = self.providers[organization, name] = Provider(organization, name, gap)
        return provider

    def _hear_of_live(self, machine: SessionMachine) -> None:
        if machine.fresh is not None:
            self._drained.live.append(
                LiveStretches(machine.organization, machine.name, machine.place(), tuple(machine.fresh))
            )
            machine.fresh = None
            self.stirred = True

    def _keep_cases(self, out: Iterable[Output]) -> None:
        cases = [] if self.cases_alone else [one for one in out if isinstance(one, _CASES)]
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
        self._wake = min(heap[0][0] if heap else NEVER, self._ahead[0][0] if self._ahead else NEVER)

    def _schedule(self, machine: SessionMachine) -> None:
        due = machine.next_due()
        if due < machine.scheduled:
            machine.scheduled = due
            self._count += 1
            heapq.heappush(self._heap, (due, self._count, machine))
            if due < self._wake:
                self._wake = due

    def _await(self, event: LogEvent) -> None:
        """Keeps what is ahead of its time."""
        self._count += 1
        heapq.heappush(self._ahead, (event.at, self._count, event))
        if event.at < self._wake:
            self._wake = event.at

    # -- sessions as a whole

    def needs_rebuild(self) -> list[SessionKey]:
        """Sessions with evidence that came too late to be put in its place; asked for once."""
        wanted = list(self._rebuild)
        self._rebuild.clear()
        return wanted

    def rebuild(
        self,
        organization: int,
        session: str,
        events: Iterable[LogEvent],
        now: int,
        announced: Iterable[tuple[str, str | None, int, int | None]] | None = None,
    ) -> list[Output]:
        """Judges a session anew from its whole log, and says what that changes.

        `announced`: the cases that were told of it and not withdrawn (kind, participant, raised_at,
        cleared_at); None: those that this engine has told.
        """
        now = self.now = max(now, self.now)
        old = self.sessions.get((organization, session))
        if announced is not None:
            told = {(kind, who, raised): cleared for kind, who, raised, cleared in announced}
        else:
            told = {} if old is None else old.told_cases()
        apart = Engine(self.rules, self.versions)
        for event in sorted(events, key=lambda one: one.received_at or one.at):
            apart.feed(event, now)
        apart.advance(now)
        machine = apart.sessions.get((organization, session))
        if machine is None:
            return []
        out = rebuilt_outputs(machine, told, now)
        machine.scheduled = NEVER
        if old is not None:
            old.scheduled = -1  # what is on the heap of it is stale
        self.sessions[organization, session] = machine
        self._watch_provider(machine)
        machine.fresh = machine.live_stretches()
        self._hear_of_live(machine)
        self._schedule(machine)
        self._keep_cases(out)
        return out

    def drop(self, organization: int, session: str) -> None:
        """Forgets a session. What it told the overseer stays."""
        machine = self.sessions.pop((organization, session), None)
        if machine is not None:
            machine.scheduled = -1

    def settled(self, now: int, after: int = 2 * HOUR) -> list[SessionKey]:
        """Sessions that are over for so long, with nothing left to fall due."""
        return [key for key, machine in self.sessions.items() if machine.is_settled(now - after)]

    def session_view(self, organization: int, session: str) -> dict[str, Any] | None:
        """See `view`; None where it knows no such session."""
        machine = self.sessions.get((organization, session))
        return None if machine is None or not machine.real else view_of(machine, self.now)

    def snapshot(self) -> bytes:
        """All of it, to go on from elsewhere or later."""
        return snapshot.encode(
            snapshot.EngineImage(
                snapshot.FORMAT,
                self.now,
                self.accepted,
                self.duplicates,
                [snapshot.image_of_session(machine) for machine in self.sessions.values()],
                [snapshot.image_of_provider(provider) for provider in self.providers.values()],
                [event for _, _, event in sorted(self._ahead, key=lambda one: one[:2])],
                self._drained,
                list(self._rebuild),
                list(self.in_force.items()),
            )
        )

    @classmethod
    def restore(
        cls,
        data: bytes,
        rules: Rules = DEFAULT,
        versions: Mapping[str, Rules] | None = None,
        keep_us: int | None = None,
    ) -> Self:
        """The engine as it was; raises snapshot.OtherFormat."""
        image = snapshot.decode(data)
        engine = cls(rules, versions, keep_us)
        engine.now, engine.accepted, engine.duplicates = image.now, image.accepted, image.duplicates
        engine.in_force = dict(image.in_force)
        for one in image.sessions:
            machine = snapshot.session_from(one, engine.rules_of, image.now)
            engine.sessions[machine.organization, machine.name] = machine
            engine._schedule(machine)
        for each in image.providers:
            gap = engine.in_force.get(each.organization, rules).quiet_after
            engine.providers[each.organization, each.name] = snapshot.provider_from(each, gap)
        for machine in engine.sessions.values():
            if machine.provider is not None:
                machine.provider_seen = engine.provider(machine.organization, machine.provider).everything
        for event in image.ahead:
            engine._await(event)
        engine._drained = image.drained
        engine._rebuild = dict.fromkeys(image.rebuild)
        engine.stirred = True
        return engine

    def rules_of(self, version: str | None) -> Rules:
        """The rules of that version; the default's where there is none such."""
        return self.rules if version is None else self.versions.get(version, self.rules)
