"""Settings of the organization, its queues and its providers' servers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.test import Client

from callboard.cases.models import Queue
from callboard.lib import integration
from callboard.lib.integration import Integration, IntegrationFailed, Setting
from callboard.lib.tenancy import organization_scope
from callboard.people.models import Organization
from callboard.sessions import ports
from callboard.sessions.models import Server
from tests.web import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> cast.School:
    organization = cast.new_organization()
    with organization_scope(organization.pk):
        return cast.small_school(organization)


@pytest.fixture
def admin(school: cast.School) -> Client:
    return signed_in(school, "Aisha")


def signed_in(school: cast.School, name: str) -> Client:
    client = Client()
    client.force_login(school.members[name].user)
    return client


def trial(values: Mapping[str, str]) -> str:
    if values["secret"] != "s3cr3t-paper":
        raise IntegrationFailed("The secret is refused.")
    return f"{values['url']} answers."


@pytest.fixture
def paper() -> Iterator[None]:
    """An integration made of paper: an address, and a secret that is right or not."""
    settings = (
        Setting(name="url", label="Address", kind="url"),
        Setting(name="secret", label="Secret", kind="secret"),
    )
    one = Integration(
        name="paper", title="Paper", does="Holds rooms on paper.", settings=settings,
        capabilities=frozenset({ports.CREATE_ROOM}), test=trial,
    )  # fmt: skip
    integration.register(one)
    ports.providers.register_kind("paper", one.capabilities, lambda _server: ports.Unable())
    yield
    integration._known.pop("paper")
    ports.providers._kinds.pop("paper")


def server(**more: str) -> dict[str, str]:
    return {
        "name": "Frankfurt 1", "region": "eu", "zones": "Europe/*", "enabled": "on",
        "values.url": "https://rooms.example", "values.secret": "s3cr3t-paper", **more,
    }  # fmt: skip


def test_the_organizations_name_and_clock_are_changed_by_its_admin(
    admin: Client, school: cast.School
) -> None:
    said = {"name": "Harbour", "zone": "Asia/Tokyo", "locale": "en"}
    assert admin.post("/settings/organization/", said).status_code == 302
    with organization_scope(school.organization.pk):
        found = Organization.objects.get(pk=school.organization.pk)
    assert (found.name, found.zone) == ("Harbour", "Asia/Tokyo")
    assert signed_in(school, "Nora").post("/settings/organization/", said).status_code == 403
    refused = admin.post("/settings/organization/", {**said, "zone": "Mars/Base"})
    assert refused.status_code == 422


def test_a_queue_is_made_changed_and_removed(admin: Client, school: cast.School) -> None:
    form = {
        "name": "Sound", "kinds": ["inaudible"], "now.claim": "1", "now.resolve": "9", "soon.claim": "4",
        "soon.resolve": "20", "watch.claim": "10", "watch.resolve": "60",
        "hours.mon": "09:00-12:00, 14:00-18:00",
    }  # fmt: skip
    assert admin.post("/settings/queues/new/", form).status_code == 302
    with organization_scope(school.organization.pk):
        queue = Queue.objects.get(slug="sound")
    assert queue.deadlines["now"] == [1, 9]
    assert queue.hours == {"week": {"mon": [["09:00", "12:00"], ["14:00", "18:00"]]}}
    page = admin.get("/settings/queues/sound/").content.decode()
    assert "09:00-12:00, 14:00-18:00" in page
    assert admin.post("/settings/queues/sound/", {**form, "always": "on"}).status_code == 302
    assert admin.post("/settings/queues/sound/remove/", {"to": "live-floor"}).status_code == 302
    with organization_scope(school.organization.pk):
        assert not Queue.objects.filter(slug="sound").exists()


def test_what_cannot_be_meant_is_said_beside_its_field(admin: Client, school: cast.School) -> None:
    form = {"name": "Sound", "now.claim": "0", "now.resolve": "9", "soon.claim": "4", "soon.resolve": "20",
            "watch.claim": "10", "watch.resolve": "60", "always": "on"}  # fmt: skip
    refused = admin.post("/settings/queues/new/", form)
    assert refused.status_code == 422
    assert "Two positive numbers" in refused.content.decode()
    bad_hours = {**form, "now.claim": "1", "hours.mon": "nine to five"}
    del bad_hours["always"]
    assert "Spans of local time" in admin.post("/settings/queues/new/", bad_hours).content.decode()
    assert admin.post("/settings/queues/new/", {**form, "name": ""}).status_code == 422


def test_a_server_is_set_up_and_its_secret_never_shown_again(
    admin: Client, school: cast.School, paper: None
) -> None:
    assert "Paper" in admin.get("/settings/providers/").content.decode()
    assert admin.post("/settings/providers/paper/new/", server()).status_code == 302
    with organization_scope(school.organization.pk):
        kept = Server.objects.get()
        assert kept.values() == {"url": "https://rooms.example", "secret": "s3cr3t-paper"}
    page = admin.get(f"/settings/providers/{kept.pk}/").content.decode()
    assert "never shown again" in page
    assert "s3cr3t-paper" not in page
    changed = server(**{"values.secret": "", "name": "Frankfurt"})
    assert admin.post(f"/settings/providers/{kept.pk}/", changed).status_code == 302
    with organization_scope(school.organization.pk):
        kept = Server.objects.get()
        assert (kept.name, kept.values()["secret"]) == ("Frankfurt", "s3cr3t-paper")


def test_a_connection_is_tried_before_it_is_kept(admin: Client, school: cast.School, paper: None) -> None:
    tried = admin.post("/settings/providers/paper/try/", server()).content.decode()
    assert "https://rooms.example answers." in tried
    assert 'value="Frankfurt 1"' in tried
    refused = admin.post("/settings/providers/paper/try/", server(**{"values.secret": "wrong"}))
    assert "The secret is refused." in refused.content.decode()
    lacking = admin.post("/settings/providers/paper/try/", server(**{"values.secret": ""}))
    assert "Still needed: Secret." in lacking.content.decode()
    with organization_scope(school.organization.pk):
        assert not Server.objects.exists()


def test_a_kept_secret_is_tried_where_none_is_typed(admin: Client, school: cast.School, paper: None) -> None:
    admin.post("/settings/providers/paper/new/", server())
    with organization_scope(school.organization.pk):
        kept = Server.objects.get()
    again = server(**{"values.secret": "", "server": str(kept.pk)})
    assert "answers." in admin.post("/settings/providers/paper/try/", again).content.decode()


def test_a_server_is_taken_out_and_removed(admin: Client, school: cast.School, paper: None) -> None:
    admin.post("/settings/providers/paper/new/", server())
    with organization_scope(school.organization.pk):
        kept = Server.objects.get()
    admin.post(f"/settings/providers/{kept.pk}/disable/")
    assert "opens no new rooms" in admin.get("/settings/providers/").content.decode()
    admin.post(f"/settings/providers/{kept.pk}/enable/")
    admin.post(f"/settings/providers/{kept.pk}/remove/")
    assert "No server is set up." in admin.get("/settings/providers/").content.decode()


def test_a_wrong_address_is_said_beside_its_field(admin: Client, school: cast.School, paper: None) -> None:
    refused = admin.post("/settings/providers/paper/new/", server(**{"values.url": "rooms"}))
    assert refused.status_code == 422
    assert "An address looks like" in refused.content.decode()


@pytest.mark.parametrize(
    "path", ["/settings/queues/new/", "/settings/queues/live-floor/", "/settings/providers/livekit/new/"]
)
def test_only_admins_change_settings(school: cast.School, path: str) -> None:
    assert signed_in(school, "Nora").get(path).status_code == 403
    assert signed_in(school, "Marta").get("/settings/providers/").status_code == 403


def test_coordinators_see_what_is_set(school: cast.School) -> None:
    client: Any = signed_in(school, "Nora")
    for path in ("/settings/", "/settings/queues/", "/settings/providers/"):
        page = client.get(path)
        assert page.status_code == 200
        assert "/new/" not in page.content.decode()
