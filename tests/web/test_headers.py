"""What pages may load: nothing that stands in a page itself, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from callboard.web import headers
from tests.architecture.sources import SOURCE

TEMPLATES = sorted((SOURCE / "callboard" / "web" / "templates").rglob("*.html"))


@pytest.mark.django_db
def test_a_page_says_what_it_may_load() -> None:
    answer = Client().get("/account/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=(self)" in answer.headers["Permissions-Policy"]


@pytest.mark.django_db
def test_what_is_no_page_carries_no_policy() -> None:
    assert "Content-Security-Policy" not in Client().get("/health/live").headers


def test_the_classroom_alone_talks_to_servers_elsewhere() -> None:
    assert headers.POLICY["connect-src"] == "'self'"
    assert "wss:" in headers.ROOMS["connect-src"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_a_script_or_a_style_of_its_own(path: Path) -> None:
    if path.name == "500.html":  # must show without anything else, and carries no policy
        return
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\b(src|type=\"application/json\"))", text)
    assert not re.search(r"<style|\sstyle=\"|\son[a-z]+=\"", text)


@pytest.mark.django_db
def test_a_page_opens_for_nobody_elsewhere_and_tells_nobody_where_one_came_from() -> None:
    headers = Client().get("/account/login/").headers
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Strict-Transport-Security" not in headers, "not over plain http, on one's own machine"


@pytest.mark.django_db
def test_over_tls_browsers_insist_on_it(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    answer = Client().get("/account/login/", secure=True)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
