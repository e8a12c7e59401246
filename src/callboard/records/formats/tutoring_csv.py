"""Reads tutoring transcripts in CSV: an utterance a row, with its start, its end and its speaker.

Columns (others are left alone): `text`, `startTimestamp`, `endTimestamp` (RFC 3339 with an offset), `speaker`
(tutor or student) and `speaker_#`, whose lower case with hyphens for blanks identifies the person.
"""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from callboard.records.formats.transcript import Transcript, UnreadableTranscript, Utterance

COLUMNS = ("text", "startTimestamp", "endTimestamp", "speaker", "speaker_#")


def read(path: Path) -> Transcript:
    """The transcript; raises UnreadableTranscript, naming the line."""
    transcript = Transcript()
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise UnreadableTranscript("columns_missing", f"no column {', '.join(missing)}", 1)
            for number, row in enumerate(reader):
                _take(transcript, number, row, reader.line_num)
    except csv.Error as error:
        raise UnreadableTranscript("csv_broken", f"cut short, or no CSV: {error}") from None
    except UnicodeDecodeError as error:
        raise UnreadableTranscript("csv_broken", f"no UTF-8: {error.reason}") from None
    if not transcript.utterances:
        raise UnreadableTranscript("no_events", "no utterance in it")
    return transcript


def _take(transcript: Transcript, number: int, row: dict[str, str], line: int) -> None:
    if None in row.values() or None in row:
        raise UnreadableTranscript("csv_cut_short", "the row has fewer or more fields than the header", line)
    try:
        start, end = _moment(row["startTimestamp"]), _moment(row["endTimestamp"])
    except ValueError as error:
        raise UnreadableTranscript("time_unreadable", str(error), line) from None
    speaker = identity(row["speaker_#"])
    if not speaker:
        transcript.refused.append((line, "nobody is named as the speaker"))
    elif end < start:
        transcript.refused.append((line, "it ends before it begins"))
    else:
        role = "instructor" if row["speaker"].strip().lower() == "tutor" else "learner"
        transcript.utterances.append(Utterance(number, speaker, role, start, end, row["text"]))


def identity(speaker: str) -> str:
    return speaker.strip().lower().replace(" ", "-")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return moment
