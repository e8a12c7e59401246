"""Work at the desk: an incident as one strip, many at once, filters, mentions, the end of a shift."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from callboard.cases import operations
from callboard.cases.models import Case, HandOver, Incident, SavedFilter
from callboard.lib import tenancy
from callboard.people.access import access_of_login
from tests.browser.conftest import SignIn
from tests.browser.test_accessible import sideways, wrong
from tests.web import cast

PAGES = (
    "/queue/?kind=room_empty",
    "/incidents/",
    "/mentions/",
    "/hand-over/",
    "/touches/",
    "/settings/audit/",
)


@pytest.fixture
def incident(busy: cast.School) -> Incident:
    """Four sessions on one node whose rooms emptied within seconds."""
    with tenancy.organization_scope(busy.organization.pk):
        for number in range(4):
            names = [f"Teacher{number} Long", f"Learner{number} Short"]
            for name in names:
                busy.person(name, "Europe/Paris")
            first = [name.split()[0] for name in names]
            session = busy.session(f"Physics {number}", -20, 60, first, node="eu-9")
            busy.usual(session, "kkkddddd")
            busy.case("room_empty", "now", f"Physics {number}", ago=100 - number, claim_in=200)
        keys = [session.key for title, session in busy.sessions.items() if title.startswith("Physics")]
        return operations.raise_incident("node:eu-9", "room_empty", keys, busy.now - timedelta(seconds=97))


def owners(school: cast.School, kind: str) -> set[int | None]:
    with tenancy.organization_scope(school.organization.pk):
        return {case.owner_id for case in Case.objects.filter(kind=kind, incident__isnull=False)}


def test_an_incident_is_one_strip_and_is_taken_and_settled_as_one(
    busy: cast.School, incident: Incident, sign_in: SignIn
) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    strip = page.locator(f"#case-i{incident.pk}")
    expect(strip).to_contain_text("Everyone has left in 4 sessions")
    expect(page.locator(".strip", has_text="Physics")).to_have_count(1)
    strip.locator(".strip-title").click()
    expect(page.locator("#pane")).to_contain_text("4 of 4 stand")
    page.keyboard.press("c")
    expect(page.locator("#toasts")).to_contain_text("Claimed 4 cases.")
    expect(page.locator(f"#group-yours #case-i{incident.pk}")).to_be_visible()
    assert owners(busy, "room_empty") == {busy.members["Nora"].pk}
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Everyone has left")
    assert wrong(page) + sideways(page) == []
    page.keyboard.press("e")
    page.get_by_role("dialog").get_by_role("button", name="Resolve all").click()
    expect(page.locator("#case-main")).to_contain_text("0 of 4 stand")


def test_several_are_picked_by_keys_acted_on_and_taken_back(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    for key in ("j", "x", "j", "j", "X"):
        page.keyboard.press(key)
    expect(page.locator("#many")).to_contain_text("3 selected")
    assert wrong(page) == []
    page.keyboard.press("c")
    expect(page.locator("#toasts")).to_contain_text("Claimed 3 cases.")
    expect(page.locator("#many")).to_be_hidden()
    expect(page.locator("#group-yours .strip")).to_have_count(5)
    page.keyboard.press("u")
    expect(page.locator("#group-yours .strip")).to_have_count(2)


def test_what_is_looked_for_is_found_and_saved_under_a_name(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    page.keyboard.press("f")
    page.keyboard.type("hana")
    page.keyboard.press("Enter")
    expect(page.locator(".strip", has_text="Keeps dropping out")).to_be_visible()
    expect(page.locator(".group .strip")).to_have_count(4)  # hers, and of her sessions
    page.get_by_label("Save as").fill("Hana")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#nav").get_by_text("Hana")).to_be_visible()
    with tenancy.organization_scope(busy.organization.pk):
        assert SavedFilter.objects.get().query == {"q": "hana"}


def test_a_shift_is_handed_over_and_the_other_sees_it(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/hand-over/")
    expect(page.locator("#yours-part")).to_contain_text("Dropped, not back")
    page.get_by_label("To", exact=True).select_option(label="Tomás Pereira")
    page.get_by_label("What the next shift should know").fill("His mother rang.")
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Handed over 2 cases.")
    expect(page.locator("#before-part")).to_contain_text("His mother rang.")
    with tenancy.organization_scope(busy.organization.pk):
        assert len(HandOver.objects.get().cases) == 2
    other = sign_in(busy.members["Tomás"], "/mentions/")
    expect(other.locator("#mentions")).to_contain_text("Handed over to you")


def test_the_desks_pages_are_for_everybody(busy: cast.School, incident: Incident, sign_in: SignIn) -> None:
    with tenancy.organization_scope(busy.organization.pk):
        nora = access_of_login(busy.members["Nora"].user_id)
        for case in Case.objects.filter(kind="stranger"):
            operations.note(nora, case.pk, "@Aisha who is this?")
    found: dict[str, list[str]] = {}
    for width, dark in ((1440, True), (320, False)):
        page = sign_in(busy.members["Aisha"], PAGES[0], width=width, dark=dark)
        for path in (*PAGES, f"/queue/?case=i{incident.pk}", f"/incidents/{incident.pk}/"):
            page.goto(urljoin(page.url, path))
            if lines := sideways(page) + wrong(page, *(["color-contrast"] if dark else [])):
                found[f"{path} {width}"] = lines
    assert found == {}
