"""Rules that people change: refused where they can't be meant, told to every session that is not over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from callboard.cases.ports import Asked, Routing
from callboard.lib import clock
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.lib.tenancy import organization_scope
from callboard.live import operations, rulebook
from callboard.live.models import Event, LivePolicy
from callboard.live.routing import PolicyRouting
from callboard.live.runner.policies import Policies
from callboard.sessions.models import Session

pytestmark = pytest.mark.django_db


def book(key: str, subject: str = "algebra", status: str = "scheduled") -> Session:
    now = clock.now()
    return Session.objects.create(
        key=key, title="A lesson", subject=subject, status=status,
        starts_at=now, ends_at=now + timedelta(hours=1),
    )  # fmt: skip


def test_each_policy_is_a_version_of_its_own(in_organization: Any) -> None:
    operations.set_policy({"instructor_after_s": 60})
    assert operations.set_policy({"instructor_after_s": 90}, scope="subject", target="algebra").version == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"patience": 3}, "patience"),
        ({"loss": 3}, "loss"),
        ({"loss": True}, "loss"),
        ({"unstable_times": 2.5}, "unstable_times"),
        ({"empty_after_s": 300}, "empty_after_s"),
        ({"rules": {"patience": {}}}, "rules.patience"),
        ({"rules": {"dropped": {"on": 1}}}, "rules.dropped.on"),
        ({"rules": {"dropped": {"severity": "loud"}}}, "rules.dropped.severity"),
        ({"rules": {"stranger": {"severity": "watch"}}}, "rules.stranger.severity"),
        ({"rules": {"dropped": {"claim_minutes": 0}}}, "rules.dropped.claim_minutes"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(
    in_organization: Any, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        operations.set_policy(values)
    assert list(refused.value.fields) == [field]
    assert not LivePolicy.objects.exists()


def test_what_is_judged_over_several_sessions_is_the_organizations_alone(in_organization: Any) -> None:
    with pytest.raises(Invalid):
        operations.set_policy({"quiet_after_s": 60}, scope="subject", target="algebra")
    with pytest.raises(Invalid):
        operations.set_policy({}, scope="session", target="nowhere")


def test_the_narrowest_that_says_something_wins(in_organization: Any) -> None:
    book("s-1")
    operations.set_policy({"instructor_after_s": 60, "dropped_after_s": 60})
    operations.set_policy({"dropped_after_s": 45}, scope="subject", target="algebra")
    operations.set_policy({"rules": {"dropped": {"on": False}}}, scope="session", target="s-1")
    found = rulebook.in_force("algebra", "s-1")
    assert found.versions == [1, 2, 3]
    assert (found.figures()["instructor_after_s"], found.figures()["dropped_after_s"]) == (60, 45)
    assert rulebook.in_force("physics", "s-2").versions == [1]
    name = found.name
    assert name == f"{in_organization.pk}:1.2.3"
    rules = Policies()[name]
    assert (rules.dropped_after, rules.off, rules.number) == (45_000_000, ("dropped",), 1)


def test_a_change_made_to_an_older_version_is_refused(in_organization: Any) -> None:
    operations.set_policy({}, expected=0)
    with pytest.raises(Conflict):
        operations.set_policy({}, expected=0)
    assert operations.set_policy({}, expected=1).version == 2


def test_an_earlier_version_can_be_put_in_force_again(in_organization: Any) -> None:
    operations.set_policy({"dropped_after_s": 60})
    operations.set_policy({"dropped_after_s": 30})
    again = operations.restore_policy(1)
    assert (again.version, again.values, again.restored) == (3, {"dropped_after_s": 60}, 1)
    with pytest.raises(NotFound):
        operations.restore_policy(9)


@pytest.mark.django_db(transaction=True)
def test_sessions_that_are_not_over_are_told_and_no_others(organization: Any) -> None:
    with organization_scope(organization.pk):
        for key, subject, status in (
            ("s-1", "algebra", "scheduled"),
            ("s-2", "algebra", "live"),
            ("s-3", "physics", "live"),
            ("s-4", "algebra", "ended"),
        ):
            book(key, subject, status)
        operations.set_policy({"dropped_after_s": 60}, scope="subject", target="algebra")
    for _ in range(2):
        assert operations.tell_plans(organization.pk, 1) == 2
    with organization_scope(organization.pk):
        told = Event.objects.order_by("seq").values_list("session", "event_id")
        assert [session for session, _ in told] == ["s-2", "s-1"] * 2
        assert len({event_id for _, event_id in told}) == 2


def test_cases_are_routed_as_their_rules_say(in_organization: Any) -> None:
    session = book("s-1")
    operations.set_policy({"rules": {"dropped": {"queue": "tech", "claim_minutes": 3}}})
    operations.set_policy(
        {"rules": {"dropped": {"claim_minutes": 2, "resolve_minutes": 9}}}, scope="session", target="s-1"
    )
    asked = [Asked("dropped", "soon"), Asked("dropped", "soon", session.pk), Asked("overrun", "watch")]
    found = PolicyRouting().routing(asked)
    assert found[1:] == [Routing("tech", (2, 9)), Routing()]
    assert found[0].queue == "tech"
    assert found[0].minutes is not None
    assert found[0].minutes[0] == 3
