"""A request stays in one thread, and is over once, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.core import signals
from django.test import override_settings

from tests.config import asgi_urls


@pytest.fixture
def ended() -> Iterator[list[str]]:
    """The signals of requests, in their order."""
    found: list[str] = []

    def begun(**_more: Any) -> None:
        found.append("started")

    def over(**_more: Any) -> None:
        found.append("finished")

    signals.request_started.connect(begun)
    signals.request_finished.connect(over)
    with override_settings(ROOT_URLCONF="tests.config.asgi_urls", DEBUG_PROPAGATE_EXCEPTIONS=False):
        yield found
    signals.request_started.disconnect(begun)
    signals.request_finished.disconnect(over)


communicator: Any = ApplicationCommunicator  # its methods say no types


def scope(path: str) -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http",
        "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }  # fmt: skip


async def asked(path: str, parts: int | None = None) -> tuple[int, bytes]:
    """Status and body; after so many `parts` whoever asked has gone."""
    from callboard.config.asgi import pages

    one = communicator(pages, scope(path))
    await one.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await one.receive_output(5)
    body, more, received = b"", True, 0
    while more and received != parts:
        part = await one.receive_output(5)
        body, more, received = body + part.get("body", b""), part.get("more_body", False), received + 1
    if parts is not None:
        await one.send_input({"type": "http.disconnect"})
    await one.wait(5)
    return start["status"], body


def test_an_answer_is_made_in_a_thread_that_is_kept(ended: list[str]) -> None:
    status, body = async_to_sync(asked)("/whole")
    assert (status, body[:4]) == (200, b"page")
    assert ended == ["started", "finished"]


def test_a_view_that_breaks_is_an_answer_and_an_end_too(ended: list[str]) -> None:
    status, body = async_to_sync(asked)("/broken")
    assert status == 500
    assert b"Traceback" not in body
    assert ended == ["started", "finished"]


def test_a_stream_ends_when_its_reader_has_gone(ended: list[str]) -> None:
    asgi_urls.left.clear()
    status, body = async_to_sync(asked)("/endless", 3)
    assert (status, body) == (200, b"word\n" * 3)
    assert asgi_urls.left.wait(5)
    assert ended == ["started", "finished"]
