"""Asking something of a session, in a browser: the form, its outcome on the page, and no barrier in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.test_accessible import sideways, wrong
from tests.web import cast

PLACE = "/sessions/s-chemistry-10/"


def kept(page: Page, name: str) -> None:
    folder = os.environ.get("CALLBOARD_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_session_is_extended_and_its_page_says_so(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], PLACE)
    page.get_by_role("button", name="Extend").click()
    page.get_by_label("Minutes").fill("10")
    kept(page, "extend")
    page.get_by_role("dialog").get_by_role("button", name="Extend").click()
    expect(page.get_by_text("Extend, by Nora Lindqvist")).to_be_visible()
    kept(page, "extended")


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, False), (320, True)])
def test_its_forms_hold_on_a_phone_and_have_no_barrier(
    busy: cast.School, sign_in: SignIn, width: int, dark: bool
) -> None:
    page = sign_in(busy.members["Nora"], PLACE, width=width, dark=dark)
    page.locator("#deeds").scroll_into_view_if_needed()
    kept(page, f"session-{width}")
    page.get_by_role("button", name="Let someone else teach").click()
    kept(page, f"reassign-{width}")
    assert wrong(page) + sideways(page) == []


def test_a_case_asks_in_the_same_form(busy: cast.School, sign_in: SignIn) -> None:
    case = busy.cases["instructor_missing Algebra 8"]
    page = sign_in(busy.members["Nora"], f"/cases/{case.pk}/", width=390, height=844)
    page.get_by_role("button", name="Send the join link again").click()
    expect(page.get_by_role("dialog").get_by_label("To")).to_have_value("p-marta")
    kept(page, "case-390")
    page.get_by_role("dialog").get_by_role("button", name="Send the join link again").click()
    expect(page.get_by_text("Not yet confirmed, usually 5 s.")).to_be_visible()
    kept(page, "case-asked-390")
