"""Why a case was raised: the rules as they were, the log as it had come by then, and what the engine held.

The session's lines that had arrived when the case was noticed are fed to the engine again, each at the time
at which it came, so what it says on the way is what it said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from callboard.cases.models import Case
from callboard.lib import tenancy
from callboard.live import policy as rules
from callboard.live import rulebook
from callboard.live.engine.engine import Engine
from callboard.live.engine.events import LogEvent
from callboard.live.engine.fold import NEVER
from callboard.live.engine.kinds import KINDS
from callboard.live.engine.moments import micros, moment_of
from callboard.live.engine.outputs import Cleared, Output, Raised, Withdrawn
from callboard.live.engine.presence_rules import all_upcoming
from callboard.live.log.postgres import PostgresLog
from callboard.live.models import LivePolicy
from callboard.live.runner.policies import Policies
from callboard.live.runner.reading import event_of

STEPS: Final = 120
"""Steps told at most, the last ones."""

STEADY: Final = frozenset(
    {"connection.report", "speech", "recording.progress", "provider.polled", "engagement"}
)
"""Kinds that come over and over: told only where the case rests on them, or something was said of them."""


@dataclass(frozen=True)
class RuleThen:
    """The rule as it was: its policies (versions, who, when), the widest first, its thresholds beside the
    usual ones, its severity."""

    kind: str
    policies: tuple[LivePolicy, ...]
    values: Mapping[str, Any]
    thresholds: Mapping[str, tuple[float, float]]
    severity: str


@dataclass(frozen=True)
class Said:
    """What the engine said: raised, cleared or withdrawn."""

    what: str
    kind: str
    participant: str | None
    at: datetime


@dataclass(frozen=True)
class Step:
    """An event, or (kind "") the passing of time until `at`, and what the engine said of it. `about`: which
    microphone or camera, which recorder.
    """

    at: datetime
    received_at: datetime
    kind: str
    id: str
    participant: str | None
    evidence: bool
    said: tuple[Said, ...] = ()
    about: str = ""


@dataclass(frozen=True)
class Held:
    """What the engine held then: the boards' view of the session, and what would have come to hold next."""

    view: Mapping[str, Any]
    pending: tuple[tuple[datetime, str, str | None], ...]


@dataclass(frozen=True)
class Why:
    """`rule` None: no live rule raised it. `held` None: it is about no session, or its log is gone."""

    rule: RuleThen | None
    steps: list[Step] = field(default_factory=list)
    left_out: int = 0
    held: Held | None = None


def why(case: Case) -> Why:
    """Needs the organization's scope."""
    if case.kind not in KINDS:
        return Why(None)
    rule = _rule(case)
    if case.session is None:
        return Why(rule)
    lines = PostgresLog().of_session(tenancy.current_organization(), case.session.key)
    noticed = micros(case.noticed_at)
    events = [event for event in map(event_of, lines) if event is not None]
    arrived = [event for event in events if (event.received_at or event.at) <= noticed]
    if not arrived:
        return Why(rule)
    return _replayed(rule, arrived, noticed, frozenset(case.evidence))


def _rule(case: Case) -> RuleThen:
    named = rules.versions_in(str(case.details.get("rules", "")))
    found = rulebook.named(named[1]) if named else rulebook.InForce()
    figures, usual = found.figures(), rules.usual()
    thresholds = {name: (figures[name], usual[name]) for name in rules.THRESHOLDS_OF[case.kind]}
    severity = found.setting(case.kind).severity or KINDS[case.kind].severity
    return RuleThen(case.kind, found.policies, found.values, thresholds, severity)


def _replayed(rule: RuleThen, events: list[LogEvent], until: int, evidence: frozenset[str]) -> Why:
    engine = Engine(versions=Policies())
    steps: list[Step] = []
    for event in events:
        arrived = event.received_at or event.at
        _pass_time(engine, arrived, steps)
        said = _said(engine.feed(event, arrived))
        if event.kind not in STEADY or said or event.id in evidence:
            steps.append(
                Step(
                    moment_of(event.at), moment_of(arrived), event.kind, event.id, event.participant,
                    event.id in evidence, said, _about(event.data),
                )
            )  # fmt: skip
    _pass_time(engine, until, steps)
    first = events[0]
    held = _held(engine, first.organization, first.session)
    return Why(rule, steps[-STEPS:], max(0, len(steps) - STEPS), held)


def _about(data: Any) -> str:
    return str(getattr(data, "source", "") or getattr(data, "recorder", ""))


def _pass_time(engine: Engine, until: int, steps: list[Step]) -> None:
    """Stops at every moment at which something falls due."""
    while (due := engine.next_due()) is not None and due <= until:
        due = max(due, engine.now)
        said = _said(engine.advance(due))
        if said:
            steps.append(Step(moment_of(due), moment_of(due), "", "", None, False, said))
    engine.advance(until)


def _said(outputs: list[Output]) -> tuple[Said, ...]:
    found = []
    for one in outputs:
        if isinstance(one, Raised):
            found.append(Said("raised", one.kind, one.participant, moment_of(one.raised_at)))
        elif isinstance(one, Cleared):
            found.append(Said("cleared", one.kind, one.participant, moment_of(one.cleared_at)))
        elif isinstance(one, Withdrawn):
            found.append(Said("withdrawn", one.kind, one.participant, moment_of(one.withdrawn_at)))
    return tuple(found)


def _held(engine: Engine, organization: int, session: str) -> Held | None:
    view = engine.session_view(organization, session)
    machine = engine.sessions.get((organization, session))
    if view is None or machine is None:
        return None
    room = machine.presence.state
    waits = [(one.due, one.kind, one.who) for one in all_upcoming(room, engine.now) if one.due < NEVER]
    waits += [(fold.state.due, name, None) for name, fold in (
        ("recording", machine.recording), ("inaudible", machine.audibility)
    ) if fold.state.due < NEVER]  # fmt: skip
    pending = sorted((due, kind, who or "") for due, kind, who in waits if due > engine.now)
    return Held(view, tuple((moment_of(due), kind, who or None) for due, kind, who in pending[:20]))
