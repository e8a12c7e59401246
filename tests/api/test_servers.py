"""Servers are set up, tried and removed through the API; secrets go in and never come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from callboard.lib import integration
from callboard.lib.integration import Integration, IntegrationFailed, Setting
from callboard.lib.tenancy import organization_scope
from callboard.sessions.models import Server
from callboard.sessions.operations import servers
from callboard.sessions.ports import CREATE_ROOM, MemoryProvider, providers
from tests.api.conftest import Caller, School

pytestmark = pytest.mark.django_db


SIZES = (("s", "Small"), ("l", "Large"))


def _test(values: Mapping[str, str]) -> str:
    if values["secret"] != "open":
        raise IntegrationFailed("It does not know this key.")
    return "Paper 1.0 answers."


@pytest.fixture(autouse=True)
def paper() -> Iterator[None]:
    """A kind of server with an address, a secret and a choice."""
    settings = (
        Setting(name="url", label="Address", kind="url"),
        Setting(name="secret", label="Secret", kind="secret"),
        Setting(
            name="size", label="Size", kind="choice", default="s", choices=(("s", "Small"), ("l", "Large"))
        ),
    )
    integration.register(
        Integration(
            name="paper",
            title="Paper",
            does="Rooms of paper.",
            settings=settings,
            capabilities=frozenset({CREATE_ROOM}),
            test=_test,
        )
    )
    providers.register_kind("paper", frozenset({CREATE_ROOM}), lambda _settings: MemoryProvider())
    yield
    integration._known.pop("paper")
    providers._kinds.pop("paper")


GOOD: dict[str, Any] = {
    "kind": "paper",
    "name": "Madrid One",
    "zones": ["Europe/*"],
    "settings": {"url": "https://rooms.example.org", "secret": "open"},
}


def test_a_server_is_set_up_and_its_secret_is_not_told(school: School, key: Caller) -> None:
    made = key.post("/servers", GOOD)
    assert made.status_code == 201, made.content
    item = made.json()
    assert (item["slug"], item["settings"]) == (
        "madrid-one",
        {"url": "https://rooms.example.org", "size": "s"},
    )
    assert "open" not in key.get("/servers").content.decode()
    with organization_scope(school.organization.pk):
        assert Server.objects.get().values()["secret"] == "open"


def test_a_secret_left_out_stays_and_wrong_settings_are_named(school: School, key: Caller) -> None:
    pk = key.post("/servers", GOOD).json()["id"]
    changed = key.send(
        "PUT", f"/servers/{pk}", {"name": "Madrid", "settings": {"url": "wss://r.example.org"}}
    )
    assert changed.status_code == 200, changed.content
    with organization_scope(school.organization.pk):
        assert Server.objects.get().values() == {"url": "wss://r.example.org", "secret": "open", "size": "s"}
    bad = {**GOOD, "zones": ["Mars/*"], "settings": {"url": "rooms", "size": "xl", "colour": "red"}}
    refused = key.post("/servers", bad)
    assert refused.status_code == 422
    fields = {"values.url", "values.secret", "values.size", "values.colour", "zones"}
    assert set(refused.json()["fields"]) == fields


def test_what_came_of_a_trial_is_kept(school: School, key: Caller) -> None:
    pk = key.post("/servers", GOOD).json()["id"]
    with organization_scope(school.organization.pk):
        for secret, words, failed in (
            ("open", "Paper 1.0 answers.", False),
            ("x", "It does not know this key.", True),
        ):
            servers.note_trial(pk, servers.trial("paper", {"secret": secret}))
            server = servers.by_id(pk)
            assert (server.test_words, server.test_failed) == (words, failed)
    assert key.post(f"/servers/{pk}/test").json()["test_failed"] is True
    assert key.send("DELETE", f"/servers/{pk}").status_code == 204


def test_switches_are_kept_in_versions_and_the_others_stay(school: School, key: Caller) -> None:
    assert key.get("/room-policy").json()["tell_bad_audio"] is True
    said = key.send("PUT", "/room-policy", {"tell_bad_audio": False}).json()
    assert (said["tell_bad_audio"], said["replace_lost_rooms"]) == (False, True)


def test_a_sessions_actions_are_listed_asked_and_followed(school: School, key: Caller) -> None:
    with organization_scope(school.organization.pk):
        school.session.__class__.objects.filter(pk=school.session.pk).update(status="live")
    actions = {each["name"]: each for each in key.get("/sessions/s-1/actions").json()["items"]}
    assert "message" not in actions  # its provider cannot
    assert actions["resend_link"]["fields"][0]["choices"] == [
        ["marta", "Marta Vidal"],
        ["joan", "Joan Serra"],
    ]
    assert key.post("/sessions/s-1/actions/message", {"text": "x"}).json()["code"] == "not_available"
    asked = key.post("/sessions/s-1/actions/resend_link", {"person": "joan"})
    assert asked.status_code == 200, asked.content
    assert [each["state"] for each in key.get("/sessions/s-1/deeds").json()["items"]] == ["asked"]
