"""The door's pages: what they tell to whom, and that nobody gets further than they should."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from callboard.lib import tenancy
from callboard.people.models import Person
from callboard.sessions import operations
from callboard.sessions.models import ConfirmedDevice, Session
from callboard.sessions.operations import links
from callboard.workflows import enter_room
from tests.web import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(db: None) -> cast.School:
    organization = cast.new_organization()
    with tenancy.organization_scope(organization.pk):
        return cast.small_school(organization)


def door(school: cast.School, name: str, title: str = "Algebra 8") -> str:
    with tenancy.organization_scope(school.organization.pk):
        return links.path_for(school.people[name].pk, school.sessions[title].key)


def signed_in(school: cast.School, name: str) -> Client:
    client = Client()
    client.force_login(school.members[name].user, "callboard.people.signed_in.SignInBackend")
    return client


def test_whoever_has_only_the_link_is_asked_who_they_are(school: cast.School, client: Client) -> None:
    page = client.get(door(school, "Joan"))
    text = page.content.decode()
    assert "Algebra 8" in text
    assert "Is it you, Joan?" in text
    assert "Joan Puig" not in text
    assert "j…n@p…e.example" in text
    assert 'id="enter"' not in text


def test_the_link_alone_opens_neither_room_nor_entry(school: cast.School, client: Client) -> None:
    path = door(school, "Joan")
    refused = client.post(f"{path}/enter")
    assert refused.status_code == 403
    assert "token" not in refused.json()
    assert client.get(f"{path}/room").headers["Location"] == path


def test_a_code_lets_this_browser_in_from_then_on(
    school: cast.School, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    path = door(school, "Joan")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{path}/code")
    assert mail.outbox[0].to == ["joan@people.example"]
    code = mail.outbox[0].subject[:6]
    assert "Code of six digits" in client.get(path).content.decode()
    wrong = client.post(f"{path}/confirm", {"code": f"{(int(code) + 1) % 1_000_000:06d}"})
    assert wrong.status_code == 422
    assert "You can try 4 more times." in wrong.content.decode()
    right = client.post(
        f"{path}/confirm", {"code": f"{code[:3]} {code[3:]}"}, headers={"User-Agent": "Chrome Android"}
    )
    (cookie,) = right.cookies.values()
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/j/", True, "Lax")
    assert "You come in as Joan Puig." in client.get(path).content.decode()
    with tenancy.organization_scope(school.organization.pk):
        assert ConfirmedDevice.objects.get().label == "Chrome, Android"


def test_a_second_code_within_half_a_minute_is_refused_in_words(school: cast.School, client: Client) -> None:
    path = door(school, "Joan")
    client.post(f"{path}/code")
    refused = client.post(f"{path}/code")
    assert refused.status_code == 429
    assert "You can ask for another in" in refused.content.decode()


@pytest.mark.parametrize("name", ["Joan", "Paula"])
def test_a_person_and_whoever_answers_for_them_come_in_by_their_login(school: cast.School, name: str) -> None:
    client = signed_in(school, name)
    assert "You come in as Joan Puig." in client.get(door(school, "Joan")).content.decode()
    room = client.get(f"{door(school, 'Joan')}/room")
    assert room.headers["Location"] == "https://room.example/"  # a room elsewhere has no classroom of ours


def test_somebody_else_is_told_whose_link_it_is(school: cast.School) -> None:
    text = signed_in(school, "Marta").get(door(school, "Joan")).content.decode()
    assert "You are signed in as Marta Vidal, and this link is Joan" in text
    assert 'id="enter"' not in text


def test_a_coordinator_is_led_to_the_session_instead(school: cast.School) -> None:
    text = signed_in(school, "Nora").get(door(school, "Joan")).content.decode()
    assert "See the session instead" in text
    assert signed_in(school, "Nora").post(f"{door(school, 'Joan')}/enter").status_code == 403


def test_a_login_of_another_organization_is_nobody_here(school: cast.School, other_organization: Any) -> None:
    client = signed_in(school, "Marta")
    with tenancy.organization_scope(school.organization.pk):
        school.members["Marta"].delete()
    assert "Is it you, Marta?" in client.get(door(school, "Marta")).content.decode()


def test_entering_answers_what_opens_the_room(school: cast.School) -> None:
    answer = signed_in(school, "Joan").post(f"{door(school, 'Joan')}/enter").json()
    assert (answer["state"], answer["kind"], answer["url"]) == ("open", "link", "https://room.example/")
    assert answer["reports"]


def test_before_it_opens_the_door_counts_down_in_the_persons_own_time(school: cast.School) -> None:
    with tenancy.organization_scope(school.organization.pk):
        session = school.session("Geometry 7", 40, 60, ["Olha", "Hana"], status="ready")
    path = door(school, "Hana", "Geometry 7")
    text = Client().get(path).content.decode()
    opens = session.starts_at - timedelta(minutes=15)
    assert f'data-count="{opens:%Y-%m-%dT%H:%M}' in text
    assert "Tokyo" in text
    assert Client().get(f"{path}/state").json() == {"state": "early"}


def test_a_closed_door_says_why_and_offers_nothing_to_press(school: cast.School) -> None:
    with tenancy.organization_scope(school.organization.pk):
        off = school.session("Geometry 7", 40, 60, ["Olha", "Leo"], status="ready")
        operations.cancel(off.key)
        over = school.session("Biology 11", -120, 60, ["Claire", "Inés"], status="ended")
    cancelled = Client().get(door(school, "Leo", off.title)).content.decode()
    assert "Geometry 7 is cancelled." in cancelled
    ended = Client().get(door(school, "Inés", over.title)).content.decode()
    assert "Biology 11 is over." in ended
    for text in (cancelled, ended):
        assert "Send me a code" not in text
        assert 'id="enter"' not in text


def test_a_replaced_link_and_an_unknown_one_say_what_to_do(school: cast.School, client: Client) -> None:
    former = door(school, "Joan")
    with tenancy.organization_scope(school.organization.pk):
        links.replace(school.people["Joan"].pk, school.sessions["Algebra 8"].key)
    assert "This link was replaced." in client.get(former).content.decode()
    unknown = client.get("/j/1.2.3.nonsense")
    assert unknown.status_code == 404
    assert "This link leads nowhere." in unknown.content.decode()


def test_the_door_keeps_to_itself(school: cast.School, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_yet(*_: object) -> None:
        raise enter_room.NotReady

    monkeypatch.setattr(enter_room, "enter", not_yet)
    for path in ("", "/room"):
        page = signed_in(school, "Joan").get(door(school, "Joan") + path)
        assert page.status_code == 200
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert "camera=(self)" in page.headers["Permissions-Policy"]
        scripts = re.findall(r"<script\b([^>]*)>", page.content.decode())
        assert all("src=" in each or "application/json" in each for each in scripts)


def test_ones_own_day_leads_to_the_door(school: cast.School) -> None:
    key = school.sessions["Algebra 8"].key
    for name, person in (("Joan", "Joan"), ("Marta", "Marta"), ("Paula", "Joan")):
        led = signed_in(school, name).get(f"/sessions/{key}/join/")
        assert led.headers["Location"] == door(school, person)
    assert signed_in(school, "Joan").get("/sessions/s-chemistry-10/join/").status_code == 404


def test_a_coordinator_looks_after_a_persons_ways_in(
    school: cast.School, django_capture_on_commit_callbacks: Any
) -> None:
    nora, joan = signed_in(school, "Nora"), school.people["Joan"]
    with tenancy.organization_scope(school.organization.pk):
        ConfirmedDevice.objects.create(person=joan, token_hash="x", label="Chrome, Android")
    former = door(school, "Joan")
    page = nora.get(f"/people/{joan.pk}/").content.decode()
    assert former in page
    assert "Chrome, Android" in page
    with django_capture_on_commit_callbacks(execute=True):
        nora.post(f"/people/{joan.pk}/links/s-algebra-8/send/")
    assert former in mail.outbox[0].body
    nora.post(f"/people/{joan.pk}/links/s-algebra-8/replace/")
    assert former not in nora.get(f"/people/{joan.pk}/").content.decode()
    nora.post(f"/people/{joan.pk}/devices/revoke/")
    assert "Chrome, Android" not in nora.get(f"/people/{joan.pk}/").content.decode()
    assert signed_in(school, "Joan").post(f"/people/{joan.pk}/devices/revoke/").status_code == 403


def test_everybodys_link_stands_one_step_from_the_session_while_it_leads_somewhere(
    school: cast.School, django_capture_on_commit_callbacks: Any
) -> None:
    nora, joan = signed_in(school, "Nora"), school.people["Joan"]
    assert 'href="/sessions/s-algebra-8/links/"' in nora.get("/sessions/s-algebra-8/").content.decode()
    page = nora.get("/sessions/s-algebra-8/links/").content.decode()
    assert door(school, "Joan") in page
    assert door(school, "Marta") in page
    with django_capture_on_commit_callbacks(execute=True):
        sent = nora.post(f"/people/{joan.pk}/links/s-algebra-8/send/", {"of_session": "1"})
    assert sent.headers["Location"] == "/sessions/s-algebra-8/links/"
    assert door(school, "Joan") in mail.outbox[0].body
    assert signed_in(school, "Joan").get("/sessions/s-algebra-8/links/").status_code == 403
    with tenancy.organization_scope(school.organization.pk):
        Session.objects.filter(key="s-algebra-8").update(status="ended")
    assert "/links/" not in nora.get("/sessions/s-algebra-8/").content.decode()
    assert "the session is over" in nora.get("/sessions/s-algebra-8/links/").content.decode()
    with tenancy.organization_scope(school.organization.pk):
        Session.objects.filter(key="s-algebra-8").update(status="cancelled")
    assert "the session was called off" in nora.get("/sessions/s-algebra-8/links/").content.decode()


def test_everybodys_links_are_asked_for_at_once_however_many_there_are(school: cast.School) -> None:
    with tenancy.organization_scope(school.organization.pk):
        session = Session.objects.get(key="s-algebra-8")
        people = [Person.objects.create(key=f"many-{n}", name=f"Many {n}").pk for n in range(5)]
        with CaptureQueriesContext(connection) as first:
            made = links.links_of(session, people[:1])
        with CaptureQueriesContext(connection) as rest:
            found = links.links_of(session, people)
    assert len(set(found.values())) == 5
    assert made[people[0]] == found[people[0]]
    assert len(rest) == len(first)
