"""One person in a LiveKit room: `python -m tests.support.livekit_person URL TOKEN [microphone] [camera]`.

Says `in` when they are in, then does what each line on standard input tells, answering with its first word.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

import numpy as np
from livekit import rtc

RATE = 48_000
TONE = 440.0  # hertz
WIDTH, HEIGHT = 320, 180


class Person:
    def __init__(self) -> None:
        self.room = rtc.Room()
        self.tracks: dict[str, rtc.LocalTrack] = {}
        self.playing: set[asyncio.Task[None]] = set()
        self.heard = 0
        self.messages: list[str] = []
        self.room.on("track_subscribed", self._subscribed)
        self.room.on("data_received", self._received)

    async def come_in(self, url: str, token: str, publishing: list[str]) -> None:
        await self.room.connect(url, token)
        for source in publishing:
            await getattr(self, f"_publish_{source}")()

    async def do(self, what: str) -> str:
        match what:
            case "mute":
                self.tracks["microphone"].mute()
            case "unmute":
                self.tracks["microphone"].unmute()
            case "unpublish":
                await self.room.local_participant.unpublish_track(self.tracks.pop("microphone").sid)
            case "heard":
                return str(self.heard)
            case "messages":
                return "|".join(self.messages)
            case "leave":
                await self.room.disconnect()
        return ""

    async def _publish_microphone(self) -> None:
        source = rtc.AudioSource(RATE, 1)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self.room.local_participant.publish_track(track, options)
        self.tracks["microphone"] = track
        self._play(self._sound(source))

    async def _publish_camera(self) -> None:
        source = rtc.VideoSource(WIDTH, HEIGHT)
        track = rtc.LocalVideoTrack.create_video_track("camera", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA)
        await self.room.local_participant.publish_track(track, options)
        self.tracks["camera"] = track
        self._play(self._pictures(source))

    async def _sound(self, source: rtc.AudioSource) -> None:
        at = 0
        while True:
            phase = 2 * np.pi * TONE * (np.arange(RATE // 100) + at) / RATE
            samples = (np.sin(phase) * 8_000).astype(np.int16)
            at += len(samples)
            await source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, len(samples)))

    async def _pictures(self, source: rtc.VideoSource) -> None:
        frame = rtc.VideoFrame(
            WIDTH, HEIGHT, rtc.VideoBufferType.RGBA, bytes([40, 90, 160, 255]) * WIDTH * HEIGHT
        )
        while True:
            source.capture_frame(frame)
            await asyncio.sleep(0.1)

    async def _listen(self, track: rtc.Track) -> None:
        async for event in rtc.AudioStream(track):
            self.heard += len(event.frame.data)

    def _subscribed(self, track: rtc.Track, *_: object) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self._play(self._listen(track))

    def _received(self, packet: rtc.DataPacket) -> None:
        self.messages.append(f"{packet.topic}={packet.data.decode()}")

    def _play(self, what: Coroutine[Any, Any, None]) -> None:
        self.playing.add(asyncio.ensure_future(what))


async def main(url: str, token: str, *publishing: str) -> None:
    person = Person()
    await person.come_in(url, token, list(publishing))
    print("in", flush=True)  # noqa: T201
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        what = line.strip()
        print(what, await person.do(what), flush=True)  # noqa: T201
        if what == "leave":
            return


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
