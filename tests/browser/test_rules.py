"""A rule is changed with the past as proof: tried, watched, kept."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from callboard.lib import clock, tenancy
from callboard.live import operations, signals
from callboard.live.engine.events import LogEvent
from callboard.live.models import Backtest, Signals
from callboard.sessions.models import Session
from tests.browser.conftest import SignIn
from tests.live.engine.cast import Lesson
from tests.web import cast


def closed(school: cast.School, key: str, gone: float) -> None:
    """A lesson of last week from which Ana was gone for so long."""
    ended = clock.now() - timedelta(days=6)
    story = Lesson().planned().ready().all_in().leave("ana", 600).join("ana", 600 + gone)
    events: list[LogEvent] = story.events
    with tenancy.organization_scope(school.organization.pk):
        session = Session.objects.create(
            key=key, title=f"Lesson {key}", subject="algebra", status="ended", ended_at=ended,
            starts_at=ended - timedelta(hours=1), ends_at=ended,
        )  # fmt: skip
        Signals.objects.create(session=session, closed_at=ended, position=0, data=signals.pack(events))


def test_a_rule_is_tried_on_the_past_and_kept(calm: cast.School, sign_in: SignIn) -> None:
    for number in range(3):
        closed(calm, f"s-past-{number}", 100 + 100 * number)
    page = sign_in(calm.members["Aisha"], "/settings/rules/")
    page.get_by_role("link", name="Dropped, not back").click()
    expect(page.locator("[data-lag]")).not_to_be_empty()
    page.get_by_label("Not back after, s").fill("150")
    page.get_by_role("button", name="Try on the last 30 days").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.locator("[data-lag]")).not_to_be_empty()
    with tenancy.organization_scope(calm.organization.pk):
        asked = Backtest.objects.get().pk
    operations.run_backtest(calm.organization.pk, asked, 0)
    said = "Over the last 30 days this would have raised 2 cases, 1 fewer than now."
    expect(page.locator("#trial")).to_contain_text(said)
    expect(page.get_by_role("link", name="Lesson s-past-0")).to_be_visible()
    expect(page.get_by_label("Not back after, s")).to_have_value("150")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".settings")).to_contain_text("is not back 150 s after leaving")
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.get_by_role("row", name="Aisha")).to_contain_text("Dropped, not back")
    page.context.close()
