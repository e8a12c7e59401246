"""Rules that change while a session is live reach its cases within a step of the owner."""

from __future__ import annotations

from callboard.cases.models import Case
from callboard.lib.tenancy import organization_scope
from callboard.live import operations
from callboard.live.runner.owner import Owner
from tests.live.runner.conftest import School
from tests.live.runner.test_owner import At, cases, work


def test_a_changed_rule_holds_for_what_is_live_from_then_on(owner: Owner, school: School, at: At) -> None:
    school.book()
    school.happens("room.ready", -1000)
    work(owner, at, 121)
    assert cases(school) == [("instructor_missing", "s-1-instructor", "open")]
    with organization_scope(school.organization):
        operations.set_policy(
            {"instructor_after_s": 300, "rules": {"instructor_missing": {"severity": "soon"}}}
        )
    operations.tell_plans(school.organization, 1)
    work(owner, at, 125)
    assert cases(school) == [("instructor_missing", "s-1-instructor", "cleared")]
    work(owner, at, 301)
    assert [status for _, _, status in cases(school)] == ["cleared", "open"]
    with organization_scope(school.organization):
        first, second = Case.objects.order_by("raised_at")
    assert (first.severity, second.severity) == ("now", "soon")
    assert "rules" not in first.details
    assert second.details["rules"] == f"{school.organization}:1"
