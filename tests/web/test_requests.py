"""Each request has an id, and a line that names its route and no token."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils.log import log_response

from callboard.lib.logs import RouteFilter

pytestmark = pytest.mark.django_db


def test_the_answer_tells_the_requests_id() -> None:
    assert Client().get("/account/login/").headers["X-Request-ID"].startswith("req_")
    given = Client(headers={"X-Request-ID": "4f1c9e2ab77d4c55"}).get("/account/login/")
    assert given.headers["X-Request-ID"] == "4f1c9e2ab77d4c55"


def test_a_line_names_the_route_and_not_what_is_in_the_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="callboard.web.requests"):
        Client().get("/j/a-token-that-opens-a-door")
        Client().get("/health/live")
    (line,) = [each for each in caplog.records if each.name == "callboard.web.requests"]
    assert "a-token-that-opens-a-door" not in line.getMessage()
    assert line.__dict__["route"] == "j/<str:token>"


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """What the installation's own handler writes."""
    (handler,) = [
        each for each in logging.getLogger().handlers if any(isinstance(f, RouteFilter) for f in each.filters)
    ]
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    former = handler.setStream(stream)
    yield stream
    handler.setStream(former)


def test_a_refused_form_is_told_by_its_route(told: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(enforce_csrf_checks=True)
    client.post("/j/a-token-that-opens-a-door")
    client.post(
        "/j/a-token-that-opens-a-door", headers={"Referer": "https://evil.example/j/a-token"}, secure=True
    )
    assert told.getvalue().count("Forbidden") == 2
    assert "j/<str:token>" in told.getvalue()
    assert "a-token" not in told.getvalue()
    assert "https://evil.example does not match" in told.getvalue()


@pytest.mark.parametrize("path", ["/j/a-token-that-opens-a-door", "/j/ña-token/"])
def test_a_failure_is_told_by_its_route(told: io.StringIO, path: str) -> None:
    request = RequestFactory().get(path, {"code": "a-token"})
    for match, route in ((SimpleNamespace(route="j/<str:token>"), "j/<str:token>"), (None, "(no route)")):
        request.resolver_match = match  # type: ignore[assignment]
        log_response(
            "%s: %s",
            "Internal Server Error",
            request.path,
            request=request,
            response=HttpResponse(status=500),
        )
        assert f"Internal Server Error: {route}" in told.getvalue()
    assert "a-token" not in told.getvalue()


def test_a_call_to_another_system_leaves_no_address_in_the_log() -> None:
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
