"""People in lessons for `callboard drill rooms`: each comes in by their join link, as the classroom does.

`python -m callboard.drills._classroom PEOPLE.json`: a list of {"session", "person", "door", "cookie"}. Says
on standard output, a line of JSON each time, in which room somebody is and whom they see there.

1. They ask the door, and enter the room that it names, with a microphone open.
2. The connection is lost or is being tried again: they ask the door every two seconds. It names another
   room: they go there. It names the same and that works again: they stay.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from livekit import rtc

ASKED_EVERY = 2.0  # seconds, while something is wrong
CONNECTS_WITHIN = 8.0
RATE = 16_000
FRAME = RATE // 10


class Pupil:
    """One of them."""

    def __init__(self, session: str, person: str, door: str, cookie: dict[str, str]) -> None:
        self.session = session
        self.person = person
        self._door = door
        self._http = httpx.AsyncClient(cookies=cookie, timeout=5.0, follow_redirects=True)
        self._room: rtc.Room | None = None
        self._where = ""
        self._wrong = asyncio.Event()
        self._speaking: asyncio.Task[None] | None = None

    async def attend(self) -> None:
        """For good."""
        while True:
            answer = await self._ask()
            if answer.get("state") == "open" and (self._room is None or answer["room"] != self._where):
                await self._go(answer)
            if self._room is not None and not self._wrong.is_set():
                await self._wrong.wait()
            else:
                await asyncio.sleep(ASKED_EVERY)

    async def _ask(self) -> dict[str, Any]:
        """What the door says; nothing where it does not answer."""
        with suppress(httpx.HTTPError, ValueError):
            if "csrftoken" not in self._http.cookies:
                await self._http.get(self._door)
            token = self._http.cookies.get("csrftoken") or ""
            answer = await self._http.post(
                f"{self._door}/enter", headers={"X-CSRFToken": token, "Referer": self._door}
            )
            found: dict[str, Any] = answer.json()
            return found
        return {}

    async def _go(self, answer: dict[str, Any]) -> None:
        room = rtc.Room()
        try:
            await asyncio.wait_for(room.connect(answer["url"], answer["token"]), CONNECTS_WITHIN)
        except (rtc.ConnectError, TimeoutError):
            return
        former, self._room, self._where = self._room, room, answer["room"]
        self._wrong.clear()
        room.on("reconnecting", lambda: self._trouble(room))
        room.on("reconnected", lambda: self._well(room))
        room.on("disconnected", lambda *_: self._lost(room))
        for event in ("participant_connected", "participant_disconnected"):
            room.on(event, lambda *_: self._say())
        self._say()
        if self._speaking is not None:
            self._speaking.cancel()
        self._speaking = asyncio.create_task(self._speak(room))
        if former is not None:
            with suppress(Exception):
                await asyncio.wait_for(former.disconnect(), 1.0)

    def _trouble(self, room: rtc.Room) -> None:
        if room is self._room:
            self._wrong.set()

    def _well(self, room: rtc.Room) -> None:
        if room is self._room:
            self._wrong.clear()
            self._say()

    def _lost(self, room: rtc.Room) -> None:
        if room is self._room:
            self._room, self._where = None, ""
            self._wrong.set()
            self._say()

    async def _speak(self, room: rtc.Room) -> None:
        """A hum, so that there is something to record."""
        source = rtc.AudioSource(RATE, 1)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await room.local_participant.publish_track(track, options)
        hum = (4000 if n // 40 % 2 else -4000 for n in range(FRAME))
        samples = b"".join(each.to_bytes(2, "little", signed=True) for each in hum)
        while True:
            await source.capture_frame(rtc.AudioFrame(samples, RATE, 1, FRAME))

    def _say(self) -> None:
        sees = sorted(self._room.remote_participants) if self._room is not None else []
        said = {"session": self.session, "person": self.person, "room": self._where, "sees": sees}
        print(json.dumps({**said, "at": time.time()}), flush=True)  # noqa: T201 - what it is for


async def main(place: str) -> None:
    pupils = [Pupil(**each) for each in json.loads(Path(place).read_text())]
    await asyncio.gather(*(pupil.attend() for pupil in pupils))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
