"""Durable ingest over HTTP, against COPY of the same rows and Redis streams that sync at every write.

All three begin with the events as a Python program has them, and end when they are durable. Ours: `POST
/api/v1/events` to the web process, batches of 1,000 over 16 connections; an event counts once 202 has been
said. The limit: psycopg COPY of the same rows into the same table, one commit for what 16 requests bring. The
peer: redis-py, XADD with `appendfsync always`, pipelines of 1,000 over 16 connections.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import msgspec

from benchmarks import _common, _product

CONNECTIONS = 16
BATCH = 1_000
SESSIONS = 1_000
PARTITIONS = 8
COPY_COLUMNS = "organization_id, partition, session, event_id, kind, participant, at, received_at, mark, data"


def events(batches: int, start: int) -> list[list[dict[str, Any]]]:
    """A live session's load (contract): 4 people, reports, speech, a recorder, polls; ids never repeat."""
    from callboard.lib import clock

    now = clock.now()
    mix = ["connection.report"] * 24 + ["speech"] * 10 + ["recording.progress", "provider.polled"] * 2
    found: list[list[dict[str, Any]]] = []
    number = start
    for _ in range(batches):
        batch = []
        for _ in range(BATCH):
            number += 1
            session, kind = number % SESSIONS, mix[number % len(mix)]
            at = (now + timedelta(milliseconds=number % 1000)).isoformat().replace("+00:00", "Z")
            event: dict[str, Any] = {"id": f"e-{number:09d}", "session": f"ses_{session:016d}", "kind": kind}
            event |= {"at": at, "data": data_of(kind, number, at)}
            if kind in {"connection.report", "speech"}:
                event["participant"] = f"per_{session * 4 + number % 4:016d}"
            batch.append(event)
        found.append(batch)
    return found


def data_of(kind: str, number: int, at: str) -> dict[str, Any]:
    if kind == "connection.report":
        return {"interval": 10, "direction": ("up", "down")[number % 2], "loss": 0.004, "jitter_ms": 11.5,
                "rtt_ms": 62, "audio_level": 0.12}  # fmt: skip
    if kind == "speech":
        return {"ends_at": at}
    if kind == "recording.progress":
        return {"recorder": "rec-1", "seconds": number % 3600}
    return {"provider": "simulator"}


class Ours:
    """The web process, spoken to in plain HTTP/1.1 so that the caller costs little."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._key = key

    def measure(self, batches: list[list[dict[str, Any]]]) -> float:
        head = (
            f"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._key}\r\n"
            "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n"
        )
        return asyncio.run(self._send(head, batches))

    async def _send(self, head: str, batches: list[list[dict[str, Any]]]) -> float:
        streams = [await asyncio.open_connection("127.0.0.1", self._port) for _ in range(CONNECTIONS)]
        waiting = iter(batches)
        began = time.perf_counter()
        accepted = sum(await asyncio.gather(*(self._work(*stream, head, waiting) for stream in streams)))
        seconds = time.perf_counter() - began
        for _, writer in streams:
            writer.close()
        if accepted != len(batches) * BATCH:
            raise RuntimeError(f"only {accepted} of {len(batches) * BATCH} were accepted")
        return accepted / seconds

    @staticmethod
    async def _work(
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        head: str,
        waiting: Iterator[list[dict[str, Any]]],
    ) -> int:
        accepted = 0
        for batch in waiting:
            body = msgspec.json.encode(batch)
            writer.write(head.format(len(body)).encode() + body)
            lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
            length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
            answer = await reader.readexactly(length)
            if b" 202 " not in lines[0]:
                raise RuntimeError(f"refused: {answer[:200]!r}")
            accepted += msgspec.json.decode(answer)["accepted"]
        return accepted


def copied(admin_url: str, organization: int, batches: list[list[dict[str, Any]]]) -> float:
    """Plain psycopg COPY of the same rows; one commit for as much as 16 requests bring."""
    import psycopg

    rows = [[_row(organization, event) for event in batch] for batch in batches]
    with psycopg.connect(admin_url) as connection:
        began = time.perf_counter()
        for first in range(0, len(rows), CONNECTIONS):
            with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY callboard_live_event ({COPY_COLUMNS}) FROM STDIN".encode()) as copy,
            ):
                for batch in rows[first : first + CONNECTIONS]:
                    for row in batch:
                        copy.write_row(row)
            connection.commit()
        return len(rows) * BATCH / (time.perf_counter() - began)


def _row(organization: int, event: dict[str, Any]) -> tuple[Any, ...]:
    return (
        organization, hash(event["session"]) % PARTITIONS, event["session"], event["id"], event["kind"],
        event.get("participant"), event["at"], event["at"], "", json.dumps(event["data"]),
    )  # fmt: skip


class Redis:
    """redis-server in a folder of its own, syncing at every write, through its usual Python client."""

    name = "redis-py XADD, appendfsync always"

    def __init__(self, port: int) -> None:
        from redis import Redis as Client

        self._clients = [Client(port=port) for _ in range(CONNECTIONS)]
        for client in self._clients:
            client.ping()

    def measure(self, batches: list[list[dict[str, Any]]]) -> float:
        self._clients[0].flushall()
        waiting = iter(batches)
        lock = threading.Lock()

        def work(client: Any) -> None:
            while True:
                with lock:
                    batch = next(waiting, None)
                if batch is None:
                    return
                pipeline = client.pipeline(transaction=False)
                for event in batch:
                    pipeline.xadd("events", {**event, "data": msgspec.json.encode(event["data"])})
                pipeline.execute()

        began = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(work, self._clients))
        return len(batches) * BATCH / (time.perf_counter() - began)


@contextlib.contextmanager
def redis() -> Iterator[Redis | None]:
    """None, named on standard error, where redis-server is absent."""
    program = shutil.which("redis-server")
    client = importlib.util.find_spec("redis")
    if program is None or client is None:
        _common.say("redis-server or redis-py is absent: no peer (make bench-peers)")
        yield None
        return
    from callboard.lib.postgres.processes import free_port

    port = free_port()
    with tempfile.TemporaryDirectory(prefix="callboard-redis-") as folder:
        options = ["--port", str(port), "--dir", folder, "--appendonly", "yes", "--appendfsync", "always"]
        with _product.process([program, *options, "--save", "", "--loglevel", "warning"], quiet=True):
            _product.wait_for_port(port)
            yield Redis(port)


def book(organization: int) -> None:
    """The sessions that the events are of."""
    from callboard.lib import clock
    from callboard.lib.tenancy import organization_scope
    from callboard.sessions.models import Session

    now = clock.now()
    with organization_scope(organization):
        Session.objects.bulk_create(
            Session(key=f"ses_{n:016d}", title="Algebra", starts_at=now, ends_at=now + timedelta(hours=1))
            for n in range(SESSIONS)
        )


def empty(admin_url: str) -> None:
    """Each turn begins with the same table, and with nothing left to write out."""
    import psycopg

    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("TRUNCATE callboard_live_event")
        admin.execute("CHECKPOINT")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.ingest", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same size, ended within 40 s")
    quick = parser.parse_args().quick
    batches = 32 if quick else 160
    with _product.database() as place:
        organization, key = _product.school()
        book(organization)
        with _product.web() as port, redis() as peer:
            ours = Ours(port, key)
            drawn = iter(range(10**6))

            def some() -> list[list[dict[str, Any]]]:
                empty(place.admin_url)
                return events(batches, next(drawn) * batches * BATCH)

            ours.measure(events(CONNECTIONS, 10**9))  # connections, caches, compiled paths: as in a long run
            contenders: dict[str, _common.Contender] = {
                "ours": lambda: ours.measure(some()),
                "psycopg COPY": lambda: copied(place.admin_url, organization, some()),
            }
            if peer is not None:
                contenders[peer.name] = lambda: peer.measure(some())
            figures = _common.interleave(contenders)
    _common.report(
        "ingest", "events/s", figures, higher_is_better=True, peer=Redis.name, limit="psycopg COPY"
    )


if __name__ == "__main__":
    main()
