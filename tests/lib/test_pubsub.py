from __future__ import annotations

import asyncio
import json
from typing import Any

import psycopg
import pytest

from callboard.lib import pubsub


async def heard(conninfo: str, organization: int, said: list[tuple[int, str]]) -> list[pubsub.Word]:
    """What one listener hears, after it stands, of the words that were said."""
    hub = pubsub.Hub(conninfo)
    words: list[pubsub.Word] = []
    async with hub.subscribe(organization) as queue:
        assert (await asyncio.wait_for(queue.get(), 10)).topic == pubsub.LOST
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as speaker:
            for whose, topic in said:
                word = json.dumps({"organization": whose, "topic": topic, "data": {}})
                await speaker.execute("SELECT pg_notify(%s, %s)", [pubsub.CHANNEL, word])
        while not words or words[-1].topic != "last":
            words.append(await asyncio.wait_for(queue.get(), 10))
    return words


@pytest.mark.django_db(transaction=True)
def test_a_listener_hears_its_own_organization_alone(database_place: Any) -> None:
    said = [(1, "case"), (2, "case"), (1, "session"), (1, "last")]
    words = asyncio.run(heard(database_place.logins.app, 1, said))
    assert [word.topic for word in words] == ["case", "session", "last"]


def test_who_listens_and_who_comes_still_is_told_when_the_process_leaves() -> None:
    async def told() -> list[str]:
        hub = pubsub.Hub("host=127.0.0.1 port=1 connect_timeout=1")
        async with hub.subscribe(1) as early:
            hub.leave()
            async with hub.subscribe(2) as late:
                return [early.get_nowait().topic, late.get_nowait().topic]

    assert asyncio.run(told()) == [pubsub.LEAVING, pubsub.LEAVING]


def test_a_listener_that_falls_behind_hears_of_the_end_all_the_same() -> None:
    queue: asyncio.Queue[pubsub.Word] = asyncio.Queue(2)
    for topic in ("one", "two", pubsub.LEAVING):
        pubsub.Hub._put(queue, pubsub.Word(1, topic, {}))
    assert [queue.get_nowait().topic for _ in range(2)] == [pubsub.LOST, pubsub.LEAVING]


def test_a_listener_that_falls_behind_is_told_that_it_lost_some() -> None:
    queue: asyncio.Queue[pubsub.Word] = asyncio.Queue(2)
    for topic in ("one", "two", "three"):
        pubsub.Hub._put(queue, pubsub.Word(1, topic, {}))
    assert [queue.get_nowait().topic] == [pubsub.LOST]
    assert queue.empty()
