"""From a link into a real room and through what may happen there, on real LiveKit servers."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from callboard.integrations.livekit.provider import LiveKitRooms
from callboard.lib import tenancy
from callboard.live.models import Event
from callboard.sessions import operations
from callboard.sessions.models import Room
from callboard.workflows import enter_room
from tests.browser import conftest, lessons
from tests.browser.lessons import Lesson
from tests.browser.test_accessible import sideways, wrong
from tests.support import livekit
from tests.support.database import Place
from tests.support.mailbox import Mailbox, open_mailbox
from tests.web.serve import served

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Stage:
    """What this file's tests share: servers, a browser with a camera, and where mail goes."""

    address: str
    mailbox: Mailbox
    playwright: Playwright
    browser: Browser
    server: livekit.Server
    spare: livekit.Server

    def rooms(self) -> LiveKitRooms:
        return LiveKitRooms(self.server.settings())


def launched(playwright: Playwright, *more: str) -> Browser:
    found = conftest._chromium()
    if found is None and not Path(playwright.chromium.executable_path).exists():
        pytest.skip("no Chromium: none on the PATH, and Playwright's own is not installed")
    return playwright.chromium.launch(executable_path=found, args=[*conftest.ARGUMENTS, *more])


@pytest.fixture(scope="module")
def stage(database_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        playwright = stack.enter_context(sync_playwright())
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # as in conftest.chromium
        browser = launched(playwright, *lessons.FAKE_MEDIA)
        stack.callback(browser.close)
        first, second = tmp_path_factory.mktemp("eu-1"), tmp_path_factory.mktemp("eu-2")
        server = stack.enter_context(livekit.running(first))
        spare = stack.enter_context(livekit.running(second))
        mailbox = stack.enter_context(open_mailbox())
        environment = {**database_place.logins.environment(), **mailbox.environment}
        address = stack.enter_context(served(environment))
        yield Stage(address, mailbox, playwright, browser, server, spare)
    for folder in (first, second):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def lesson(stage: Stage, transactional_db: None) -> Lesson:
    return lessons.lesson(stage.server)


@pytest.fixture
def opened(stage: Stage, lesson: Lesson, database_place: Place) -> Iterator[Any]:
    """opened("Joan", width=390): their page in the room, on a device of theirs, its script unbroken."""
    pages: list[Page] = []
    broken: list[str] = []

    def open_(
        name: str, width: int = 1280, height: int = 800, *, dark: bool = False, script: str = ""
    ) -> Page:
        context = lessons.browser_context(stage.browser, width, height, dark=dark)
        context.add_init_script(script)
        page = lessons.confirmed(context, lesson, name, stage.address)
        page.on("pageerror", lambda error: broken.append(str(error)))
        pages.append(page)
        page.goto(f"{stage.address}{lesson.path(name)}/room")
        expect(page.locator("body")).to_have_attribute("data-phase", "in")
        return page

    yield open_
    for page in pages:
        page.context.close()
    quiet(database_place)
    assert broken == [], "a page's script broke"


def quiet(place: Place) -> None:
    """Wait until nothing is on its way: pages send the last of their reports while they close."""
    for _ in range(3):
        time.sleep(0.2)
        conftest._let_it_finish(place.admin)


def inside(server: livekit.Server, room: str = "ses_algebra") -> dict[str, set[str]]:
    """Who is in, as the server says, and what they send."""
    seen = LiveKitRooms(server.settings()).look(room)
    return {each.identity: {track.source for track in each.tracks} for each in seen.people}


def comes_to(server: livekit.Server, expected: dict[str, set[str]]) -> None:
    """This is who is in and what they send, in the end: servers hear of it in their own time."""
    for _ in range(300):
        if inside(server) == expected:
            break
        time.sleep(0.1)
    assert inside(server) == expected


def heard(lesson: Lesson, kind: str) -> list[Event]:
    with tenancy.organization_scope(lesson.organization.pk):
        return list(Event.objects.filter(kind=kind).order_by("seq"))


def test_a_student_on_a_phone_comes_from_the_link_into_the_room(
    stage: Stage, lesson: Lesson, database_place: Place
) -> None:
    context = lessons.browser_context(stage.browser, 390, 844)
    page = context.new_page()
    page.goto(stage.address + lesson.path("Joan"))
    found = [*wrong(page), *sideways(page)]
    page.get_by_role("button", name="Send me a code").click()
    code = stage.mailbox.wait_for()
    assert code["To"] == "paula@home.example"  # Joan has no address; Paula answers for her
    page.get_by_label("Code of six digits").fill(str(code["Subject"])[:6])
    page.get_by_role("button", name="Confirm").click()
    for part in ("camera", "microphone", "network"):
        expect(page.locator(f"#check-{part}")).to_have_attribute("data-state", "kept")
    found += [*wrong(page), *sideways(page)]
    page.get_by_role("link", name="Come in").click()
    expect(page.locator("body")).to_have_attribute("data-phase", "in")
    expect(page.locator(".tile[data-own][data-picture]")).to_have_count(1)
    comes_to(stage.server, {"per_joan": {"microphone", "camera"}})
    found += [*wrong(page), *sideways(page)]
    page.get_by_role("button", name="Stop camera").click()
    expect(page.locator(".tile[data-own][data-picture]")).to_have_count(0)
    page.set_viewport_size({"width": 320, "height": 640})
    found += sideways(page)
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", name="You have left.")).to_be_visible()
    comes_to(stage.server, {})
    context.close()
    quiet(database_place)
    assert found == []


def test_people_hear_of_each_other_and_of_the_school(stage: Stage, lesson: Lesson, opened: Any) -> None:
    marta = opened("Marta", dark=True)
    joan = opened("Joan", width=390, height=844)
    expect(marta.locator(".tile")).to_have_count(2)
    joan.route("**/api/v1/events", lambda route: route.abort())  # what cannot be sent now is sent later
    joan.get_by_role("button", name="Raise hand").click()
    expect(marta.locator(".tile[data-hand]")).to_contain_text("Joan Puig")
    joan.locator("#chat").click()
    joan.get_by_label("Write to everyone").fill("Can you see my drawing?")
    joan.keyboard.press("Enter")
    expect(marta.locator("#unread")).to_have_text("1")
    marta.locator("#chat").click()
    expect(marta.locator("#chat-log")).to_contain_text("Can you see my drawing?")
    joan.unroute("**/api/v1/events")
    stage.rooms().message("ses_algebra", "The bell rings later today.", "per_marta")
    expect(marta.locator("#notices")).to_contain_text("Harbour Tutors: The bell rings later today.")
    expect(joan.locator("#notices")).not_to_contain_text("bell")
    marta.get_by_role("tab", name="People").click()
    expect(marta.locator("#people li").first).to_contain_text("Joan Puig")
    assert [*wrong(marta), *sideways(marta), *wrong(joan), *sideways(joan)] == []
    for _ in range(200):
        reported = heard(lesson, "connection.report")
        if len({(each.participant, '"up"' in str(each.data)) for each in reported}) == 4:
            break
        marta.wait_for_timeout(100)
    assert {each.participant for each in reported} == {"per_joan", "per_marta"}
    assert any('"direction":"down"' in str(each.data) for each in reported)
    assert any("audio_level" in str(each.data) for each in reported)
    assert {each.participant for each in heard(lesson, "engagement")} == {"per_joan"}


CONNECTIONS = """
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) { super(...given); window.connections.push(this); }
  };
"""
PATHS = """async () => {
  const found = [];
  for (const connection of window.connections) {
    const rows = await connection.getStats();
    rows.forEach((row) => {
      if (row.type !== "transport" || !row.selectedCandidatePairId) return;
      const pair = rows.get(row.selectedCandidatePairId);
      if (pair.bytesSent > 10000) found.push(rows.get(pair.localCandidateId).protocol);
    });
  }
  return found;
}"""
"""How what a page sends travels, once it has sent something."""


def test_sound_and_pictures_travel_by_udp(lesson: Lesson, opened: Any) -> None:
    marta = opened("Marta", script=CONNECTIONS)
    for _ in range(200):
        if found := marta.evaluate(PATHS):
            break
        marta.wait_for_timeout(100)
    assert set(found) == {"udp"}


def test_the_classroom_follows_its_session_to_another_server(
    stage: Stage, lesson: Lesson, opened: Any
) -> None:
    marta = opened("Marta")
    with tenancy.organization_scope(lesson.organization.pk):
        other = lessons.server_row(stage.spare, "eu-2")
        Room.objects.update(server=other, generation=2, node="eu-2")
    stage.rooms().end_room("ses_algebra")
    expect(marta.locator("#notices")).to_contain_text("You are in another room now.")
    expect(marta.locator(".tile[data-own][data-picture]")).to_have_count(1)
    comes_to(stage.spare, {"per_marta": {"microphone", "camera"}})


LATE_CAMERA = """
// The first camera does not know its size, which is waited for for a second: it is still being
// published when its room ends. The door is slow to say which is the next room.
const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
let first = null;
navigator.mediaDevices.getUserMedia = async (wanted) => {
  if (!wanted.video || first) return own(wanted);
  first = "asked for";
  const got = await own(wanted);
  first = got.getVideoTracks()[0];
  window.came = true;
  return got;
};
const settings = MediaStreamTrack.prototype.getSettings;
MediaStreamTrack.prototype.getSettings = function () {
  const { width, height, ...others } = settings.call(this);
  return this === first ? others : { width, height, ...others };
};
const post = window.fetch.bind(window);
let doors = 0;
window.fetch = async (...all) => {
  const late = String(all[0]).endsWith("/enter") && ++doors === 2;
  if (late) await new Promise((resolve) => setTimeout(resolve, 2500));
  return post(...all);
};
"""


def test_a_camera_that_was_not_yet_on_when_its_room_ended_is_on_in_the_next_one(
    stage: Stage, lesson: Lesson, opened: Any
) -> None:
    with tenancy.organization_scope(lesson.organization.pk):
        other = lessons.server_row(stage.spare, "eu-2")
    marta = opened("Marta", script=LATE_CAMERA)
    for _ in range(400):  # the page's policy lets nothing be evaluated that waits in it
        if marta.evaluate("window.came"):
            break
        marta.wait_for_timeout(50)
    with tenancy.organization_scope(lesson.organization.pk):
        Room.objects.update(server=other, generation=2, node="eu-2")
    stage.rooms().end_room("ses_algebra")
    comes_to(stage.spare, {"per_marta": {"microphone", "camera"}})
    expect(marta.locator("#notices")).not_to_contain_text("did not start")


def test_a_server_that_dies_is_left_as_soon_as_there_is_another(
    stage: Stage, lesson: Lesson, opened: Any, tmp_path: Path
) -> None:
    with livekit.running(tmp_path) as doomed:
        with tenancy.organization_scope(lesson.organization.pk):
            Room.objects.update(server=lessons.server_row(doomed, "eu-9"), generation=3, node="eu-9")
        marta = opened("Marta")
        doomed.kill()
        expect(marta.locator("#notices")).to_contain_text("Reconnecting")
        with tenancy.organization_scope(lesson.organization.pk):
            Room.objects.update(server=lesson.server, generation=4, node="eu-1")
        expect(marta.locator("#notices")).to_contain_text("You are in another room now.")
        assert "per_marta" in inside(stage.server)


def test_whoever_is_replaced_is_taken_out_and_told(stage: Stage, lesson: Lesson, opened: Any) -> None:
    marta = opened("Marta")
    with tenancy.organization_scope(lesson.organization.pk):
        other = lessons.instructor("Karim Haddad")
        operations.change_instructor(lesson.session.key, other.pk)
    fact = {"session": lesson.session.key, "version": 2, "instructor": other.pk}
    enter_room.replaced(lesson.organization.pk, {**fact, "former_instructor": lesson.people["Marta"].pk})
    expect(marta.get_by_role("heading", name="Someone else teaches Algebra 8 now.")).to_be_visible()
    comes_to(stage.server, {})
    marta.get_by_role("button", name="Back to the door").click()
    expect(marta.get_by_role("heading", level=1)).to_have_text("Someone else teaches Algebra 8 now.")
    expect(marta.locator("#enter")).to_have_count(0)


def test_a_blocked_camera_is_explained_and_keeps_nobody_out(
    stage: Stage, lesson: Lesson, database_place: Place
) -> None:
    blocked = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"]
    browser = launched(stage.playwright, *blocked)
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = lessons.confirmed(context, lesson, "Iris", stage.address)
    page.goto(stage.address + lesson.path("Iris"))
    expect(page.locator("#check-camera")).to_have_attribute("data-state", "wrong")
    expect(page.locator("#check-camera")).to_contain_text("Allow it in your browser")
    page.get_by_role("link", name="Come in").click()
    expect(page.locator("body")).to_have_attribute("data-phase", "in")
    expect(page.locator("#notices")).to_contain_text("Your microphone did not start.")
    expect(page.get_by_role("button", name="Unmute")).to_be_visible()
    comes_to(stage.server, {"per_iris": set()})
    browser.close()
    quiet(database_place)
