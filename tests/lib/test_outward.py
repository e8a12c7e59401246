"""Fetching from addresses that people type: public ones alone, within bounds."""

from __future__ import annotations

import socket
import threading
from typing import Any

import httpx
import pytest

from callboard.lib import outward
from callboard.lib.outward import Unreachable


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::",
    ],
)  # fmt: skip
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not outward.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111"])
def test_an_address_of_the_world_is(address: str) -> None:
    assert outward.is_public(address)


def names(monkeypatch: pytest.MonkeyPatch, **known: list[str]) -> None:
    """Let names stand for addresses."""

    def lookup(host: str, port: int, **_options: Any) -> list[Any]:
        if host not in known and host.replace(".", "_") not in known:
            return [(None, None, None, "", (host, port))]
        return [(None, None, None, "", (each, port)) for each in known[host.replace(".", "_")]]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def answers(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[httpx.Request]:
    """Let requests be answered without a network; answers those that were made."""
    asked: list[httpx.Request] = []
    plain = httpx.Client

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        found: httpx.Response = answer(request)
        return found

    monkeypatch.setattr(
        httpx, "Client", lambda **options: plain(transport=httpx.MockTransport(handle), **options)
    )
    return asked


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/feed.ics", "http://[::1]/", "http://localhost.example/", "file:///etc/passwd",
        "gopher://x.example/", "http://x.example:5432/", "http://user:secret@x.example/", "nonsense", "http://",
        "http://x.example:99999999/", "http://mixed.example/",
    ],
)  # fmt: skip
def test_what_leads_inward_is_not_asked(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    names(
        monkeypatch,
        localhost_example=["127.0.0.1"],
        x_example=["1.1.1.1"],
        mixed_example=["1.1.1.1", "10.0.0.1"],
    )
    asked = answers(monkeypatch, lambda _request: httpx.Response(200, content=b"inside"))
    with pytest.raises(Unreachable):
        outward.fetch(url)
    assert asked == []


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, cal_example=["1.1.1.1"])
    asked = answers(monkeypatch, lambda _request: httpx.Response(200, content=b"calendar"))
    assert outward.fetch("webcal://cal.example/feed.ics?key=1") == b"calendar"
    assert str(asked[0].url) == "https://1.1.1.1/feed.ics?key=1"
    assert asked[0].headers["host"] == "cal.example"
    assert asked[0].extensions["sni_hostname"] == "cal.example"


def test_no_log_tells_the_secret_of_an_address(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    names(monkeypatch, cal_example=["1.1.1.1"])
    answers(monkeypatch, lambda _request: httpx.Response(200, content=b"calendar"))
    outward.fetch("https://cal.example/private-secret/feed.ics?key=secret")
    assert "secret" not in caplog.text


def test_a_redirect_inward_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, cal_example=["1.1.1.1"])
    away = httpx.Response(302, headers={"location": "http://169.254.169.254/latest/meta-data"})
    asked = answers(monkeypatch, lambda _request: away)
    with pytest.raises(Unreachable):
        outward.fetch("https://cal.example/feed.ics")
    assert len(asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://[nonsense",
        "https://x.example\x00/",
        f"https://{'a' * 70}.example/",
        "https://x.example/a b\x7f",
    ],
)
def test_what_is_no_address_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    names(monkeypatch, x_example=["1.1.1.1"])
    asked = answers(monkeypatch, lambda _request: httpx.Response(200, content=b"calendar"))
    with pytest.raises(Unreachable):
        outward.fetch(url)
    assert asked == []


@pytest.mark.parametrize("leads", ["https://[nonsense", "https://x.example/" + "a" * 70_000])
def test_a_redirect_to_what_is_no_address_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, leads: str
) -> None:
    names(monkeypatch, x_example=["1.1.1.1"])
    answers(monkeypatch, lambda _request: httpx.Response(302, headers={"location": leads}))
    with pytest.raises(Unreachable):
        outward.fetch("https://x.example/")


@pytest.mark.parametrize("slow", ["a name", "headers"])
def test_nobody_waits_longer_than_the_whole_may_take(monkeypatch: pytest.MonkeyPatch, slow: str) -> None:
    over = threading.Event()
    names(monkeypatch, x_example=["1.1.1.1"])
    answers(monkeypatch, lambda _request: httpx.Response(200 if over.wait(60) else 500))
    if slow == "a name":
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: over.wait(60) and [])
    monkeypatch.setattr(outward, "WITHIN_S", 0.1)
    with pytest.raises(Unreachable, match="too long"):
        outward.fetch("https://x.example/")
    over.set()


def test_what_is_too_large_or_never_arrives_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, cal_example=["1.1.1.1"])
    monkeypatch.setattr(outward, "MOST_BYTES", 10)
    answers(monkeypatch, lambda _request: httpx.Response(200, content=b"x" * 11))
    with pytest.raises(Unreachable, match="larger"):
        outward.fetch("https://cal.example/")
    monkeypatch.setattr(outward, "WITHIN_S", -1.0)
    with pytest.raises(Unreachable, match="too long"):
        outward.fetch("https://cal.example/")
