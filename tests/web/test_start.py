"""First steps: what a new organization is shown until it has held a session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from callboard.cases.models import Queue, QueueMember
from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.people import operations
from callboard.people.models import ConsentLink, Member, Organization
from callboard.sessions.models import Server, Session
from tests.people.cast import login

pytestmark = pytest.mark.django_db


@pytest.fixture
def aisha(organization: Organization) -> Client:
    user = login("aisha@maple.example")
    with organization_scope(organization.pk):
        operations.add_member(user, "admin")
    client = Client()
    client.force_login(user)
    return client


def undone(client: Client) -> list[str]:
    return [step.key for step in client.get("/start/").context["steps"] if not step.done]


def test_each_step_is_done_by_what_there_is(aisha: Client, organization: Organization) -> None:
    assert undone(aisha) == ["rooms", "people", "consent", "session", "queue"]
    with organization_scope(organization.pk):
        server = Server.objects.create(slug="one", name="Rooms", kind="livekit", test_failed=True)
        marta = operations.create_person("Marta")
        operations.add_instructor(marta, [], 0)
    assert undone(aisha)[:2] == ["rooms", "people"], "kept is not tried, and nobody learns"
    with organization_scope(organization.pk):
        Server.objects.filter(pk=server.pk).update(test_failed=False, tested_at=clock.now())
        operations.add_student(operations.create_person("Joan"), "8")
        ConsentLink.objects.create(person=marta, sent_at=clock.now())
    assert undone(aisha) == ["session", "queue"]
    with organization_scope(organization.pk):
        Session.objects.create(title="Algebra", starts_at=clock.now(), ends_at=clock.now())
        queue = Queue.objects.create(slug="floor", name="Floor")
        QueueMember.objects.create(queue=queue, member=Member.objects.get())
    page: Any = aisha.get("/start/")
    assert (page.context["done"], page.context["next"]) == (5, "")
    assert "All is set." in page.content.decode()


def test_it_is_where_one_lands_until_a_session_was_held(aisha: Client, organization: Organization) -> None:
    assert aisha.get("/")["Location"] == "/start/"
    assert 'href="/start/"' in aisha.get("/queue/").content.decode()
    with organization_scope(organization.pk):
        Session.objects.create(
            title="Algebra", starts_at=clock.now(), ends_at=clock.now() + timedelta(hours=1)
        )
    assert aisha.get("/")["Location"] == "/queue/"
    assert 'href="/start/"' not in aisha.get("/queue/").content.decode()
