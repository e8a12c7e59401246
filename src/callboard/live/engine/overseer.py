"""Judges what concerns several sessions: a provider that has gone quiet, and incidents.

One for all partitions. It is told by each what that saw and raised; the same log gives the same answer with
one partition and with eight, since all that it holds are sets and unions.
"""

from __future__ import annotations

from collections import defaultdict

from callboard.live.engine.drained import Drained, LiveStretches, Ruled, Sighted
from callboard.live.engine.incidents import Member, incidents_of
from callboard.live.engine.kinds import KINDS
from callboard.live.engine.moments import HOUR
from callboard.live.engine.outputs import (
    Cleared,
    Incident,
    IncidentChanged,
    IncidentRaised,
    IncidentWithdrawn,
    Output,
    Place,
    Raised,
    Reopened,
    Withdrawn,
)
from callboard.live.engine.overseer_image import FORMAT, OverseerImage, decode_overseer, encode_overseer
from callboard.live.engine.sightings import Stretches
from callboard.live.engine.thresholds import DEFAULT, Rules
from callboard.live.engine.wording import sentence, when

Key = tuple[int, str]
CaseKey = tuple[str, str, int]  # session, participant or "", raised_at

KIND = "provider_quiet"


class Overseer:
    """See the package. `judge_quiet`: whether providers are judged at all (a replay without polls has it
    off). `keep_us`: how long what is over can still be part of an incident.
    """

    def __init__(
        self, rules: Rules = DEFAULT, judge_quiet: bool = True, keep_us: int | None = 6 * HOUR
    ) -> None:
        self.rules = rules
        self.judge_quiet = judge_quiet
        self.keep_us = keep_us
        self._sighted: defaultdict[Key, dict[int, Sighted]] = defaultdict(dict)
        self._live: dict[Key, LiveStretches] = {}
        self._holding: defaultdict[Key, set[str]] = defaultdict(set)  # a provider's sessions
        self._quiet: defaultdict[Key, dict[tuple[str, int], int | None]] = defaultdict(dict)
        self._due: dict[Key, int] = {}
        self._stale: set[Key] = set()
        self._cases: defaultdict[Key, dict[CaseKey, Member]] = defaultdict(dict)
        self._incidents: dict[Key, dict[tuple[str, int], Incident]] = {}
        self._changed: set[Key] = set()
        self._eras: defaultdict[int, dict[int, Ruled]] = defaultdict(dict)  # by the rules' number

    # -- what partitions tell

    def take(self, partition: int, drained: Drained) -> None:
        for seen in drained.sighted:
            key = (seen.organization, seen.provider)
            self._sighted[key][partition] = seen
            self._stale.add(key)
        for live in drained.live:
            self._take_live(live)
        for case in drained.cases:
            self._take_case(case)
        for ruled in drained.rules:
            self._take_rules(ruled)

    def _take_rules(self, ruled: Ruled) -> None:
        """Several partitions may tell of the same; the earliest counts."""
        eras = self._eras[ruled.organization]
        known = eras.get(ruled.rules.number)
        if known is None or ruled.at < known.at:
            eras[ruled.rules.number] = ruled
            keys = [key for key in self._sighted if key[0] == ruled.organization]
            self._stale.update(keys)

    def rules_at(self, organization: int, at: int) -> Rules:
        """An organization's rules as far as they concern several sessions, as of then."""
        eras = self._eras.get(organization)
        if not eras:
            return self.rules
        passed = [one for one in eras.values() if one.at <= at]
        return max(passed, key=lambda one: one.rules.number).rules if passed else self.rules

    def _shortest_quiet(self, organization: int) -> int:
        return min(one.quiet_after for one in self._all_rules(organization))

    def _take_live(self, live: LiveStretches) -> None:
        before = self._live.get((live.organization, live.session))
        for one in (before, live):
            if one is not None and one.place.provider is not None:
                key = (one.organization, one.place.provider)
                self._stale.add(key)
                self._holding[key].discard(one.session)
        self._live[live.organization, live.session] = live
        if live.place.provider is not None and live.spans:
            self._holding[live.organization, live.place.provider].add(live.session)

    def _take_case(self, case: Raised | Cleared | Reopened | Withdrawn) -> None:
        key: Key = (case.organization, case.kind)
        name: CaseKey = (case.session, case.participant or "", case.raised_at)
        cases = self._cases[key]
        self._changed.add(key)
        if isinstance(case, Raised):
            cases[name] = Member(case.raised_at, name[0], name[1], case.place, None)
        elif isinstance(case, Withdrawn):
            cases.pop(name, None)
        elif name in cases:
            at = case.cleared_at if isinstance(case, Cleared) else None
            cases[name] = cases[name]._replace(cleared_at=at)

    # -- time

    def next_due(self) -> int | None:
        return min(self._due.values(), default=None)

    def advance(self, now: int) -> list[Output]:
        """All that concerns several sessions until `now`, until when every partition has been drained."""
        out: list[Output] = []
        if self.judge_quiet:
            due = {key for key, at in self._due.items() if at <= now}
            for key in sorted(self._stale | due):
                self._judge(key, now, out)
        self._stale.clear()
        for key in sorted(self._changed):
            self._gather(key, now, out)
        self._changed.clear()
        return out

    def _judge(self, key: Key, now: int, out: list[Output]) -> None:
        """Compares a provider's silences with what has been said of them."""
        seen = Stretches(self._shortest_quiet(key[0]))
        for sighted in self._sighted[key].values():
            seen.cover_all(sighted.spans)
        current: dict[tuple[str, int], int | None] = {}
        since: dict[int, int] = {}
        self._due.pop(key, None)
        for index, (_, last) in enumerate(seen.spans):
            until = seen.spans[index + 1][0] if index + 1 < len(seen.spans) else None
            if self.keep_us is not None and until is not None and until < now - self.keep_us:
                continue
            rules = self.rules_at(key[0], last)
            quiet_at = last + rules.quiet_after
            if (until is not None and until < quiet_at) or KIND in rules.off:
                continue
            if quiet_at > now:  # nearly always: who is live then is looked up only when it comes to that
                if self._holding[key]:
                    self._due[key] = quiet_at
                continue
            raised_at, sessions = self._held(key, quiet_at, until)
            if raised_at is None:
                continue
            if raised_at > now:
                self._due[key] = raised_at
                continue
            since[raised_at] = last
            current |= dict.fromkeys(((session, raised_at) for session in sessions), until)
        self._say_quiet(key, current, since, now, out)

    def _held(self, key: Key, since: int, until: int | None) -> tuple[int | None, list[str]]:
        """When, in a silence that counts from `since`, the provider first holds a live session; and which."""
        starts: dict[str, int] = {}
        for session in self._holding[key]:
            for start, end in self._live[key[0], session].spans:
                first = max(start, since)
                if (end is None or end > first) and (until is None or start < until >= first):
                    starts[session] = min(first, starts.get(session, first))
        if not starts:
            return None, []
        first = min(starts.values())
        return first, sorted(session for session, start in starts.items() if start == first)

    def _say_quiet(
        self,
        key: Key,
        current: dict[tuple[str, int], int | None],
        since: dict[int, int],
        now: int,
        out: list[Output],
    ) -> None:
        organization, provider = key
        latest = max(self._sighted[key].values(), key=lambda one: one.spans[-1:], default=None)
        told = self._quiet[key]
        fresh: list[Raised | Cleared | Reopened | Withdrawn] = []
        horizon = 0 if self.keep_us is None else now - self.keep_us
        for session, raised_at in [name for name in told if name not in current and name[1] >= horizon]:
            del told[session, raised_at]
            fresh.append(Withdrawn(organization, session, KIND, None, raised_at, now))
        for (session, raised_at), cleared_at in current.items():
            if (session, raised_at) not in told:
                params: dict[str, str | int] = {"provider": provider, "since": when(since[raised_at])}
                place = self._live[organization, session].place
                rules = self.rules_at(organization, since[raised_at])
                severity = rules.said(KIND) or KINDS[KIND].severity
                version = "" if rules.version == DEFAULT.version else rules.version
                fresh.append(
                    Raised(
                        organization, session, KIND, None, severity, raised_at, now,
                        sentence(KIND, params), KIND, params,
                        (latest.evidence,) if latest is not None and latest.evidence else (), place,
                        None, version,
                    )
                )  # fmt: skip
                told[session, raised_at] = None
            if told[session, raised_at] != cleared_at:
                told[session, raised_at] = cleared_at
                if cleared_at is None:
                    fresh.append(Reopened(organization, session, KIND, None, raised_at, now))
                else:
                    fresh.append(Cleared(organization, session, KIND, None, raised_at, cleared_at, now))
        for case in fresh:
            self._take_case(case)
        out += fresh

    def _gather(self, key: Key, now: int, out: list[Output]) -> None:
        """Compares the incidents of one kind with what has been said of them."""
        organization, kind = key
        cases = self._cases[key]
        if self.keep_us is not None:
            horizon = now - self.keep_us
            for name in [name for name, case in cases.items() if (case.cleared_at or now) < horizon]:
                del cases[name]
        told = self._incidents.setdefault(key, {})
        if not told and len(cases) < min(one.incident_sessions for one in self._all_rules(organization)):
            return
        eras: defaultdict[int, list[Member]] = defaultdict(list)
        for case in cases.values():
            eras[self.rules_at(organization, case.raised_at).number].append(case)
        found = {
            (one.key, one.raised_at): one
            for mine in eras.values()
            for one in incidents_of(kind, mine, self.rules_at(organization, mine[0].raised_at))
        }
        for old in [old for old in told if old not in found]:
            gone = told.pop(old)
            if self.keep_us is None or gone.raised_at >= now - self.keep_us:
                out.append(IncidentWithdrawn(organization, gone, now))
        for which, incident in found.items():
            if which not in told:
                out.append(IncidentRaised(organization, incident, now))
            elif told[which] != incident:
                out.append(IncidentChanged(organization, incident, now))
            told[which] = incident

    def _all_rules(self, organization: int) -> list[Rules]:
        return [self.rules, *(one.rules for one in self._eras.get(organization, {}).values())]

    def snapshot(self) -> bytes:
        """All that it was told and has said, to go on from elsewhere or later."""
        return encode_overseer(
            OverseerImage(
                FORMAT,
                [
                    (*key, number, seen)
                    for key, told in self._sighted.items()
                    for number, seen in told.items()
                ],
                list(self._live.values()),
                [(*key, *name, until) for key, told in self._quiet.items() for name, until in told.items()],
                [(*key, at) for key, at in self._due.items()],
                [(*key, member) for key, cases in self._cases.items() for member in cases.values()],
                [(*key, one) for key, told in self._incidents.items() for one in told.values()],
                sorted(self._stale),
                sorted(self._changed),
                [one for eras in self._eras.values() for one in eras.values()],
            )
        )

    @classmethod
    def restore(cls, data: bytes, rules: Rules = DEFAULT) -> Overseer:
        """The overseer as it was; raises snapshot.OtherFormat."""
        image = decode_overseer(data)
        overseer = cls(rules)
        for organization, provider, number, seen in image.sighted:
            overseer._sighted[organization, provider][number] = seen
        for live in image.live:
            overseer._take_live(live)
        for organization, provider, session, raised_at, until in image.quiet:
            overseer._quiet[organization, provider][session, raised_at] = until
        overseer._due = {(organization, provider): at for organization, provider, at in image.due}
        for organization, kind, member in image.cases:
            name = (member.session, member.participant, member.raised_at)
            overseer._cases[organization, kind][name] = member
        for organization, kind, one in image.incidents:
            overseer._incidents.setdefault((organization, kind), {})[one.key, one.raised_at] = one
        overseer._stale, overseer._changed = set(image.stale), set(image.changed)
        for ruled in image.rules:
            overseer._eras[ruled.organization][ruled.rules.number] = ruled
        return overseer

    def forget(self, now: int) -> None:
        """Drop sessions that were last live before all that it still judges."""
        horizon = now - (self.keep_us or now)
        for key, live in list(self._live.items()):
            if all(end is not None and end < horizon for _, end in live.spans):
                del self._live[key]
                self._holding[key[0], live.place.provider or ""].discard(key[1])

    def holds_quiet(self, organization: int, provider: str, raised_at: int) -> bool:
        """Whether a silence of this provider that was raised then still stands, at any session."""
        return any(raised == raised_at for _, raised in self._quiet[organization, provider])

    def place_of(self, organization: int, session: str) -> Place | None:
        live = self._live.get((organization, session))
        return None if live is None else live.place
