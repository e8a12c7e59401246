"""A school with one session and a key, and ingest as its callers meet it: over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import httpx
import pytest

from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.live.ingest import PATH, IngestApp
from callboard.people.operations import create_api_key
from callboard.sessions.models import Session


@pytest.fixture
def session(organization: Any) -> Session:
    return make_session(organization.pk, "s-17")


def make_session(organization: int, key: str) -> Session:
    with organization_scope(organization):
        start = clock.now()
        return Session.objects.create(
            key=key, title="Algebra", starts_at=start, ends_at=start + timedelta(hours=1)
        )


def make_key(organization: int, *scopes: str) -> str:
    with organization_scope(organization):
        return create_api_key("provider", list(scopes))[1]


@pytest.fixture
def key(organization: Any) -> str:
    return make_key(organization.pk, "events.write")


class Caller:
    """Sends to one ingest application; each call is an event loop of its own."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.key = key

    def run(
        self, story: Callable[[httpx.AsyncClient], Coroutine[Any, Any, Any]], app: IngestApp | None = None
    ) -> Any:
        async def told() -> Any:
            transport = httpx.ASGITransport(app or IngestApp(self.url))
            headers = {"authorization": f"Bearer {self.key}"}
            async with httpx.AsyncClient(
                transport=transport, base_url="http://callboard", headers=headers
            ) as client:
                return await story(client)

        return asyncio.run(told())

    def send(self, body: Any, app: IngestApp | None = None, **options: Any) -> httpx.Response:
        async def once(client: httpx.AsyncClient) -> httpx.Response:
            if isinstance(body, bytes):
                return await client.post(PATH, content=body, **options)
            return await client.post(PATH, json=body, **options)

        response = self.run(once, app)
        assert isinstance(response, httpx.Response)
        return response


@pytest.fixture
def caller(database_place: Any, session: Session, key: str) -> Caller:
    return Caller(database_place.logins.ingest, key)
