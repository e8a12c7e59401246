"""Hearing a recording on the web: from the session's page, by a link that runs out, in ranges, noted."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from callboard.lib import clock
from callboard.lib.clock import VirtualClock
from callboard.lib.store import Store
from callboard.lib.tenancy import organization_scope
from callboard.people import operations as people
from callboard.people.models import ConsentKind, Organization, Person
from callboard.sessions.models import Recording, Session
from callboard.sessions.operations import Booking, book, note_recording
from callboard.sessions.recording_models import RecordingView
from tests.people.cast import login

pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 20


@pytest.fixture
def cast(organization: Organization) -> dict[str, Person]:
    """Marta teaches Joan, for whom Paula answers; Iris has nothing to do with it."""
    with organization_scope(organization.pk):
        agreed = (ConsentKind.RECORDING,)
        drafts = [people.Draft(name="Marta", skills=["algebra:8"], consents=agreed)]
        drafts += [people.Draft(name="Joan", consents=agreed), people.Draft(name="Iris", consents=agreed)]
        found = {each.name: each for each in people.create_people([*drafts, people.Draft(name="Paula")])}
        people.add_guardian(found["Paula"], found["Joan"])
    return found


@pytest.fixture
def recording(
    organization: Organization, cast: dict[str, Person], tmp_path: Path, settings: Any
) -> Recording:
    settings.RECORDINGS = str(tmp_path)
    Store(str(tmp_path)).put("recordings/a.webm", CONTENT)
    now = clock.now()
    with organization_scope(organization.pk):
        session = book(
            Booking(
                title="Algebra", starts_at=now, ends_at=now + timedelta(hours=1), key="s-1",
                instructor=cast["Marta"].pk, learners=[cast["Joan"].pk], recording_wanted=True,
            )
        )  # fmt: skip
        note_recording(session.key, "rec_a", status="stopped", started_at=now, file_at=now, file_seconds=83.0)
        Recording.objects.update(location="recordings/a.webm")
        return Recording.objects.select_related("session").get()


def client_of(organization: Organization, role: str, person: Person | None = None) -> Client:
    user = login(f"{role}@example.org")
    with organization_scope(organization.pk):
        people.add_member(user, role, person)
    client = Client()
    client.force_login(user)
    return client


def listen(client: Client, recording: Recording) -> str:
    """Ask for it on the page; answers the address that the player is given."""
    place = f"/sessions/{recording.session.key}/recordings/{recording.pk}/"
    shown = client.get(client.post(place)["Location"]).content.decode()
    found = re.search(r'src="(/recordings/[^"]+)"', shown)
    assert found, shown
    return found[1]


def test_a_coordinator_listens_and_is_written_down(organization: Organization, recording: Recording) -> None:
    client = client_of(organization, "coordinator")
    page = client.get("/sessions/s-1/").content.decode()
    assert "Our recorder" in page
    assert "1:23" in page
    assert "Nobody has listened to it." in page
    place = listen(client, recording)
    whole = Client().get(place, headers={"Range": "bytes=0-"})
    assert (whole.status_code, whole.content) == (206, CONTENT)
    assert whole["Content-Type"] == "video/webm"
    assert "no-store" in whole["Cache-Control"]
    assert "Heard 1 time" in client.get("/sessions/s-1/").content.decode()
    with organization_scope(organization.pk):
        assert RecordingView.objects.get().played_at is not None


def test_one_that_runs_is_not_said_to_be_as_long_as_was_last_written_down(
    organization: Organization, recording: Recording
) -> None:
    with organization_scope(organization.pk):
        Recording.objects.update(
            status="running", seconds=1140.0, file_at=None, file_seconds=None, location=""
        )
    page = client_of(organization, "coordinator").get("/sessions/s-1/").content.decode()
    assert "Our recorder" in page
    assert "19:00" not in page


def test_a_player_gets_the_ranges_that_it_asks_for(organization: Organization, recording: Recording) -> None:
    place = listen(client_of(organization, "coordinator"), recording)
    middle = Client().get(place, headers={"Range": "bytes=1000-1099"})
    assert middle.content == CONTENT[1000:1100]
    assert middle["Content-Range"] == f"bytes 1000-1099/{len(CONTENT)}"
    assert Client().get(place, headers={"Range": "bytes=-16"}).content == CONTENT[-16:]
    assert Client().get(place, headers={"Range": "bytes=999999-"}).status_code == 416


@pytest.mark.parametrize(
    ("role", "who", "may"),
    [("instructor", "Marta", True), ("guardian", "Paula", True), ("student", "Joan", False),
     ("student", "Iris", False)],
)  # fmt: skip
def test_by_role_it_is_theirs_to_hear_or_not(
    organization: Organization, cast: dict[str, Person], recording: Recording, role: str, who: str, may: bool
) -> None:
    client = client_of(organization, role, cast[who])
    answer = client.post(f"/sessions/s-1/recordings/{recording.pk}/")
    assert answer.status_code == (302 if may else 404)
    page = client.get("/sessions/s-1/")
    assert ("Recordings" in page.content.decode()) is may
    assert "Heard" not in page.content.decode()


def test_a_link_runs_out_and_a_made_up_one_opens_nothing(
    organization: Organization, recording: Recording
) -> None:
    place = listen(client_of(organization, "coordinator"), recording)
    assert Client().get(place[:-2] + "zz").status_code == 404
    with clock.using(VirtualClock(clock.now() + timedelta(hours=4))):
        late = Client().get(place)
    assert late.status_code == 409
    assert "run out" in late.content.decode()


def test_a_consent_withdrawn_stops_what_is_being_played(
    organization: Organization, cast: dict[str, Person], recording: Recording
) -> None:
    place = listen(client_of(organization, "coordinator"), recording)
    with organization_scope(organization.pk):
        people.withdraw_consent(cast["Joan"], ConsentKind.RECORDING)
    assert Client().get(place).status_code == 409


def test_a_session_without_recordings_says_so(
    organization: Organization, cast: dict[str, Person], recording: Recording
) -> None:
    with organization_scope(organization.pk):
        Recording.objects.all().delete()
        assert Session.objects.count() == 1
    page = client_of(organization, "coordinator").get("/sessions/s-1/").content.decode()
    assert "There is no recording." in page


def test_an_admin_changes_the_policy_and_a_coordinator_reads_it(organization: Organization) -> None:
    admin = client_of(organization, "admin")
    assert "nobody has changed it" in admin.get("/settings/recordings/").content.decode()
    wanted = {"own": "beside", "kept_days": "30"}
    assert admin.post("/settings/recordings/", wanted).status_code == 302
    assert "Version 1, by" in admin.get("/settings/recordings/").content.decode()
    refused = admin.post("/settings/recordings/", {"own": "beside", "kept_days": "-1"})
    assert refused.status_code == 200
    assert "greater than or equal to 0" in refused.content.decode()
    client = client_of(organization, "coordinator")
    assert "Files are kept 30 days." in client.get("/settings/recordings/").content.decode()
    assert client.post("/settings/recordings/", wanted).status_code == 403
