"""Recordings as files: written as a stream that a kill cuts short but does not spoil, joined, and measured.

A stream is WebM: Opus at 48 kHz, one channel, and with `screen` VP8 beside it. Its bytes only grow, so that
they can be put away as they come; whatever was put away can be read. `join` makes one file of the streams of
a recorder that was killed and resumed; `measure` decodes a file and says how long it is and whether anything
is to be heard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av
import av.error
import numpy as np
from numpy.typing import NDArray

RATE = 48_000
BLOCK = 960
"""Samples of one Opus frame: 20 ms."""

BITS = 32_000
SCREEN = (1280, 720)
SCREEN_RATE = 5
SCREEN_BITS = 400_000
CLUSTER_MS = 1_000
"""What a kill can lose of a stream: the bytes of a cluster are written when it is full."""

HEARD = 0.001
"""A file whose loudest sample stays under this share of full scale is silent: the level of the live rules."""

AUDIO, VIDEO = "audio/webm", "video/webm"

Samples = NDArray[np.int16]


class Bytes(Protocol):
    """Takes the bytes of a stream, in order."""

    def write(self, data: bytes) -> int: ...


class Unreadable(Exception):
    """Nothing in the file can be decoded."""


class Writer:
    """One stream in the making."""

    def __init__(self, out: Bytes, *, screen: bool = False) -> None:
        options = {"live": "1", "cluster_time_limit": str(CLUSTER_MS), "flush_packets": "1"}
        self._out: Any = av.open(_Forward(out), "w", format="webm", options=options)
        self._audio: Any = self._out.add_stream("libopus", rate=RATE, layout="mono")
        self._audio.bit_rate = BITS
        self._video: Any = None
        if screen:
            self._video = self._out.add_stream("libvpx", rate=SCREEN_RATE, options=_VPX)
            self._video.width, self._video.height = SCREEN
            self._video.pix_fmt = "yuv420p"
            self._video.bit_rate = SCREEN_BITS
            self._video.codec_context.gop_size = SCREEN_RATE * 4
        self._samples = 0
        self._shown = -1

    @property
    def seconds(self) -> float:
        """How much sound it has taken."""
        return self._samples / RATE

    def sound(self, samples: Samples) -> None:
        """The next samples of the mix; a multiple of BLOCK."""
        for start in range(0, len(samples), BLOCK):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + BLOCK], "s16", "mono")
            frame.sample_rate = RATE
            frame.pts = self._samples
            frame.time_base = Fraction(1, RATE)
            self._samples += BLOCK
            self._out.mux(self._audio.encode(frame))

    def picture(self, frame: av.VideoFrame | None) -> None:
        """What is shown from now on; None: nothing. Passed over where it comes too soon after the last."""
        number = int(self.seconds * SCREEN_RATE)
        if self._video is None or number <= self._shown:
            return
        self._shown = number
        shown = _blank() if frame is None else _fitted(frame)
        shown.pts = number
        shown.time_base = Fraction(1, SCREEN_RATE)
        self._out.mux(self._video.encode(shown))

    def close(self) -> None:
        """The last bytes; after it nothing is taken."""
        for stream in (self._audio, self._video):
            if stream is not None and (self._samples if stream is self._audio else self._shown >= 0):
                self._out.mux(stream.encode(None))
        self._out.close()


@dataclass(frozen=True)
class Measured:
    """`peak` of 0 to 1; `silent`: nothing in it is to be heard."""

    seconds: float
    bytes: int
    silent: bool
    peak: float


def measure(path: Path) -> Measured:
    """Decode all of its sound. Raises Unreadable."""
    samples, peak, rate = 0, 0, RATE
    try:
        with av.open(str(path)) as source:
            if not source.streams.audio:
                raise Unreadable("there is no sound in the file")
            for frame in _frames(source):
                rate = frame.sample_rate
                samples += frame.samples
                peak = max(peak, _peak(frame))
    except (av.error.FFmpegError, OSError) as error:
        if not samples:
            raise Unreadable("the file cannot be decoded") from error
    if not samples:
        raise Unreadable("there is no sound in the file")
    share = peak / 32768
    return Measured(round(samples / rate, 3), path.stat().st_size, share < HEARD, round(share, 5))


def join(streams: Sequence[Path], to: Path) -> float:
    """One file of several streams, end to end, not encoded anew; answers its seconds.

    A stream that was cut short gives what it holds; one that holds nothing is passed over. Raises Unreadable
    where none holds anything.
    """
    offset = Fraction(0)
    out: Any = None
    tracks: dict[str, Any] = {}
    try:
        for path in streams:
            try:
                with av.open(str(path)) as source:
                    if out is None:
                        out = av.open(str(to), "w", format="webm", options={"reserve_index_space": "65536"})
                        tracks = {each.type: out.add_stream_from_template(each) for each in source.streams}
                    offset = _append(source, out, tracks, offset)
            except (av.error.FFmpegError, OSError):
                continue
    finally:
        if out is not None:
            out.close()
    if not offset:
        raise Unreadable("no stream holds anything")
    return float(offset)


def _append(source: Any, out: Any, tracks: dict[str, Any], offset: Fraction) -> Fraction:
    """Copy a stream's packets behind `offset`; answers where the next begins."""
    end = offset
    try:
        for packet in source.demux():
            track = tracks.get(packet.stream.type)
            if packet.pts is None or track is None or packet.size == 0:
                continue
            base = packet.time_base
            shift = int(offset / base)
            length = packet.duration or (int(Fraction(BLOCK, RATE) / base))
            if packet.stream.type == "audio":
                end = max(end, offset + (packet.pts + length) * base)
            packet.pts += shift
            if packet.dts is not None:
                packet.dts += shift
            packet.stream = track
            out.mux(packet)
    except av.error.FFmpegError:
        pass  # cut short: what came before it counts
    return end


def _frames(source: Any) -> Iterator[Any]:
    """What can be decoded; a torn end ends it."""
    try:
        yield from source.decode(audio=0)
    except av.error.FFmpegError:
        return


def _peak(frame: Any) -> int:
    samples = frame.to_ndarray()
    if samples.size == 0:
        return 0
    if samples.dtype.kind == "f":
        return int(min(1.0, float(np.abs(samples).max())) * 32768)
    scale = 1 if samples.dtype == np.int16 else 65536
    return int(np.abs(samples.astype(np.int64)).max()) // scale


_VPX = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "threads": "1"}


def _blank() -> av.VideoFrame:
    frame = av.VideoFrame(*SCREEN, "yuv420p")
    for plane, value in zip(frame.planes, (16, 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return frame


def _fitted(frame: av.VideoFrame) -> av.VideoFrame:
    """Whole within SCREEN, in its own proportions, on black."""
    width, height = SCREEN
    scale = min(width / frame.width, height / frame.height)
    inner = (int(frame.width * scale) // 2 * 2, int(frame.height * scale) // 2 * 2)
    small = frame.reformat(*inner, "yuv420p").to_ndarray()
    canvas = _blank().to_ndarray()
    left, top = (width - inner[0]) // 4 * 2, (height - inner[1]) // 4 * 2
    canvas[top : top + inner[1], left : left + inner[0]] = small[: inner[1]]
    for plane in range(2):
        source = _chroma(small, inner, plane)
        target = _chroma(canvas, SCREEN, plane)
        target[top // 2 : top // 2 + inner[1] // 2, left // 2 : left // 2 + inner[0] // 2] = source
    return av.VideoFrame.from_ndarray(canvas, "yuv420p")


def _chroma(picture: NDArray[Any], size: tuple[int, int], plane: int) -> NDArray[Any]:
    """A view of one colour plane of a planar picture."""
    width, height = size
    flat = picture.reshape(-1)
    length = width * height // 4
    start = width * height + plane * length
    return flat[start : start + length].reshape(height // 2, width // 2)


class _Forward:
    """A file that can only be written, so that the stream's bytes are never gone back to."""

    def __init__(self, out: Bytes) -> None:
        self._out = out

    def write(self, data: bytes) -> int:
        return self._out.write(bytes(data))
