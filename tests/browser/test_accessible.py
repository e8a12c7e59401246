"""axe finds nothing on any screen, light and dark, wide and as narrow as a small phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from callboard.lib import tenancy
from callboard.people import operations
from tests.browser.conftest import SignIn
from tests.web import cast

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

SCREENS = [
    ("Nora", "/queue/"),
    ("Nora", "/start/"),
    ("Nora", "/queue/?view=snoozed"),
    ("Nora", "/cases/{case}/"),
    ("Nora", "/queue/?case={case}"),
    ("Nora", "/wall/"),
    ("Nora", "/sessions/"),
    ("Nora", "/sessions/s-chemistry-10/"),
    ("Nora", "/people/"),
    ("Nora", "/people/{person}/"),
    ("Nora", "/promises/"),
    ("Nora", "/promises/?as=table&days=7"),
    ("Nora", "/promises/instructor_in/"),
    ("Aisha", "/settings/"),
    ("Aisha", "/settings/queues/live-floor/"),
    ("Aisha", "/settings/providers/livekit/new/"),
    ("Aisha", "/settings/providers/"),
    ("Nora", "/cases/{case}/why/"),
    ("Aisha", "/settings/rules/"),
    ("Aisha", "/settings/rules/bad_connection/"),
    ("Nora", "/you/"),
    ("Nora", "/find/?q=mar"),
    ("Marta", "/today/"),
    ("Paula", "/family/"),
    ("Paula", "/lessons/"),
    (None, "/account/login/"),
    (None, "/account/password/reset/"),
]


def wrong(page: Page, *rules: str) -> list[str]:
    """What axe finds, one line each: the rule, and where it is broken. `rules`: these alone."""
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": STANDARDS}
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def filled(path: str, school: cast.School) -> str:
    case = school.cases["instructor_missing Algebra 8"].pk
    return path.format(case=case, person=school.people["Marta"].pk)


def screens(busy: cast.School, sign_in: SignIn, **looks: Any) -> Iterator[tuple[str, Page]]:
    """Each screen in turn, in one browser for each person."""
    pages: dict[str | None, Page] = {}
    for name, path in SCREENS:
        if name not in pages:
            pages[name] = sign_in(busy.members[name] if name else None, "/account/login/", **looks)
        start = urljoin(pages[name].url, "/")
        pages[name].goto(urljoin(start, filled(path, busy)))
        yield path, pages[name]


def sideways(page: Page) -> list[str]:
    across = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"scrolls sideways by {across} px"] if across > 0 else []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_screen(busy: cast.School, sign_in: SignIn, dark: bool) -> None:
    # What dark changes is colour alone.
    rules = ["color-contrast"] if dark else []
    found: dict[str, list[str]] = {}
    for path, page in screens(busy, sign_in, dark=dark):
        if lines := wrong(page, *rules) + sideways(page):
            found[path] = lines
    assert found == {}


def test_axe_finds_nothing_on_a_phone_and_the_smallest_need_not_be_scrolled_sideways(
    busy: cast.School, sign_in: SignIn
) -> None:
    found: dict[str, list[str]] = {}
    for path, page in screens(busy, sign_in, width=390, height=700):
        lines = wrong(page) + sideways(page)
        page.set_viewport_size({"width": 320, "height": 700})
        if lines := lines + sideways(page):
            found[path] = lines
        page.set_viewport_size({"width": 390, "height": 700})
    assert found == {}


def test_a_phone_opens_a_case_as_a_page_and_its_buttons_are_large_enough(
    busy: cast.School, sign_in: SignIn
) -> None:
    page = sign_in(busy.members["Nora"], "/queue/", width=390, height=844)
    page.locator(".strip-title").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Learner not in")
    heights = page.locator(".case-page .what-to-do button").evaluate_all(
        "buttons => buttons.filter(b => b.offsetParent).map(b => b.offsetHeight)"
    )
    assert heights
    assert min(heights) >= 44


def test_pages_of_people_lie_within_the_smallest_phone_header_and_body_too(
    busy: cast.School, sign_in: SignIn
) -> None:
    with tenancy.organization_scope(busy.organization.pk):
        marta, again = busy.people["Marta"], operations.create_person(busy.people["Marta"].name)
        operations.give_consent(marta, "recording")
    page = sign_in(busy.members["Nora"], "/people/", width=320, height=700)
    found: dict[str, list[str]] = {}
    mine = f"/people/{marta.pk}"
    for path in ("/people/", f"{mine}/", f"{mine}/edit/", f"{mine}/consents/", "/people/doubles/",
                 f"{mine}/merge/{again.pk}/", "/sessions/s-chemistry-10/links/"):  # fmt: skip
        page.goto(urljoin(page.url, path))
        inner = page.evaluate(
            "[...document.querySelectorAll('.head, .body')]"
            ".filter(each => each.scrollWidth > each.clientWidth).map(each => each.className)"
        )
        if lines := wrong(page) + sideways(page) + inner:
            found[path] = lines
    assert found == {}
