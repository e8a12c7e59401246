"""Where cases go and by when, who may take them, and what happens when nobody does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from callboard.cases import operations, ports
from callboard.cases.models import Case, CaseEntry, Mention, Queue
from callboard.cases.operations import routes
from callboard.cases.ports import Asked, Routing
from callboard.lib.errors import Conflict, Forbidden, Invalid, NotFound
from callboard.people.access import Access
from callboard.people.models import Member
from callboard.sessions.models import Session
from tests.cases.conftest import NOON, missing

pytestmark = pytest.mark.django_db

ALL_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MORNINGS = {"week": {day: [["08:00", "12:00"]] for day in ALL_WEEK}}
"""By Madrid's clock, so that at noon UTC (13:00 there) it is closed until 07:00 UTC."""


@pytest.fixture(autouse=True)
def usual_queues(in_organization: Any) -> None:
    operations.create_default_queues()


def raised(minute: int = 0, **more: Any) -> Case:
    case = operations.raise_case(missing(minute, **more))
    assert case is not None
    return case


def test_a_route_that_fits_comes_before_the_queues_own_kinds(session: Session, time: Any) -> None:
    operations.save_queue("tech", name="Tech", kinds=["instructor_missing"])
    operations.save_queue("maths", name="Maths")
    Session.objects.filter(pk=session.pk).update(subject="Algebra")
    operations.save_routes(
        [
            {"queue": "tech", "kinds": ["stranger"]},
            {"queue": "maths", "subjects": ["Algebra"], "severities": ["now"]},
        ]
    )
    assert raised(participant="a").queue.slug == "maths"
    assert raised(participant="a", severity="soon", minute=1, cause="x").queue.slug == "tech"
    assert raised(participant="b", kind="stranger").queue.slug == "tech"


def test_routes_that_somebody_else_has_changed_meanwhile_are_not_overwritten(in_organization: Any) -> None:
    operations.save_queue("tech", name="Tech")
    read = routes.told()
    operations.save_routes([{"queue": "tech", "kinds": ["stranger"]}])
    with pytest.raises(Conflict) as refused:
        operations.save_routes([{"queue": "tech", "subjects": ["Algebra"]}], expected=read)
    assert refused.value.code == "changed_since"
    assert [each["kinds"] for each in routes.told()] == [["stranger"]]


def test_routes_ask_for_region_and_provider_too(session: Session, time: Any) -> None:
    operations.save_queue("tech", name="Tech")
    Session.objects.filter(pk=session.pk).update(region="eu", provider="livekit")
    operations.save_routes(
        [
            {"queue": "tech", "regions": ["us"]},
            {"queue": "tech", "regions": ["eu"], "providers": ["livekit"], "kinds": ["stranger"]},
        ]
    )
    assert raised(participant="a").queue.slug == "live"
    assert raised(participant="b", kind="stranger").queue.slug == "tech"


def test_where_a_case_would_go_is_said_with_what_says_so(session: Session, time: Any) -> None:
    operations.save_queue("tech", name="Tech", kinds=["dropped"], deadlines={"now": [2, 9]})
    operations.save_queue("night", name="Night")
    operations.save_queue("live", name="Live floor", hours=MORNINGS, stand_in="night")
    operations.save_routes([{"queue": "tech", "subjects": ["Algebra"]}])
    found = operations.where("overrun", "now", subject="Algebra")
    assert (found.queue.slug, found.by, found.route, found.claim, found.resolve) == ("tech", "route", 1, 2, 9)
    assert operations.where("dropped", "soon").by == "kind"
    found = operations.where("overrun", "now")
    assert (found.queue.slug, found.meant.slug, found.by) == ("night", "live", "default")
    with pytest.raises(Invalid):
        operations.where("overrun", "loud")


def test_rules_that_cannot_be_meant_are_refused(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        operations.save_routes(
            [{"queue": "nowhere", "kinds": ["x"]}, {"queue": "nowhere", "severities": ["loud"]}, {}]
        )
    assert set(refused.value.fields) == {"0.queue", "1.queue", "1.severities", "2.queue", "2"}


@pytest.fixture
def policies() -> Iterator[None]:
    class Policies:
        def routing(self, asked: Sequence[Asked]) -> list[Routing]:
            return [
                Routing("tech", (1, 2)) if each.kind == "stranger" else Routing(None, None) for each in asked
            ]

    former, ports.filled.routing = ports.filled.routing, Policies()
    yield
    ports.filled.routing = former


def test_a_policy_says_queue_and_minutes_before_all_else(
    session: Session, time: Any, alice: Access, policies: None
) -> None:
    operations.save_queue("tech", name="Tech")
    case = raised(kind="stranger", participant="ipad")
    assert (case.queue.slug, case.claim_by) == ("tech", NOON + timedelta(minutes=1))
    assert operations.claim(alice, case.pk).resolve_by == NOON + timedelta(minutes=2)
    assert raised().queue.slug == "live"


def test_deadlines_run_in_the_queues_hours(session: Session, time: Any, alice: Access) -> None:
    operations.save_queue("live", name="Live floor", hours=MORNINGS)
    case = raised(severity="soon")
    assert case.claim_by == NOON + timedelta(hours=19, minutes=5)
    assert operations.claim(alice, case.pk).resolve_by == NOON + timedelta(hours=19, minutes=30)


def test_while_a_queue_is_closed_what_is_for_now_goes_to_its_stand_in(session: Session, time: Any) -> None:
    operations.save_queue("night", name="Night")
    operations.save_queue("live", name="Live floor", hours=MORNINGS, stand_in="night")
    assert raised().queue.slug == "night"
    assert raised(severity="soon", participant="b").queue.slug == "live"
    time.advance(timedelta(hours=20))
    assert raised(20 * 60, participant="c").queue.slug == "live"


def test_hours_and_queues_that_do_not_exist_are_refused(session: Session, alice: Access) -> None:
    for wrong in (
        {"hours": {"week": {"mon": [["9", "late"]]}}},
        {"stand_in": "live"},
        {"escalate_to": "nowhere"},
        {"escalate_member": 0x7FFF},
    ):
        with pytest.raises(Invalid):
            operations.save_queue("live", name="Live floor", **wrong)


def test_only_who_works_a_queue_takes_its_cases(case: Case, alice: Access, bob: Access) -> None:
    operations.save_queue("live", name="Live floor", members=[bob.member or 0])
    deeds: dict[str, dict[str, Any]] = {
        "claim": {},
        "resolve": {"outcome": "fixed"},
        "snooze": {"until": NOON + timedelta(hours=1)},
    }
    for deed, params in deeds.items():
        with pytest.raises(Forbidden) as refused:
            operations.act(alice, case.pk, deed, **params)
        assert refused.value.code == "not_in_queue"
    with pytest.raises(Conflict):
        operations.assign(bob, case.pk, alice.member or 0)
    operations.claim(alice, case.pk, override=True)
    assert CaseEntry.objects.get(kind="claimed").data == {"override": True}

    operations.resolve(alice, case.pk, "fixed")


def test_a_strict_queue_is_its_peoples_alone(case: Case, alice: Access, bob: Access) -> None:
    operations.save_queue("live", name="Live floor", members=[bob.member or 0], strict=True)
    with pytest.raises(Forbidden) as refused:
        operations.claim(alice, case.pk, override=True)
    assert refused.value.details["strict"]
    with pytest.raises(Conflict):
        operations.assign(bob, case.pk, alice.member or 0, override=True)
    assert operations.claim(bob, case.pk).owner_id == bob.member


def test_an_admin_takes_any_case(case: Case, alice: Access, bob: Access) -> None:
    operations.save_queue("live", name="Live floor", members=[bob.member or 0])
    Member.objects.filter(pk=alice.member or 0).update(role="admin")
    from callboard.people.access import access_of_login

    admin = access_of_login(alice.user or 0)
    assert operations.claim(admin, case.pk).owner_id == admin.member


def escalating(bob: Access) -> None:
    operations.save_queue("leads", name="Leads", escalate_to="live")
    operations.save_queue("live", name="Live floor", escalate_to="leads", escalate_member=bob.member)


def test_what_nobody_takes_in_time_goes_where_its_queue_says(
    session: Session, time: Any, bob: Access
) -> None:
    escalating(bob)
    case = raised(severity="soon")
    time.advance(timedelta(minutes=5))
    assert operations.mind_deadlines().escalated == 1
    case.refresh_from_db()
    assert (case.queue.slug, case.severity, case.status) == ("leads", "now", "open")
    assert case.claim_by == NOON + timedelta(minutes=7)
    line = CaseEntry.objects.get(kind="escalated")
    assert {name: line.data[name] for name in ("from", "to", "severity", "now")} == {
        "from": "live", "to": "leads", "severity": "soon", "now": "now",
    }  # fmt: skip
    told = Mention.objects.get()
    assert (told.member_id, told.entry_id, told.reason) == (bob.member, line.pk, "escalation")
    assert operations.mind_deadlines().escalated == 0


def test_a_case_does_not_go_round_in_circles(session: Session, time: Any, bob: Access) -> None:
    escalating(bob)
    case = raised(severity="watch")
    for _minute in range(40):
        time.advance(timedelta(minutes=1))
        operations.mind_deadlines()
    case.refresh_from_db()
    assert [line.data["to"] for line in CaseEntry.objects.filter(kind="escalated")] == ["leads"]
    assert case.queue.slug == "leads"


def test_one_goes_to_another_queue_by_hand_and_back_by_undo(case: Case, alice: Access, time: Any) -> None:
    operations.save_queue("tech", name="Tech", deadlines={"now": [9, 9]})
    moved = operations.move(alice, case.pk, "tech")
    assert (moved.queue.slug, moved.claim_by) == ("tech", NOON + timedelta(minutes=9))
    with pytest.raises(NotFound):
        operations.move(alice, case.pk, "nowhere")
    back = operations.undo(alice, case.pk)
    assert (back.queue_id, back.claim_by) == (case.queue_id, case.claim_by)


def test_a_queue_that_is_done_away_with_leaves_its_cases_to_another(session: Session, time: Any) -> None:
    operations.save_queue("tech", name="Tech", kinds=["stranger"])
    case = raised(kind="stranger", participant="x")
    with pytest.raises(NotFound):
        operations.remove_queue("tech", "tech")
    with pytest.raises(Conflict):
        operations.remove_queue("live", "tech")
    operations.remove_queue("tech", "live")
    case.refresh_from_db()
    assert case.queue.slug == "live"
    assert not Queue.objects.filter(slug="tech").exists()
