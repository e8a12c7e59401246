"""What the engine says: cases raised, cleared and taken back, promises, attendance, and the session's state.

Times are microseconds. A case is one by (organization, session, kind, participant, raised_at).
"""

from __future__ import annotations

import msgspec


class Place(msgspec.Struct, frozen=True):
    """Where a session is held, from its plan: what incidents may share."""

    node: str | None = None
    instructor: str | None = None
    region: str | None = None
    provider: str | None = None


class Case(msgspec.Struct, frozen=True):
    """What a rule holds to be so. `key` and `params` make the sentence (`wording`); evidence: event ids."""

    kind: str
    participant: str | None
    raised_at: int
    key: str
    params: dict[str, str | int]
    evidence: tuple[str, ...] = ()
    cleared_at: int | None = None
    of: str | None = None  # unstable: of which kind
    severity: str = ""  # as its rule then said: "" as usual, "off" where nobody is told
    rules: str = ""  # the version then in force; "" for the default


class _Said(msgspec.Struct, frozen=True, tag=True):
    organization: int
    session: str


class Raised(_Said, frozen=True):
    """A new case. It may have cleared already; then a `Cleared` follows at once."""

    kind: str
    participant: str | None
    severity: str
    raised_at: int
    noticed_at: int
    why: str
    key: str
    params: dict[str, str | int]
    evidence: tuple[str, ...]
    place: Place
    of: str | None = None
    rules: str = ""


class Cleared(_Said, frozen=True):
    """The case cleared by itself at `cleared_at`; said again where late evidence moves that."""

    kind: str
    participant: str | None
    raised_at: int
    cleared_at: int
    noticed_at: int


class Reopened(_Said, frozen=True):
    """Late evidence shows that the case had not cleared."""

    kind: str
    participant: str | None
    raised_at: int
    noticed_at: int


class Withdrawn(_Said, frozen=True):
    """Late evidence shows that the case never held; `reason` is a key: not_so."""

    kind: str
    participant: str | None
    raised_at: int
    withdrawn_at: int
    reason: str = "not_so"


class ExpectationChanged(_Said, frozen=True):
    """A promise: due when, and what became of it: open, met, late, missed or waived."""

    kind: str
    participant: str | None
    due_at: int | None
    status: str
    met_at: int | None = None


class SessionChanged(_Said, frozen=True):
    """`status`: planned, ready, open (people are in), live, ended or cancelled."""

    status: str
    started_at: int | None
    ended_at: int | None


class AttendanceChanged(_Said, frozen=True):
    """Who is or was in. `present_us` counts finished stays; `inside_since` the one that goes on.

    `joins` 0: late evidence shows that they never were in.
    """

    participant: str
    role: str | None
    joined_at: int
    left_at: int | None
    inside_since: int | None
    joins: int
    present_us: int


class Incident(msgspec.Struct, frozen=True):
    """Several sessions' cases with one cause."""

    key: str
    kind: str
    sessions: tuple[str, ...]
    raised_at: int
    cleared_at: int | None


class IncidentRaised(msgspec.Struct, frozen=True, tag=True):
    organization: int
    incident: Incident
    noticed_at: int


class IncidentChanged(msgspec.Struct, frozen=True, tag=True):
    """The same key, kind and raised_at; its sessions or its clearing are others now."""

    organization: int
    incident: Incident
    noticed_at: int


class IncidentWithdrawn(msgspec.Struct, frozen=True, tag=True):
    organization: int
    incident: Incident
    withdrawn_at: int


CaseOutput = Raised | Cleared | Reopened | Withdrawn
Output = (
    Raised | Cleared | Reopened | Withdrawn | ExpectationChanged | SessionChanged | AttendanceChanged
    | IncidentRaised | IncidentChanged | IncidentWithdrawn
)  # fmt: skip
