"""Each request has an id, and a line that names its route and no token."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

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
