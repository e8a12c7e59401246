"""Hearing one room: in as a hidden helper, every microphone mixed into a stream, by the clock.

1. It lets itself in, and takes up the microphones (and, where wanted, the shared screen) of those whom it may
   hear. Not let in: again every `AGAIN_AFTER`.
2. While it is connected, sound is written as fast as time passes, silence where nobody speaks. Connection
   lost: nothing is written until it is back, so that seconds recorded are seconds heard.
3. The room becomes another (replaced): out of the one, into the other; the stream goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from livekit import rtc

from callboard.integrations.recorder.mixing import Mixer
from callboard.integrations.recorder.spool import Stream
from callboard.lib.media import BLOCK, RATE, Samples, Writer
from callboard.sessions.ports import Entry

TICK = 0.1  # seconds
AGAIN_AFTER = 1.0  # seconds
CONNECTS_WITHIN = 5.0  # seconds
MOST_AT_ONCE = RATE  # samples: after a pause of the whole process, so many are made good

log = logging.getLogger(__name__)

LetIn = Callable[[], Awaitable[Entry]]
MayHear = Callable[[str], bool]


@dataclass
class Hearing:
    """One room, heard. `room` names it; set to another, the hearing moves there."""

    stream: Stream
    let_in: LetIn
    may_hear: MayHear
    room: str
    screen: bool = False
    before: float = 0.0
    """Seconds that earlier epochs recorded."""

    def __post_init__(self) -> None:
        self._writer = Writer(self.stream, screen=self.screen)
        self._stopping = asyncio.Event()
        self._mixer = Mixer()
        self._shown: rtc.VideoFrame | None = None
        self.connected = False

    @property
    def seconds(self) -> float:
        return self.before + self._writer.seconds

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Until it is told to stop. Whatever the room does is no failure."""
        try:
            while not self._stopping.is_set():
                try:
                    await self._be_in(self.room)
                except Exception as error:
                    log.info("a room could not be heard: %s", type(error).__name__)
                if not self._stopping.is_set():
                    await self._pause(AGAIN_AFTER)
        finally:
            self._writer.close()

    async def _be_in(self, room_name: str) -> None:
        """In this room, until it is over, another is wanted, or all is."""
        entry = await self.let_in()
        room = rtc.Room()
        ears = _Ears(self._mixer, self._show)
        room.on("track_published", lambda publication, who: self._take_up(publication, who.identity))
        room.on("track_subscribed", lambda track, publication, _who: ears.open(track, publication))
        room.on("track_unsubscribed", lambda _track, publication, _who: ears.close(publication.sid))
        try:
            options = rtc.RoomOptions(auto_subscribe=False, connect_timeout=CONNECTS_WITHIN)
            await asyncio.wait_for(room.connect(entry.url, entry.token, options), CONNECTS_WITHIN * 2)
            for who in room.remote_participants.values():
                for publication in who.track_publications.values():
                    self._take_up(publication, who.identity)
            await self._write_while_in(room, room_name)
        finally:
            self.connected = False
            await ears.close_all()
            with contextlib.suppress(Exception):
                await asyncio.wait_for(room.disconnect(), CONNECTS_WITHIN)

    def _take_up(self, publication: rtc.RemoteTrackPublication, identity: str) -> None:
        if not self.may_hear(identity):
            return
        seen = self.screen and publication.source == rtc.TrackSource.SOURCE_SCREENSHARE
        if publication.kind == rtc.TrackKind.KIND_AUDIO or seen:
            publication.set_subscribed(True)

    async def _write_while_in(self, room: rtc.Room, room_name: str) -> None:
        loop = asyncio.get_running_loop()
        written_until = loop.time()
        while not self._stopping.is_set() and self.room == room_name:
            if room.connection_state == rtc.ConnectionState.CONN_DISCONNECTED:
                return
            self.connected = room.connection_state == rtc.ConnectionState.CONN_CONNECTED
            now = loop.time()
            if not self.connected:
                written_until = now
            count = min(int((now - written_until) * RATE), MOST_AT_ONCE) // BLOCK * BLOCK
            if count:
                self._writer.sound(self._mixer.pull(count))
                written_until += count / RATE
                if now - written_until > MOST_AT_ONCE / RATE:
                    written_until = now
            if self.screen:
                self._writer.picture(_picture(self._shown))
            await self._pause(TICK)

    def _show(self, frame: rtc.VideoFrame | None) -> None:
        self._shown = frame

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


class _Ears:
    """The open tracks of one stay in a room, each read by a task."""

    def __init__(self, mixer: Mixer, show: Callable[[rtc.VideoFrame | None], None]) -> None:
        self._mixer = mixer
        self._show = show
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def open(self, track: Any, publication: rtc.RemoteTrackPublication) -> None:
        self.close(publication.sid)
        reading: Coroutine[Any, Any, None]
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            reading = self._hear(publication.sid, track)
        else:
            reading = self._watch(track)
        self._tasks[publication.sid] = asyncio.create_task(reading)

    def close(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()
        self._mixer.drop(name)

    async def close_all(self) -> None:
        tasks = list(self._tasks.values())
        for name in list(self._tasks):
            self.close(name)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _hear(self, name: str, track: Any) -> None:
        sound = rtc.AudioStream(track, sample_rate=RATE, num_channels=1)
        try:
            async for event in sound:
                self._mixer.push(name, _samples(event.frame))
        finally:
            await sound.aclose()

    async def _watch(self, track: Any) -> None:
        pictures = rtc.VideoStream(track, capacity=1, format=rtc.VideoBufferType.I420)
        try:
            async for event in pictures:
                self._show(event.frame)
        finally:
            self._show(None)
            await pictures.aclose()


def _samples(frame: rtc.AudioFrame) -> Samples:
    return np.frombuffer(frame.data, np.int16).copy()


def _picture(frame: rtc.VideoFrame | None) -> av.VideoFrame | None:
    """As the writer takes it; None for nothing, and for what has no even size."""
    if frame is None or frame.width % 2 or frame.height % 2:
        return None
    planar = np.frombuffer(frame.data, np.uint8)[: frame.width * frame.height * 3 // 2]
    return av.VideoFrame.from_ndarray(planar.reshape(frame.height * 3 // 2, frame.width), "yuv420p")
