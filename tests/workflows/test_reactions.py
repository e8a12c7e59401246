"""The table of reactions: every entry is a job that the facts' subscribers know."""

from __future__ import annotations

from callboard.lib import facts
from callboard.sessions.facts import SessionsBooked
from callboard.workflows import prepare_session, reactions


def test_each_reaction_is_subscribed_once_however_often_that_is_asked_for() -> None:
    reactions.subscribe()
    for fact, task in reactions.REACTIONS:
        assert facts.subscribers(fact).count(task) == 1


def test_a_booking_prepares_the_session() -> None:
    assert prepare_session.booked in facts.subscribers(SessionsBooked)
