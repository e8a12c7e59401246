"""Several voices made one: sums what the tracks of a room bring, by the clock. Pure but for its buffers."""

from __future__ import annotations

import numpy as np

from callboard.lib.media import RATE, Samples

CUSHION = RATE // 5
"""A track is heard from so many samples on: what the network brings unevenly is played evenly."""
LONGEST = RATE * 2
"""Of a track that brings more than is taken, what is older is dropped."""


class _Track:
    __slots__ = ("parts", "playing", "waiting")

    def __init__(self) -> None:
        self.parts: list[Samples] = []
        self.waiting = 0
        self.playing = False

    def push(self, samples: Samples) -> None:
        self.parts.append(samples)
        self.waiting += len(samples)
        while self.waiting - len(self.parts[0]) > LONGEST:
            self.waiting -= len(self.parts.pop(0))

    def pull(self, count: int) -> Samples | None:
        """The next samples, at most `count`; None while there are too few."""
        if not self.playing and self.waiting < CUSHION:
            return None
        self.playing = self.waiting >= count
        if not self.parts:
            return None
        joined = np.concatenate(self.parts)
        self.parts = [joined[count:]] if len(joined) > count else []
        self.waiting = len(joined) - min(count, len(joined))
        return joined[:count]


class Mixer:
    """The tracks of one room, by their ids."""

    def __init__(self) -> None:
        self._tracks: dict[str, _Track] = {}

    def push(self, track: str, samples: Samples) -> None:
        """What a track brings: 48 kHz, one channel."""
        self._tracks.setdefault(track, _Track()).push(samples)

    def drop(self, track: str) -> None:
        """It is over; what it still had to say is not waited for."""
        self._tracks.pop(track, None)

    def pull(self, count: int) -> Samples:
        """The next `count` samples of all tracks together; silence where none has any."""
        mixed = np.zeros(count, np.int32)
        for track in self._tracks.values():
            samples = track.pull(count)
            if samples is not None:
                mixed[: len(samples)] += samples
        return np.clip(mixed, -32768, 32767).astype(np.int16)
