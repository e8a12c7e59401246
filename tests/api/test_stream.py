"""The stream: what changes comes whole and at once, and nothing is missed over a break."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from callboard.api import stream
from callboard.cases import operations
from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.people.models import ApiKey
from tests.api.conftest import Caller, School, is_problem, key_of, login_of

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 10.0


class Listener:
    """Reads a stream as its client would."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self._chunks: AsyncIterator[bytes] = aiter(response.streaming_content)

    async def next(self, name: str) -> tuple[str, Any]:
        """The id and data of the next event of this name."""
        async with asyncio.timeout(PATIENCE):
            async for chunk in self._chunks:
                fields = dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n"))
                if fields.get("event") == name:
                    return fields["id"], json.loads(fields["data"])
        raise AssertionError("the stream ended")


async def listen(caller: Caller, last: str = "") -> Listener:
    headers = {"Authorization": f"Bearer {caller.token}", **({"Last-Event-ID": last} if last else {})}
    response = await AsyncClient().get("/api/v1/stream", headers=headers)
    assert response["Content-Type"] == "text/event-stream"
    return Listener(response)


def in_school(school: School, work: Callable[[], Any]) -> Any:
    def run() -> Any:
        with organization_scope(school.organization.pk):
            return work()

    return sync_to_async(run)()


def test_a_case_that_changes_comes_whole(school: School, key: Caller) -> None:
    async def story() -> None:
        stream_of = await listen(key)
        await stream_of.next("beat")
        moment = school.case.raised_at + timedelta(minutes=1)
        await asyncio.sleep(0.5)  # until the hub listens
        await in_school(school, lambda: operations.clear_case(school.case.occurrence, moment))
        while True:
            _id, case = await stream_of.next("case")
            if case["status"] == "cleared":
                break
        assert case["id"] == school.case.pk
        assert case["cleared_at"] == "2030-03-04T10:03:00Z"
        assert case["evidence"] == ["e-1", "e-2"]

    asyncio.run(story())


def test_what_changed_during_a_break_is_told_on_return(school: School, key: Caller) -> None:
    async def story() -> None:
        last = str(round((clock.now() - timedelta(minutes=5)).timestamp() * 1_000_000))
        stream_of = await listen(key, last)
        _id, case = await stream_of.next("case")
        assert (case["id"], case["status"]) == (school.case.pk, "open")

    asyncio.run(story())


def test_a_stream_beats_while_nothing_happens(
    school: School, key: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)

    async def story() -> None:
        stream_of = await listen(key)
        first, _data = await stream_of.next("beat")
        second, _data = await stream_of.next("beat")
        assert int(second) >= int(first)

    asyncio.run(story())


def test_a_stream_ends_when_its_key_is_revoked(
    school: School, key: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)
    monkeypatch.setattr(stream, "LOOK_AGAIN", 0.0)

    async def story() -> None:
        stream_of = await listen(key)
        await stream_of.next("beat")
        await in_school(school, lambda: ApiKey.objects.update(revoked_at=clock.now()))
        with pytest.raises(AssertionError, match="ended"):
            await stream_of.next("never")

    asyncio.run(story())


def test_an_instructor_hears_of_no_cases(school: School) -> None:
    login_of(school.organization, "marta", "instructor", school.marta)
    reader = key_of(school.organization, "sessions.read")

    async def story() -> None:
        last = str(round((clock.now() - timedelta(minutes=5)).timestamp() * 1_000_000))
        stream_of = await listen(reader, last)
        await stream_of.next("beat")
        await asyncio.sleep(0.5)

        def change() -> None:
            from callboard.sessions.operations import cancel

            operations.clear_case(school.case.occurrence, school.case.raised_at)
            cancel("s-1")

        await in_school(school, change)
        _id, word = await stream_of.next("session")
        assert word["key"] == "s-1"

    asyncio.run(story())


def test_a_stream_says_who_may_not_listen_and_what_is_no_id(school: School, key: Caller) -> None:
    async def story() -> None:
        is_problem(await AsyncClient().get("/api/v1/stream"), 401, "unauthorized")
        headers = {"Authorization": f"Bearer {key.token}"}
        nonsense = await AsyncClient().get("/api/v1/stream", headers={**headers, "Last-Event-ID": "x"})
        is_problem(nonsense, 422, "invalid")
        is_problem(await AsyncClient().post("/api/v1/stream", headers=headers), 405, "method_not_allowed")

    asyncio.run(story())
