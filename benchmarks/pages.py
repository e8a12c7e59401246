"""The slowest page's p95 in ms, with a year's history behind it.

Ours: the queue, the wall, a live session and the promises, asked of the web process over HTTP by a signed-in
coordinator, one after another; 400 sessions are live and 120 cases open. The peer: Django's own admin, its
lists of the same rows, in the same server. The limit: the bare SQL of our slowest page, over psycopg.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence

import psycopg

from benchmarks import _admin, _common, _product, _year
from callboard.lib.postgres.processes import free_port
from callboard.lib.processes import ready

PEER = "Django admin"
LIMIT = "bare SQL"
WARM = 3
IDLE = 10.0
"""Seconds after which a kept connection is made anew: others have their turn meanwhile."""


def cookie(organization: int) -> str:
    """A coordinator's login, as the browser sends it."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from callboard.lib.tenancy import organization_scope
    from callboard.people import operations

    user = operations.create_login("nora@bench.example", "Nora Lindqvist")
    with organization_scope(organization):
        operations.add_member(user, "coordinator")
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


class Asker:
    """One kept connection, asking for pages."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = headers
        self._last = time.monotonic()

    def asking(self, path: str) -> Callable[[int], float]:
        return lambda _turn: self.ask(path)

    def ask(self, path: str) -> float:
        """In ms, the whole answer read."""
        if time.monotonic() - self._last > IDLE:
            self._http.close()  # as the server has, and as a browser would notice
        began = time.perf_counter()
        self._http.request("GET", path, headers=self._headers)
        answer = self._http.getresponse()
        body = answer.read()
        took = (time.perf_counter() - began) * 1000
        self._last = time.monotonic()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:200]!r}")
        return took


def slowest(pages: dict[str, Callable[[int], float]], times: int) -> float:
    """The largest p95 of these pages; each is asked so often, in turns."""
    took: dict[str, list[float]] = {name: [] for name in pages}
    for number in range(times):
        for name, ask in pages.items():
            took[name].append(ask(number))
    p95 = {name: _common.percentile(found, 0.95) for name, found in took.items()}
    _common.say("  " + ", ".join(f"{name} {value:.1f}" for name, value in p95.items()))
    return max(p95.values())


@contextlib.contextmanager
def admin(organization: int) -> Iterator[int]:
    """Django's admin in a process of its own, on a free port."""
    port = free_port()
    os.environ["BENCH_ORGANIZATION"] = str(organization)
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--log-level", "warning", "--factory", "benchmarks._admin:application"),
    ]
    with _named("benchmarks._admin_settings"), _product.process(command):
        probe = f"http://127.0.0.1:{port}{_admin.LISTS['cases']}"
        if not ready.wait_until(lambda: ready.answers(probe), 180.0, unless=lambda: False):
            raise RuntimeError("the admin did not answer")
        yield port


@contextlib.contextmanager
def _named(settings: str) -> Iterator[None]:
    former = os.environ.get("DJANGO_SETTINGS_MODULE")
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    try:
        yield
    finally:
        if former is None:
            del os.environ["DJANGO_SETTINGS_MODULE"]
        else:
            os.environ["DJANGO_SETTINGS_MODULE"] = former


def statements(paths: Sequence[str], sent: str) -> dict[str, list[str]]:
    """The SQL that each page sends, as it was sent."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"cookie": sent, "host": "localhost"})
    found: dict[str, list[str]] = {}
    for path in paths:
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        # Not what only makes savepoints: there is one transaction here.
        found[path] = [
            query["sql"]
            for query in captured.captured_queries
            if query["sql"].lstrip().startswith(("SELECT", "UPDATE", "WITH"))
        ]
    return found


def bare(connection: psycopg.Connection[tuple[object, ...]], found: Sequence[str]) -> float:
    """One page's statements in one transaction, every row read. In ms."""
    began = time.perf_counter()
    with connection.transaction(force_rollback=True):
        for statement in found:
            cursor = connection.execute(statement.encode())
            while cursor.description:
                cursor.fetchall()
                if not cursor.nextset():
                    break
    return (time.perf_counter() - began) * 1000


def replaying(
    connection: psycopg.Connection[tuple[object, ...]], found: Sequence[str]
) -> Callable[[int], float]:
    return lambda _turn: bare(connection, found)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.pages", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="50,000 sessions rather than 500,000")
    quick = parser.parse_args().quick
    count, times, peers = (50_000, 40, 20) if quick else (500_000, 100, 40)
    with _product.database() as place, contextlib.ExitStack() as stack:
        organization, _key = _product.school()
        year = _year.write(place.admin_url, organization, count)
        sent = cookie(organization)
        port = stack.enter_context(_product.web())
        peer_port = stack.enter_context(admin(organization))
        ours, peer = Asker(port, {"Cookie": sent}), Asker(peer_port, {})
        pages: dict[str, Callable[[int], float]] = {
            "queue": lambda _n: ours.ask("/queue/"),
            "wall": lambda _n: ours.ask("/wall/") + ours.ask("/wall/cells/"),
            "session": lambda n: ours.ask(f"/sessions/{year.live[n % len(year.live)]}/"),
            "promises": lambda _n: ours.ask("/promises/"),
        }
        lists = {name: peer.asking(path) for name, path in _admin.LISTS.items()}
        asked = statements(["/queue/", "/wall/cells/", f"/sessions/{year.live[0]}/", "/promises/"], sent)
        bench = stack.enter_context(psycopg.connect(place.logins.app, autocommit=True))
        plain = {path: replaying(bench, found) for path, found in asked.items()}
        for _ in range(WARM):
            for warmed in (pages, lists, plain):
                for ask in warmed.values():
                    ask(0)
        figures = _common.interleave(
            {
                "ours": lambda: slowest(pages, times),
                PEER: lambda: slowest(lists, peers),
                LIMIT: lambda: slowest(plain, times),
            }
        )
    _common.report("pages", "ms", figures, higher_is_better=False, peer=PEER, limit=LIMIT)


if __name__ == "__main__":
    main()
