"""Recordings are written as streams that survive being cut short, joined, and measured by decoding."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest

from callboard.lib import media
from callboard.lib.media import BLOCK, RATE, Unreadable, Writer


def tone(seconds: float, level: float = 0.3) -> media.Samples:
    count = int(seconds * RATE) // BLOCK * BLOCK
    wave = np.sin(np.arange(count) * 2 * np.pi * 440 / RATE) * level * 32767
    return wave.astype(np.int16)


def stream(path: Path, samples: media.Samples, *, screen: bool = False, cut: float = 1.0) -> Path:
    """A stream of these samples; with `cut` only so much of its bytes, as a kill leaves it."""
    out = io.BytesIO()
    writer = Writer(out, screen=screen)
    for start in range(0, len(samples), BLOCK * 5):
        writer.sound(samples[start : start + BLOCK * 5])
        writer.picture(None)
    if cut == 1.0:
        writer.close()
    content = out.getvalue()
    path.write_bytes(content[: int(len(content) * cut)])
    return path


def test_a_stream_is_as_long_as_what_was_written_and_is_heard(tmp_path: Path) -> None:
    found = media.measure(stream(tmp_path / "a", tone(5)))
    assert found.seconds == pytest.approx(5, abs=0.1)
    assert not found.silent
    assert found.peak == pytest.approx(0.3, abs=0.05)


def test_a_stream_of_nothing_is_silent(tmp_path: Path) -> None:
    found = media.measure(stream(tmp_path / "a", np.zeros(RATE * 3, np.int16)))
    assert found.silent
    assert found.seconds == pytest.approx(3, abs=0.1)


def test_a_stream_that_is_cut_short_gives_all_but_its_last_seconds(tmp_path: Path) -> None:
    whole = tone(20)
    found = media.measure(stream(tmp_path / "a", whole, cut=0.999))
    assert 17 < found.seconds < 20


def test_streams_are_joined_end_to_end(tmp_path: Path) -> None:
    parts = [
        stream(tmp_path / "1", tone(6), cut=0.99),
        stream(tmp_path / "2", tone(4)),
        stream(tmp_path / "3", tone(2)),
    ]
    lengths = [media.measure(part).seconds for part in parts]
    (tmp_path / "torn").write_bytes(b"\x1a\x45")
    seconds = media.join([parts[0], tmp_path / "torn", *parts[1:]], tmp_path / "all.webm")
    found = media.measure(tmp_path / "all.webm")
    assert found.seconds == pytest.approx(sum(lengths), abs=0.15)
    assert seconds == pytest.approx(found.seconds, abs=0.15)


def test_a_joined_file_can_be_sought_in(tmp_path: Path) -> None:
    media.join([stream(tmp_path / "1", tone(20))], tmp_path / "all.webm")
    with av.open(str(tmp_path / "all.webm")) as file:
        assert file.duration == pytest.approx(20_000_000, abs=200_000)
        file.seek(15_000_000)
        frame = next(file.decode(audio=0))
        assert frame.time is not None
        assert 13 < frame.time <= 15.1


def test_a_stream_with_the_screen_has_pictures_beside_its_sound(tmp_path: Path) -> None:
    out = io.BytesIO()
    writer = Writer(out, screen=True)
    white = av.VideoFrame.from_ndarray(np.full((400, 300, 3), 255, np.uint8), "rgb24")
    for _ in range(20):
        writer.sound(tone(0.2))
        writer.picture(white)
    writer.close()
    (tmp_path / "s").write_bytes(out.getvalue())
    with av.open(str(tmp_path / "s")) as file:
        pictures = [frame.to_ndarray(format="gray") for frame in file.decode(video=0)]
    assert len(pictures) == pytest.approx(20, abs=1)
    assert pictures[-1].shape == (720, 1280)
    assert pictures[-1][360, 640] > 200
    assert pictures[-1][360, 20] < 50


def test_what_is_no_recording_is_said_to_be_unreadable(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "noise").write_bytes(b"not a recording at all" * 100)
    for name in ("empty", "noise"):
        with pytest.raises(Unreadable):
            media.measure(tmp_path / name)
    with pytest.raises(Unreadable):
        media.join([tmp_path / "empty"], tmp_path / "out.webm")
