"""Tutoring transcripts in CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from callboard.records.formats.transcript import UnreadableTranscript
from callboard.records.formats.tutoring_csv import read

HEAD = "text,startTimestamp,endTimestamp,speaker,speaker_#\n"
ROW = '"Hello, you",2023-02-11T08:57:27.210-08:00,2023-02-11T08:57:30.140-08:00,tutor,tutor\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_row_is_an_utterance_by_an_identity(tmp_path: Path) -> None:
    row = ROW.replace("tutor,tutor", "student,Student A")
    first, second = read(written(tmp_path, HEAD + ROW + row)).utterances
    assert (first.speaker, first.role, first.text) == ("tutor", "instructor", "Hello, you")
    assert (second.speaker, second.role, second.row) == ("student-a", "learner", 1)
    assert (first.end - first.start).total_seconds() == pytest.approx(2.93)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "columns_missing"),
        ("a,b\n1,2\n", "columns_missing"),
        (HEAD, "no_events"),
        (HEAD + ROW + '"Hello', "csv_broken"),
        (HEAD + ROW + "Hello,2023-02-11T08:57", "csv_cut_short"),
        (HEAD + ROW.replace("2023-02-11T08:57:30.140-08:00", "half past"), "time_unreadable"),
        (HEAD + ROW.replace("30.140-08:00", "30.140"), "time_unreadable"),
    ],
)
def test_what_is_no_transcript_or_cut_short_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(UnreadableTranscript) as caught:
        read(written(tmp_path, text))
    assert caught.value.code == code


def test_a_row_that_ends_before_it_begins_is_refused_alone(tmp_path: Path) -> None:
    backwards = ROW.replace("57:30.140", "57:20.140")
    transcript = read(written(tmp_path, HEAD + backwards + ROW))
    assert len(transcript.utterances) == 1
    assert [line for line, _ in transcript.refused] == [2]


def test_real_transcripts_are_read_whole(shared_data: Path) -> None:
    for path in sorted((shared_data / "lessonlink" / "data" / "transcripts").glob("*.csv"))[:5]:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = sum(1 for _ in csv.DictReader(lines))
        assert len(read(path).utterances) == rows
