"""A coordinator keeps the queue by keyboard, and two of them never do the same work."""

from __future__ import annotations

import re

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import expect

from callboard.cases.models import Case
from callboard.lib import tenancy
from callboard.web.reads.queue import SHOWN
from tests.browser.conftest import SignIn
from tests.web import cast


def password_for_the_server(school: cast.School, name: str) -> None:
    """Hash a password as the server does; tests hash theirs in a quicker way, which it rightly refuses."""
    user = school.members[name].user
    user.password = PBKDF2PasswordHasher().encode(cast.PASSWORD, "salt", iterations=1000)
    user.save(update_fields=["password"])


def stored(school: cast.School, name: str) -> Case:
    with tenancy.organization_scope(school.organization.pk):
        return Case.objects.select_related("owner__user").get(pk=school.cases[name].pk)


def test_someone_signs_in_with_email_and_password_and_lands_on_the_queue(
    busy: cast.School, sign_in: SignIn, address: str
) -> None:
    password_for_the_server(busy, "Nora")
    page = sign_in(None, "/")
    page.get_by_label("Email").fill("nora@harbour.example")
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()
    expect(page.locator("#nav").get_by_text("Nora Lindqvist")).to_be_visible()


def test_a_wrong_password_is_said_beside_the_field(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(None, "/account/login/")
    page.get_by_label("Email").fill("nora@harbour.example")
    page.get_by_label("Password").fill("something else")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")


def test_keys_move_open_and_claim(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    page.keyboard.press("j")
    expect(page.locator(".strip[aria-current]")).to_contain_text("Learner not in")
    page.keyboard.press("j")
    expect(page.locator(".strip[aria-current]")).to_contain_text("Instructor not in")
    expect(page.locator("#pane .case-title")).to_contain_text("Instructor not in")
    page.keyboard.press("c")
    expect(page.locator("#toasts")).to_contain_text("Claimed “Instructor not in”")
    expect(page.locator("#group-yours .strip[aria-current]")).to_contain_text("Instructor not in")
    assert stored(busy, "instructor_missing Algebra 8").owner_id == busy.members["Nora"].pk
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*/")
    expect(page.get_by_text("You have this")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()


def test_focus_stays_on_the_case_that_was_claimed(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    page.keyboard.press("j")
    expect(page.locator("#pane .case-title")).to_contain_text("Learner not in")
    page.keyboard.press("c")
    expect(page.locator("#group-yours")).to_contain_text("Learner not in")
    case = busy.cases["learner_missing English B2"]
    expect(page.locator(f"#case-{case.pk}-link")).to_be_focused()


def test_a_claim_is_undone_by_u(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    page.keyboard.press("j")
    expect(page.locator("#pane .case-title")).to_contain_text("Learner not in")
    page.keyboard.press("c")
    expect(page.locator("#group-yours")).to_contain_text("Learner not in")
    page.keyboard.press("u")
    expect(page.locator("#group-nobody")).to_contain_text("Learner not in")
    assert stored(busy, "learner_missing English B2").owner_id is None


def test_resolving_asks_for_the_outcome_and_moves_on(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    page.keyboard.press("j")
    expect(page.locator("#pane .case-title")).to_contain_text("Learner not in")
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("radio").first.check()
    dialog.get_by_role("textbox").fill("Diego is ill.")
    dialog.get_by_role("button", name="Resolve case").click()
    expect(page.locator("#toasts")).to_contain_text("Resolved")
    expect(page.locator(".strip[aria-current]")).to_contain_text("Instructor not in")
    assert stored(busy, "learner_missing English B2").status == "resolved"


def test_snoozing_takes_a_digit(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    page.keyboard.press("j")
    expect(page.locator("#pane .case-title")).to_contain_text("Learner not in")
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#toasts")).to_contain_text("Snoozed")
    expect(page.locator("#nav-snoozed")).to_contain_text("1")
    assert stored(busy, "learner_missing English B2").status == "snoozed"


def test_keys_are_silent_while_someone_types(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    page.keyboard.press("/")
    page.keyboard.type("jcek")
    expect(page.get_by_role("searchbox")).to_have_value("jcek")
    expect(page.locator(".strip[aria-current]")).to_have_count(0)


def test_of_two_who_claim_one_case_one_has_it_and_both_see_whose_it_is(
    busy: cast.School, sign_in: SignIn
) -> None:
    nora = sign_in(busy.members["Nora"], "/queue/")
    tomas = sign_in(busy.members["Tomás"], "/queue/")
    for page in (nora, tomas):
        page.keyboard.press("j")
        expect(page.locator("#pane .case-title")).to_contain_text("Learner not in")
    for page in (nora, tomas):
        page.keyboard.press("c")
    expect(nora.locator("#toasts > *")).to_be_visible()
    expect(tomas.locator("#toasts > *")).to_be_visible()
    owner = stored(busy, "learner_missing English B2").owner
    assert owner is not None
    won, lost = (nora, tomas) if owner.pk == busy.members["Nora"].pk else (tomas, nora)
    expect(won.locator("#group-yours")).to_contain_text("Learner not in")
    expect(lost.locator("#toasts")).to_contain_text(f"{owner.user.name} has this case already.")
    case = busy.cases["learner_missing English B2"]
    expect(lost.locator(f"#case-{case.pk} .avatar")).to_have_attribute("aria-label", owner.user.name)


def test_a_colleagues_claim_is_seen_without_a_reload(busy: cast.School, sign_in: SignIn) -> None:
    nora = sign_in(busy.members["Nora"], "/queue/")
    tomas = sign_in(busy.members["Tomás"], "/queue/")
    expect(nora.locator("#live")).to_have_attribute("data-state", "on")
    tomas.keyboard.press("j")
    expect(tomas.locator("#pane .case-title")).to_contain_text("Learner not in")
    tomas.keyboard.press("c")
    expect(nora.locator("#group-others")).to_contain_text("Learner not in")


def test_the_list_of_keys_opens_with_a_question_mark(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page.get_by_role("heading", name="Live wall")).to_be_visible()


def test_a_long_queue_draws_more_as_one_comes_near_its_end(busy: cast.School, sign_in: SignIn) -> None:
    with tenancy.organization_scope(busy.organization.pk):
        for number in range(SHOWN):
            busy.case("stranger", "watch", "Algebra 8", participant=f"guest-{number}", claim_in=900 + number)
    page = sign_in(busy.members["Nora"], "/queue/")
    strips = page.locator(".group .strip")
    expect(strips).to_have_count(SHOWN)
    page.locator("#more").evaluate("end => end.scrollIntoView()")
    expect(page.locator("#more")).to_have_count(0)
    assert strips.count() > SHOWN
    expect(page.locator("#arrivals")).to_be_hidden()
    expect(page).to_have_url(re.compile("shown="))
