"""Which promises are made, by organization, subject and session, and what a change does to what is booked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.expectations import queries
from callboard.expectations.models import Expectation, ExpectationPolicy
from callboard.expectations.operations import derive_plans, record, restore_policy, set_policy
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.lib.tenancy import current_organization
from callboard.sessions import operations as sessions
from callboard.sessions.models import Session, SessionStatus
from tests.sessions.conftest import START, Cast

pytestmark = pytest.mark.django_db

OFF = {"lasted": {"enabled": False}}
ON = {"lasted": {"enabled": True}}


def derived(policy: ExpectationPolicy) -> int:
    return derive_plans(current_organization(), policy.version)


def lasted(session: Session) -> str | None:
    rows = Expectation.objects.filter(session=session, kind="lasted")
    return rows.values_list("status", flat=True).first()


def test_the_narrowest_word_wins(session: Session, cast: Cast) -> None:
    Session.objects.filter(pk=session.pk).update(subject="Maths")
    set_policy(OFF)
    set_policy(ON, scope="subject", target="Maths")
    assert queries.policy() == OFF
    assert queries.policy("Maths", session.key) == ON
    set_policy(OFF, scope="session", target=session.key)
    assert queries.policies_of([session.key])[session.key] == OFF
    assert queries.policy("Maths", "another") == ON


def test_a_change_reaches_what_is_booked_and_can_be_put_back(session: Session) -> None:
    assert derived(set_policy(OFF)) == 1
    assert lasted(session) == "waived"
    set_policy({})
    restored = restore_policy(2)
    assert (restored.version, restored.restored) == (3, 2)
    derived(restored)
    assert lasted(session) == "due"


def test_when_the_engine_says_something_is_due_stands(session: Session) -> None:
    said = START - timedelta(minutes=40)
    record(session.key, "room_ready", None, "due", due_at=said)
    derived(set_policy(OFF))
    assert Expectation.objects.get(session=session, kind="room_ready").due_at == said


def test_a_live_session_keeps_the_promises_it_began_with(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(status=SessionStatus.LIVE)
    assert derived(set_policy(OFF)) == 0
    assert lasted(session) == "due"
    record(session.key, "lasted", None, "missed")
    assert lasted(session) == "missed"


def test_what_is_promised_no_more_is_not_revived_by_evidence(session: Session) -> None:
    derived(set_policy(OFF))
    record(session.key, "lasted", None, "met", START)
    assert lasted(session) == "waived"


def test_a_subjects_policy_concerns_its_sessions_alone(session: Session, cast: Cast) -> None:
    assert derived(set_policy(OFF, scope="subject", target="Chemistry")) == 0
    assert lasted(session) == "due"
    other = sessions.book(cast.booking(subject="Chemistry", starts_at=START + timedelta(hours=5),
                                       ends_at=START + timedelta(hours=6)))  # fmt: skip
    assert lasted(other) is None


def test_what_cannot_be_meant_is_refused(session: Session) -> None:
    for values, field in (
        ({"dance": {}}, "dance"),
        ({"lasted": {"minutes": 3}}, "lasted.minutes"),
        ({"lasted": {"enabled": "no"}}, "lasted.enabled"),
    ):
        with pytest.raises(Invalid) as refused:
            set_policy(values)
        assert list(refused.value.fields) == [field]
    with pytest.raises(Invalid):
        set_policy(OFF, scope="session", target="nowhere")
    with pytest.raises(NotFound):
        restore_policy(7)


def test_of_two_who_change_it_at_once_the_second_is_told(session: Session) -> None:
    set_policy(OFF, expected=0)
    with pytest.raises(Conflict):
        set_policy(ON, expected=0)
