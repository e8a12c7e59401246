"""The doctor's eyes on the servers of rooms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from callboard.lib import integration
from callboard.lib.health import State
from callboard.lib.integration import Integration, IntegrationFailed
from callboard.sessions import health
from callboard.sessions.models import Server

pytestmark = pytest.mark.django_db


def _test(values: Mapping[str, str]) -> str:
    if not values["url"]:
        raise IntegrationFailed("Nobody answers.")
    return f"{values['url']} answers."


@pytest.fixture
def paper() -> Iterator[None]:
    integration.register(
        Integration(name="paper", title="Paper", does="", settings=(), capabilities=frozenset(), test=_test)
    )
    yield
    integration._known.pop("paper")


def test_each_server_that_takes_rooms_is_asked(in_organization: Any, paper: None) -> None:
    for slug, url, enabled in (("a", "here", True), ("b", "", True), ("c", "", False)):
        Server.objects.create(slug=slug, name=slug, kind="paper", settings={"url": url}, enabled=enabled)
    found = {each.subject: each for each in health.rooms()()}
    assert {slug: each.state for slug, each in found.items()} == {
        "a": State.OK, "b": State.BAD, "c": State.OK
    }  # fmt: skip
    assert found["a"].text == "here answers."
    assert (found["b"].text, "Settings, Providers" in found["b"].advice) == ("Nobody answers.", True)


def test_an_organization_without_servers_is_told_that_it_has_none(in_organization: Any) -> None:
    (found,) = health.rooms()()
    assert found.state is State.OK
