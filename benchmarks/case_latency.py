"""From sending an event to the case on the SSE stream, p99 in ms, while sessions are live.

Ours: each live session sends the contract's load (4 people, a report each per 10 s, a progress and a poll
per 30 s, an utterance per 6 s) through ingest; now and then a stranger joins somewhere, and its case is
waited for on `GET /api/v1/stream`. The peer: Prometheus with Alertmanager, both tuned to 1 s. The limit: a
row committed and heard of by LISTEN, with nothing in between.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import random
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import psycopg

from benchmarks import _common, _product, _prometheus

LIMIT = "commit and NOTIFY"
PROBES_PER_S = 25
TICK = 0.1
PER_SESSION = 4 / 10 + 2 / 30 + 1 / 6  # events a second
KINDS = ("connection.report",) * 12 + ("recording.progress", "provider.polled") + ("speech",) * 5


class School:
    """Live sessions of four people, sending."""

    def __init__(self, port: int, key: str, sessions: list[tuple[str, list[str]]]) -> None:
        self._port = port
        self._key = key
        self.sessions = sessions
        self._numbers = itertools.count()
        self._leaving: list[dict[str, Any]] = []
        self._stop = threading.Event()
        self.behind = 0.0
        self.failed: Exception | None = None

    def client(self) -> Client:
        return Client(self._port, self._key)

    def event(self, kind: str, session: str, who: str | None = None, **data: Any) -> dict[str, Any]:
        from callboard.lib import clock

        at = clock.now().isoformat()
        event: dict[str, Any] = {"id": f"e-{next(self._numbers)}", "session": session, "kind": kind, "at": at}
        return event | ({"participant": who} if who else {}) | ({"data": data} if data else {})

    def begin(self) -> None:
        """Everybody comes in."""
        client = self.client()
        joins = [
            self.event("participant.joined", key, who) for key, people in self.sessions for who in people
        ]
        for first in range(0, len(joins), 2_000):
            client.send(joins[first : first + 2_000])

    @contextlib.contextmanager
    def sending(self) -> Iterator[None]:
        """The load, in a thread, within the block."""
        thread = threading.Thread(target=self._send)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _send(self) -> None:
        try:
            self._load()
        except Exception as error:
            self.failed = error

    def _load(self) -> None:
        client, chance = self.client(), random.Random(7)
        began, sent = time.perf_counter(), 0
        rate = PER_SESSION * len(self.sessions)
        while not self._stop.is_set():
            due = int((time.perf_counter() - began) * rate) - sent
            leaving, self._leaving = self._leaving[:-50], self._leaving[-50:]
            batch = [self._some(chance) for _ in range(min(due, 8_000))] + leaving
            if batch:
                client.send(batch)
            sent += due
            self.behind = (int((time.perf_counter() - began) * rate) - sent) / rate
            time.sleep(TICK)

    def _some(self, chance: random.Random) -> dict[str, Any]:
        key, people = chance.choice(self.sessions)
        kind = chance.choice(KINDS)
        if kind == "connection.report":
            figures = {"loss": 0.001, "jitter_ms": 8, "rtt_ms": 60, "audio_level": 0.1}
            return self.event(kind, key, chance.choice(people), interval=10, direction="up", **figures)
        if kind == "speech":
            event = self.event(kind, key, chance.choice(people))
            return event | {"data": {"ends_at": event["at"]}}
        if kind == "recording.progress":
            return self.event(kind, key, recorder="r-1", seconds=time.perf_counter())
        return self.event(kind, key, provider="simulator")

    def stranger(self, client: Client, name: str) -> float:
        """Someone who is on no roster joins; answers when that was sent."""
        session = random.Random(name).choice(self.sessions)[0]
        joined = self.event("participant.joined", session, name)
        sent = time.perf_counter()
        client.send([joined])
        self._leaving.append(self.event("participant.left", session, name))
        return sent


class Client:
    """One connection that sends events."""

    def __init__(self, port: int, key: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def send(self, events: list[dict[str, Any]]) -> None:
        self._http.request("POST", "/api/v1/events", msgspec.json.encode(events), self._headers)
        answer = self._http.getresponse()
        body = answer.read()
        if answer.status != 202 or msgspec.json.decode(body)["rejected"]:
            raise RuntimeError(f"{answer.status}: {body[:300]!r}")


class Stream:
    """Listens to `GET /api/v1/stream`; when each participant's case came."""

    def __init__(self, port: int, key: str) -> None:
        self.heard: dict[str, float] = {}
        self.ready = threading.Event()
        self._http = http.client.HTTPConnection("127.0.0.1", port)
        self._http.request("GET", "/api/v1/stream", headers={"Authorization": f"Bearer {key}"})
        self._answer = self._http.getresponse()
        if self._answer.status != 200:
            raise RuntimeError(f"the stream answered {self._answer.status}")
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        name = b""
        while line := self._answer.readline():
            self.ready.set()
            if line.startswith(b"event:"):
                name = line[6:].strip()
            elif line.startswith(b"data:") and name == b"case":
                case = msgspec.json.decode(line[5:])
                self.heard.setdefault(str(case.get("participant")), time.perf_counter())


def ours(school: School, stream: Stream, probes: int, turn: int) -> float:
    """p99 in ms over so many strangers, spread evenly."""
    client, sent = school.client(), dict[str, float]()
    for number in range(probes):
        name = f"stranger-{turn}-{number}"
        sent[name] = school.stranger(client, name)
        time.sleep(max(0.0, 1 / PROBES_PER_S - (time.perf_counter() - sent[name])))
    deadline = time.monotonic() + 20
    while not sent.keys() <= stream.heard.keys() and time.monotonic() < deadline:
        time.sleep(0.01)
    if school.failed is not None:
        raise school.failed
    late = [stream.heard.get(name, time.perf_counter()) - moment for name, moment in sent.items()]
    _common.say(
        f"  p50 {_common.percentile(late, 0.5) * 1000:.0f} ms of {len(late)}; "
        f"the load is {school.behind:.1f} s behind"
    )
    return _common.percentile(late, 0.99) * 1000


def committed(url: str, probes: int) -> float:
    """A row, its commit, and word of it on another connection."""
    late = []
    with psycopg.connect(url, autocommit=True) as writer, psycopg.connect(url, autocommit=True) as reader:
        writer.execute("CREATE TABLE IF NOT EXISTS bench_limit (id bigserial PRIMARY KEY, at timestamptz)")
        reader.execute("LISTEN bench_limit")
        for _ in range(probes):
            began = time.perf_counter()
            with writer.transaction():
                writer.execute("INSERT INTO bench_limit (at) VALUES (now())")
                writer.execute("NOTIFY bench_limit")
            for _ in reader.notifies(timeout=5, stop_after=1):
                late.append(time.perf_counter() - began)
    return _common.percentile(late, 0.99) * 1000


def book(
    organization: int, count: int, length: timedelta = timedelta(hours=1)
) -> list[tuple[str, list[str]]]:
    """Sessions that began a minute ago: key, and the keys of an instructor and three learners."""
    from callboard.lib import clock
    from callboard.lib.tenancy import organization_scope
    from callboard.people import operations as people
    from callboard.people.models import Person
    from callboard.sessions.operations import Booking, book_many

    begins = clock.now() - timedelta(minutes=1)
    found: list[tuple[str, list[str]]] = []
    for first in range(0, count, 500):
        size = min(500, count - first)
        drafts = [people.Draft(name=f"Instructor {n}", skills=["maths:8"]) for n in range(size)]
        drafts += [people.Draft(name=f"Learner {n}", level="8") for n in range(3 * size)]
        with organization_scope(organization):
            made = people.create_people(drafts)
            teams = [[made[n], *made[size + 3 * n : size + 3 * n + 3]] for n in range(size)]
            bookings = [
                Booking(
                    title="Algebra",
                    starts_at=begins,
                    ends_at=begins + length,
                    instructor=team[0].pk,
                    learners=[learner.pk for learner in team[1:]],
                    provider="simulator",
                )
                for team in teams
            ]
            booked = book_many(bookings)
            keys = dict(Person.objects.values_list("pk", "key"))
        found += [
            (session.key, [keys[person.pk] for person in team])
            for session, team in zip(booked, teams, strict=True)
        ]
    return found


CAUGHT_UP = """
SELECT count(*) = 8 AND min(position) >= (SELECT coalesce(max(seq), 0) FROM callboard_live_event) - %s
FROM callboard_live_partitionlease WHERE partition >= 0 AND held_until > now()
"""


def caught_up(admin_url: str, seconds: float = 120, lag: int = 0) -> None:
    """Until the engine has read the whole log, but for so many lines of it."""
    deadline = time.monotonic() + seconds
    with psycopg.connect(admin_url, autocommit=True) as admin:
        while time.monotonic() < deadline:
            if admin.execute(CAUGHT_UP, [lag]).fetchone() == (True,):
                return
            time.sleep(0.1)
    raise RuntimeError("the engine did not catch up")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.case_latency", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 live sessions rather than 10,000")
    quick = parser.parse_args().quick
    sessions, probes = (1_000, 40) if quick else (10_000, 250)
    with _product.database() as place, contextlib.ExitStack() as stack:
        organization, key = _product.school()
        booked = book(organization, sessions)
        peer = stack.enter_context(_prometheus.peer(sessions))
        port = stack.enter_context(_product.web())
        stack.enter_context(_product.engine())
        school, stream = School(port, key, booked), Stream(port, key)
        school.begin()
        caught_up(place.admin_url)
        turns = itertools.count()
        contenders: dict[str, _common.Contender] = {
            "ours": lambda: ours(school, stream, probes, next(turns)),
            LIMIT: lambda: committed(place.admin_url, probes),
        }
        if peer is not None:
            contenders[_prometheus.NAME] = lambda: peer.measure(probes // 4, 1.0)
        with school.sending():
            figures = _common.interleave(contenders)
    _common.report("case_latency", "ms", figures, higher_is_better=False, peer=_prometheus.NAME, limit=LIMIT)


if __name__ == "__main__":
    main()
