"""What changes is seen without a reload, and nothing moves under a hand."""

from __future__ import annotations

from playwright.sync_api import expect

from callboard.cases import operations
from callboard.cases.operations import Raise
from callboard.lib import clock, pubsub, tenancy
from callboard.sessions.models import Session
from tests.browser.conftest import SignIn
from tests.web import cast


def arrive(school: cast.School, kind: str = "overrun", severity: str = "watch") -> None:
    """A case comes, as the live engine raises it."""
    now = clock.now()
    with tenancy.organization_scope(school.organization.pk):
        session = school.sessions["Chemistry 10"]
        operations.apply(
            [
                Raise(
                    kind=kind,
                    severity=severity,
                    cause=f"{kind}|{session.key}|",
                    occurrence=f"{kind}|{session.key}||{now.isoformat()}",
                    session_key=session.key,
                    participant=None,
                    provider=None,
                    why="",
                    details={},
                    evidence=[],
                    raised_at=now,
                    noticed_at=now,
                )
            ]
        )


def test_a_case_that_arrives_is_on_the_page_without_a_reload(calm: cast.School, sign_in: SignIn) -> None:
    page = sign_in(calm.members["Nora"], "/queue/")
    expect(page.get_by_role("heading", name="Nothing needs you.")).to_be_visible()
    expect(page.locator("[data-lag]")).not_to_be_empty()
    arrive(calm)
    expect(page.locator(".strip")).to_contain_text("Still running")
    expect(page.locator("#nav-queue")).to_contain_text("1")
    expect(page.get_by_role("heading", name="Nothing needs you.")).to_be_hidden()


def test_an_arrival_waits_while_someone_is_in_the_list(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    page.keyboard.press("j")
    expect(page.locator("#pane .case-title")).to_contain_text("Learner not in")
    expect(page.locator("[data-lag]")).not_to_be_empty()
    before = page.locator(".group .strip").count()
    arrive(busy, "room_empty", "now")
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    assert page.locator(".group .strip").count() == before
    expect(page.locator(".strip[aria-current] .strip-title")).to_be_focused()
    page.keyboard.press(".")
    expect(page.locator(".group .strip")).to_have_count(before + 1)
    expect(page.locator(".strip[aria-current]")).to_contain_text("Learner not in")


def test_counts_stay_true_while_an_arrival_waits(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    page.keyboard.press("j")
    expect(page.locator("#nav-queue")).to_contain_text("11")
    expect(page.locator("[data-lag]")).not_to_be_empty()
    arrive(busy, "room_empty", "now")
    expect(page.locator("#nav-queue")).to_contain_text("12")
    expect(page.locator("#sums")).to_contain_text("3 now")


def test_a_page_that_hears_nothing_says_so_and_catches_up(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/queue/")
    expect(page.locator("[data-lag]")).not_to_be_empty()
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_contain_text("This may be old.")
    arrive(busy, "room_empty", "now")
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden(timeout=15_000)
    expect(page.locator("#group-nobody")).to_contain_text("Everyone has left")


def test_the_wall_shows_a_session_go_wrong(calm: cast.School, sign_in: SignIn) -> None:
    page = sign_in(calm.members["Nora"], "/wall/")
    expect(page.locator(".cell")).to_have_count(3)
    expect(page.locator(".cell.is-solid")).to_have_count(0)
    expect(page.locator("[data-lag]")).not_to_be_empty()
    arrive(calm, "room_empty", "now")
    expect(page.locator(".cell.is-solid.tone-now")).to_have_count(1)
    expect(page.locator("#nav-queue")).to_contain_text("1")
    page.locator(".cell.is-solid").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Chemistry 10")


def test_the_table_says_what_the_axis_draws(busy: cast.School, sign_in: SignIn) -> None:
    page = sign_in(busy.members["Nora"], "/sessions/s-chemistry-10/")
    expect(page.locator("callboard-timeline svg")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator("callboard-timeline")).to_be_hidden()
    expect(page.locator("#timeline-table")).to_contain_text("Recording stopped, raised")


def test_a_word_about_a_session_brings_its_page_up_to_date(calm: cast.School, sign_in: SignIn) -> None:
    page = sign_in(calm.members["Nora"], "/sessions/s-algebra-8/")
    expect(page.locator("[data-lag]")).not_to_be_empty()
    with tenancy.organization_scope(calm.organization.pk):
        Session.objects.filter(key="s-algebra-8").update(title="Algebra 9")
        pubsub.publish("session", key="s-algebra-8", status="live")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Algebra 9")
