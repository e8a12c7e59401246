"""What the engine said, sorted by whom it concerns: one organization's part of one commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from callboard.cases.operations import Change, Clear, Raise, Reopen, Withdraw
from callboard.live.engine.moments import moment_of
from callboard.live.engine.outputs import (
    AttendanceChanged,
    Cleared,
    ExpectationChanged,
    IncidentChanged,
    IncidentRaised,
    IncidentWithdrawn,
    Output,
    Raised,
    Reopened,
    SessionChanged,
    Withdrawn,
)

IncidentOutput = IncidentRaised | IncidentChanged | IncidentWithdrawn
CaseOutput = Raised | Cleared | Reopened | Withdrawn
PROVIDER_KIND = "provider_quiet"
ProviderOf = Callable[[int, str], str | None]


@dataclass
class Told:
    """In the order in which it was said; of promises, attendance and status only the last word counts."""

    cases: list[Change] = field(default_factory=list)
    promises: dict[tuple[str, str, str | None], ExpectationChanged] = field(default_factory=dict)
    sessions: dict[str, SessionChanged] = field(default_factory=dict)
    attendance: dict[tuple[str, str], AttendanceChanged] = field(default_factory=dict)
    incidents: list[IncidentOutput] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    """Keys of sessions whose boards look different now."""


def sort(outputs: Iterable[Output], provider_of: ProviderOf) -> dict[int, Told]:
    """By organization. `provider_of(organization, session)` names whose silence a provider_quiet is about."""
    told: dict[int, Told] = defaultdict(Told)
    for output in outputs:
        mine = told[output.organization]
        if isinstance(output, Raised | Cleared | Reopened | Withdrawn):
            mine.cases.append(change_of(output, provider_of))
            mine.changed.add(output.session)
        elif isinstance(output, ExpectationChanged):
            mine.promises[output.session, output.kind, output.participant] = output
        elif isinstance(output, SessionChanged):
            mine.sessions[output.session] = output
            mine.changed.add(output.session)
        elif isinstance(output, AttendanceChanged):
            mine.attendance[output.session, output.participant] = output
            mine.changed.add(output.session)
        else:
            mine.incidents.append(output)
    return dict(told)


def change_of(output: CaseOutput, provider_of: ProviderOf) -> Change:
    """A case as the engine says it, as `cases` takes it: one per provider where it is about a provider."""
    provider = provider_of(output.organization, output.session) if output.kind == PROVIDER_KIND else None
    if isinstance(output, Raised):
        return _raise(output, provider)
    shape = Raise(
        kind=output.kind,
        severity="",
        session_key=None if provider else output.session,
        participant=output.participant,
        provider=provider,
        raised_at=moment_of(output.raised_at),
        noticed_at=moment_of(output.raised_at),
    )
    if isinstance(output, Cleared):
        return Clear(shape.occurrence, moment_of(output.cleared_at))
    if isinstance(output, Reopened):
        return Reopen(shape.occurrence, moment_of(output.noticed_at))
    return Withdraw(shape.occurrence, moment_of(output.withdrawn_at), output.reason)


def _raise(output: Raised, provider: str | None) -> Raise:
    details: dict[str, object] = {"key": output.key, "params": output.params}
    place = {name: value for name in ("node", "region", "provider") if (value := getattr(output.place, name))}
    if place:
        details["place"] = place
    if output.of is not None:
        details["of"] = output.of
    if output.rules:
        details["rules"] = output.rules
    return Raise(
        kind=output.kind,
        severity=output.severity,
        session_key=None if provider else output.session,
        participant=output.participant,
        provider=provider,
        raised_at=moment_of(output.raised_at),
        noticed_at=moment_of(output.noticed_at),
        why=output.why,
        details=details,
        evidence=output.evidence,
    )
