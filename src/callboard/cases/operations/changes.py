"""What the system says about cases, as values: raised, cleared, reopened, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callboard.cases import rules


@dataclass(frozen=True, kw_only=True)
class Raise:
    """Something is wrong, and this is why.

    `occurrence` is its identity, once and for all; `cause` what it is about, over time. Left empty, they are
    made of kind, subject and moment. `participant` is the id that events carry. `why` is English with ids;
    `details` hold what the screens make the sentence from: {"key": ..., "params": {...}}.
    """

    kind: str
    severity: str
    raised_at: datetime
    noticed_at: datetime
    session_key: str | None = None
    participant: str | None = None
    provider: str | None = None
    occurrence: str = ""
    cause: str = ""
    why: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    evidence: Sequence[str] = ()

    def __post_init__(self) -> None:
        base = self.cause or rules.cause_of(self.kind, self.session_key, self.participant, self.provider)
        if not self.occurrence:
            object.__setattr__(self, "occurrence", rules.occurrence_of(base, self.raised_at))
        if not self.cause:
            # What keeps happening is another cause for each kind of it.
            of = self.details.get("of")
            object.__setattr__(self, "cause", f"{base}|{of}" if of else base)


@dataclass(frozen=True)
class Clear:
    """The cause is gone since `cleared_at`. Said again with another moment: that is when it was."""

    occurrence: str
    cleared_at: datetime


@dataclass(frozen=True)
class Reopen:
    """Late evidence shows that it had not cleared."""

    occurrence: str
    noticed_at: datetime


@dataclass(frozen=True)
class Withdraw:
    """Late evidence shows that it never held."""

    occurrence: str
    withdrawn_at: datetime
    why: str = ""


Change = Raise | Clear | Reopen | Withdraw
