"""A real Chromium before a real server. Where there is none, these tests skip, saying so in one line."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from callboard.lib import tenancy
from callboard.people.models import Member
from tests.support.database import Place
from tests.web import cast
from tests.web.serve import served

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BACKEND = "callboard.people.signed_in.SignInBackend"

WAIT_MS = 20_000
"""Long, since other work may share the machine; nothing here is judged by how long it took."""
expect.set_options(timeout=WAIT_MS)

SignIn = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


def _chromium() -> str | None:
    named = os.environ.get("CALLBOARD_CHROMIUM")
    return named or next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        None,
    )


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one file's tests: Playwright's loop runs in this thread, and must not outlive them."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # This thread alone speaks to the database: safe, whatever Django fears of a running loop.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        try:
            browser = playwright.chromium.launch(executable_path=_chromium(), args=ARGUMENTS)
        except PlaywrightError:
            pytest.skip("no Chromium: none on the PATH, and Playwright's own is not installed")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the server keeps recordings in."""
    return tmp_path_factory.mktemp("recordings")


@pytest.fixture(scope="session")
def address(database_place: Place, kept: Path) -> Iterator[str]:
    """A server over this worker's database, for all browser tests."""
    with served({**database_place.logins.environment(), "CALLBOARD_RECORDINGS": str(kept)}) as url:
        yield url


@pytest.fixture
def busy(chromium: Browser, transactional_db: None) -> cast.School:
    """A school on a bad afternoon, committed."""
    organization = cast.new_organization()
    with tenancy.organization_scope(organization.pk):
        return cast.busy_school(organization)


@pytest.fixture
def calm(chromium: Browser, transactional_db: None) -> cast.School:
    """A school where all is well, committed."""
    organization = cast.new_organization()
    with tenancy.organization_scope(organization.pk):
        return cast.small_school(organization)


def login_cookie(member: Member) -> str:
    """A browser's login for a member, without the form."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    user = member.user
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = BACKEND
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def _let_it_finish(url: str) -> None:
    """Wait until the server is in the midst of nothing, so that the tables can be emptied."""
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(100):
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
            ).fetchone()
            if row is not None and row[0] == 0:
                return
            time.sleep(0.1)


@pytest.fixture
def sign_in(chromium: Browser, address: str, database_place: Place) -> Iterator[SignIn]:
    """sign_in(member, path, width=1440, height=900, dark=False): a page of a browser of its own."""
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    def opened(
        member: Member | None, path: str = "/", *, width: int = 1440, height: int = 900, dark: bool = False
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        if member is not None:
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": login_cookie(member), "url": address}]
            )
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    _let_it_finish(database_place.admin)
    assert broken == [], "a page's script broke"
