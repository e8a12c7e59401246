"""What every transcript is read into, and why one is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Utterance:
    """Somebody spoke from `start` to `end`; `row` is its place in the file, from 0."""

    row: int
    speaker: str
    role: str
    start: datetime
    end: datetime
    text: str


@dataclass
class Transcript:
    """Utterances in the file's order; `refused` are the rows that could not be meant: line, and why."""

    utterances: list[Utterance] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


class UnreadableTranscript(ValueError):
    """The file cannot be read as what it is said to be; `code` says why, `line` where."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.line = line
