"""A recording is heard in a browser, from the session's page."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from callboard.lib import clock, media
from callboard.lib.tenancy import organization_scope
from callboard.people.models import Consent, ConsentKind
from callboard.sessions.models import Participant, Recording, Session
from callboard.sessions.operations import note_recording
from tests.browser.conftest import SignIn
from tests.browser.test_accessible import sideways, wrong
from tests.web import cast


def lesson(school: cast.School) -> Session:
    return school.sessions.get("Chemistry 10") or next(iter(school.sessions.values()))


@pytest.fixture
def recorded(busy: cast.School, kept: Path) -> cast.School:
    """A lesson to which everyone agrees; our recorder's file is kept, the provider's is silent."""
    (kept / "parts").mkdir(exist_ok=True)
    with (kept / "parts" / "one.webm").open("wb") as out:
        writer = media.Writer(out)
        writer.sound((np.sin(np.arange(media.RATE * 20) / 20) * 9000).astype(np.int16))
        writer.close()
    media.join([kept / "parts" / "one.webm"], kept / "a.webm")
    with organization_scope(busy.organization.pk):
        session, now = lesson(busy), clock.now()
        for each in Participant.objects.filter(session=session):
            Consent.objects.create(person_id=each.person_id, kind=ConsentKind.RECORDING)
        note_recording(session.key, "rec_a", status="stopped", started_at=now, file_at=now, file_seconds=20.0)
        note_recording(
            session.key,
            "EG_1",
            status="failed",
            started_at=now,
            file_at=now,
            file_seconds=9.0,
            file_silent=True,
        )
        Recording.objects.filter(recorder="rec_a").update(location="a.webm")
    return busy


def pictured(page: Page, name: str) -> None:
    """Where CALLBOARD_PICTURES names a folder, what is seen is kept there to be looked at."""
    folder = os.environ.get("CALLBOARD_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def until(page: Page, condition: Callable[[], bool]) -> None:
    """The page evaluates no text of ours, so that it is asked again and again instead."""
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(100)
    pytest.fail("it did not come to pass")


def test_it_plays_and_whoever_listened_is_named(recorded: cast.School, sign_in: SignIn) -> None:
    page = sign_in(recorded.members["Nora"], f"/sessions/{lesson(recorded).key}/")
    section = page.get_by_role("region", name="Recordings")
    expect(section).to_contain_text("Our recorder")
    expect(section).to_contain_text("nothing is to be heard in it")
    section.get_by_role("button", name="Listen").click()
    audio = page.locator(".recordings audio")
    until(page, lambda: audio.evaluate("audio => audio.readyState") >= 2)
    assert audio.evaluate("audio => audio.duration") == pytest.approx(20, abs=0.5)
    audio.evaluate("audio => { audio.currentTime = 15 }")
    until(page, lambda: not audio.evaluate("audio => audio.seeking"))
    assert audio.evaluate("audio => audio.currentTime") >= 15
    section.get_by_text("Heard 1 time").click()
    expect(section.locator(".looked")).to_contain_text("Nora")
    pictured(page, "recordings-wide")


def test_it_is_accessible_and_fits(recorded: cast.School, sign_in: SignIn) -> None:
    place = f"/sessions/{lesson(recorded).key}/"
    for width, dark in ((1440, True), (390, False), (320, True)):
        page = sign_in(recorded.members["Nora"], place, width=width, height=844, dark=dark)
        expect(page.get_by_role("region", name="Recordings")).to_be_visible()
        assert wrong(page) + sideways(page) == []
        pictured(page, f"recordings-{width}")
        page.context.close()


def test_its_settings_are_accessible_and_fit(busy: cast.School, sign_in: SignIn) -> None:
    for width, dark in ((1440, False), (390, True), (320, False)):
        page = sign_in(busy.members["Aisha"], "/settings/recordings/", width=width, height=844, dark=dark)
        expect(page.get_by_role("heading", name="Recordings")).to_be_visible()
        assert wrong(page) + sideways(page) == []
        pictured(page, f"recording-policy-{width}")
        page.context.close()
