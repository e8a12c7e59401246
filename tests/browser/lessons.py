"""A lesson in a real room: Marta teaches Joan and Iris on a LiveKit server. Browsers have fake cameras."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Browser, BrowserContext, Page
from psycopg.types.range import TimestamptzRange

from callboard.lib import clock, sealing, tenancy
from callboard.people.models import Guardianship, Instructor, Organization, Person, Student
from callboard.sessions.models import Participant, Room, Server, Session
from callboard.sessions.operations import links
from tests.support import livekit
from tests.web import cast

FAKE_MEDIA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@dataclass
class Lesson:
    organization: Organization
    session: Session
    people: dict[str, Person]
    server: Server

    def path(self, name: str) -> str:
        """The path of a person's link."""
        with tenancy.organization_scope(self.organization.pk):
            return links.path_for(self.people[name].pk, self.session.key)


def server_row(standing: livekit.Server, slug: str) -> Server:
    values = dict(standing.values)
    sealed = sealing.seal(json.dumps({"api_secret": values.pop("api_secret")}))
    return Server.objects.create(slug=slug, name=slug, kind="livekit", settings=values, sealed=sealed)


def lesson(standing: livekit.Server, *, begins_in: float = -1, minutes: int = 60) -> Lesson:
    """`begins_in` in minutes. Committed, as far as the test's transactions are."""
    organization = cast.new_organization()
    with tenancy.organization_scope(organization.pk):
        people = {
            name: Person.objects.create(key=f"per_{name.lower()}", name=full, zone=zone, email=mail)
            for name, full, zone, mail in (
                ("Marta", "Marta Vidal", "Europe/Athens", "marta@people.example"),
                ("Joan", "Joan Puig", "Europe/Madrid", ""),
                ("Iris", "Iris Kanter", "Europe/Berlin", "iris@people.example"),
                ("Paula", "Paula Puig", "Europe/Madrid", "paula@home.example"),
            )
        }
        Instructor.objects.create(person=people["Marta"])
        for name in ("Joan", "Iris"):
            Student.objects.create(person=people[name])
        Guardianship.objects.create(guardian=people["Paula"], student=people["Joan"])
        server = server_row(standing, "eu-1")
        starts = clock.now().replace(microsecond=0) + timedelta(minutes=begins_in)
        session = Session.objects.create(
            key="ses_algebra", title="Algebra 8", provider="livekit", status="ready",
            starts_at=starts, ends_at=starts + timedelta(minutes=minutes),
        )  # fmt: skip
        Room.objects.create(
            session=session, provider="livekit", server=server, status="ready", external_id=session.key,
            node="eu-1", url=standing.place.url,
        )  # fmt: skip
        for name in ("Marta", "Joan", "Iris"):
            Participant.objects.create(
                session=session, person=people[name], role="instructor" if name == "Marta" else "learner",
                busy=TimestamptzRange(session.starts_at, session.ends_at),
            )  # fmt: skip
    return Lesson(organization, session, people, server)


def instructor(name: str) -> Person:
    """One more who teaches, in the organization in scope."""
    person = Person.objects.create(key=f"per_{name.split()[0].lower()}", name=name)
    Instructor.objects.create(person=person)
    return person


def browser_context(
    browser: Browser, width: int = 1280, height: int = 800, *, dark: bool = False
) -> BrowserContext:
    """Somebody's own browser, camera and microphone allowed."""
    phone = width < 600
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        permissions=["camera", "microphone"],
        has_touch=phone,
        is_mobile=phone,
    )


def confirmed(context: BrowserContext, lesson: Lesson, name: str, address: str) -> Page:
    """A page of a browser that the person has confirmed already."""
    from callboard.sessions.models import ConfirmedDevice
    from callboard.sessions.operations.devices import _kept

    person = lesson.people[name]
    token = f"token-of-{name}"
    with tenancy.organization_scope(lesson.organization.pk):
        ConfirmedDevice.objects.create(person=person, token_hash=_kept(token))
    cookie = f"door-{lesson.organization.pk}-{person.pk}"
    context.add_cookies([{"name": cookie, "value": token, "domain": "127.0.0.1", "path": "/j/"}])
    return context.new_page()
