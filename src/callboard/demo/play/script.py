"""The script of one session: who is in when, what their microphones and connections do, and what is recorded.

A script is a value. What happens is a function of it (`events`), so changing the future of a session is
making another script that agrees with the first up to now.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from callboard.demo.play.spans import Span, Spans, shared, union

SECOND = 1_000
MINUTE = 60 * SECOND

Direction = Literal["up", "down"]


@dataclass(frozen=True)
class Rough:
    """A stretch of a bad connection, in one direction."""

    span: Span
    direction: Direction = "up"
    loss: float = 0.12
    jitter_ms: float = 30.0
    rtt_ms: float = 240.0


@dataclass(frozen=True)
class Part:
    """One who takes part. `phase` is when on the ten seconds they report; `off` without a microphone
    published, `dead` with one that is open while nothing comes through."""

    participant: str
    role: Literal["instructor", "learner", "stranger"]
    stays: Spans
    phase: int
    muted: Spans = ()
    off: Spans = ()
    dead: Spans = ()
    rough: tuple[Rough, ...] = ()


@dataclass(frozen=True)
class Take:
    """One recorder's work. `stuck`: from when on its seconds stand still. `file_at` None: no file ever
    comes.
    """

    recorder: str
    start: int
    end: int
    how: Literal["stopped", "failed"] = "stopped"
    stuck: int | None = None
    file_at: int | None = None
    share: float = 1.0
    silent: bool = False

    def seconds_at(self, moment: int) -> float:
        """How much it has recorded by then."""
        until = min(moment, self.end, self.stuck if self.stuck is not None else self.end)
        return max(0, until - self.start) / SECOND


@dataclass(frozen=True)
class Script:
    """What will happen in one session, unless somebody interferes. Times in milliseconds since 1970.

    `ready` is when its room is (None: never), `closed` when the room ends. Within `hushed` its provider says
    nothing at all; within `lost` its server is gone. `taken` are the stretches that faults and near-misses
    have used up, so that they stay apart.
    """

    session: str
    seed: int
    starts: int
    ends: int
    recording: bool
    provider: str
    node: str | None
    region: str | None
    ready: int | None
    closed: int | None
    parts: tuple[Part, ...]
    takes: tuple[Take, ...] = ()
    hushed: Spans = ()
    lost: Spans = ()
    taken: Spans = field(default=(), compare=False)

    @property
    def instructor(self) -> Part:
        return next(part for part in self.parts if part.role == "instructor")

    @property
    def learners(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.role == "learner")

    @property
    def roster(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.role != "stranger")

    @property
    def length(self) -> int:
        return self.ends - self.starts

    def live(self) -> Spans:
        """When the instructor and at least one learner are in."""
        learning = union(span for learner in self.learners for span in learner.stays)
        return shared(self.instructor.stays, learning)

    def last_leave(self) -> int | None:
        """When the last one leaves, or None where nobody comes."""
        return max((end for part in self.parts for _, end in part.stays), default=None)

    def over(self) -> int:
        """By when nothing of it is left to happen, files included."""
        moments = [self.ends, self.last_leave() or 0, self.closed or 0]
        moments += [take.file_at or take.end for take in self.takes]
        return max(moments)

    def with_part(self, part: Part) -> Script:
        """The same with that person's part replaced, or with one more."""
        others = tuple(each for each in self.parts if each.participant != part.participant)
        kept = tuple(part if each.participant == part.participant else each for each in self.parts)
        return replace(self, parts=kept if len(others) < len(self.parts) else (*self.parts, part))

    def taking(self, span: Span) -> Script:
        """The same, and that stretch is used up."""
        return replace(self, taken=(*self.taken, span))
