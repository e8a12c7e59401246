"""A case explains itself in names and local times, from the key and parameters that its rule gave."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from callboard.cases.models import Case
from callboard.live.engine.wording import SENTENCES as RULES
from callboard.people.models import Person
from callboard.sessions.models import Session
from callboard.web import times
from callboard.web.presenters import why
from callboard.web.reads.seats import Seat

MADRID = times.zone("Europe/Madrid")
RAISED = datetime(2026, 3, 3, 15, 2, tzinfo=UTC)
SEATS = [
    Seat(1, "p-marta", "Marta Vidal", "Europe/Athens", "", "", True),
    Seat(2, "p-joan", "Joan Puig", "Europe/Madrid", "", "", False),
    Seat(3, "p-iris", "Iris Kanter", "Europe/Berlin", "", "", False),
]


def case(kind: str, key: str = "", person: str = "", **params: Any) -> Case:
    session = Session(
        organization_id=1,
        title="Algebra 8",
        starts_at=RAISED.replace(minute=0),
        ends_at=RAISED.replace(hour=16, minute=0),
    )
    details = {"key": key or kind, "params": params} if params or key else {}
    named = Person(organization_id=1, pk=1, name=person) if person else None
    return Case(
        organization_id=1,
        kind=kind,
        session=session,
        person=named,
        raised_at=RAISED,
        details=details,
        why="as the rule said",
    )


def test_names_stand_for_ids_and_local_times_for_stamps() -> None:
    missing = case(
        "instructor_missing", person="Marta Vidal", participant="p-marta", due="2026-03-03T15:02:00Z"
    )
    assert why.sentence(missing, SEATS, MADRID) == (
        "Marta Vidal was due in by 16:02 and has not been seen. Joan and Iris are expected."
    )


def test_a_recorders_end_is_told_to_the_second() -> None:
    stopped = case("recording_stalled", "recording_stopped", recorder="A", since="2026-03-03T15:01:30.250Z")
    assert why.sentence(stopped, SEATS, MADRID).startswith(
        "Recorder A stopped at 16:01:30, and no other is running while Marta teaches."
    )


@pytest.mark.parametrize("key", sorted(RULES))
def test_every_sentence_of_the_rules_has_words_of_its_own_here(key: str) -> None:
    assert key in why.SENTENCES


@pytest.mark.parametrize("kind", ["inaudible", "recording_stalled", "recording_bad", "dropped", "room_empty"])
def test_a_case_that_names_no_key_is_explained_all_the_same(kind: str) -> None:
    said = why.sentence(case(kind), SEATS, MADRID)
    assert said
    assert said != "as the rule said"
    assert "%(" not in said


def test_an_unknown_kind_says_what_its_rule_said() -> None:
    assert why.sentence(case("something_new"), SEATS, MADRID) == "as the rule said"


def test_what_recovered_says_since_when() -> None:
    recovered = case("overrun")
    recovered.cleared_at = datetime(2026, 3, 3, 15, 7, 12, tzinfo=UTC)
    assert why.sentence(recovered, SEATS, MADRID).endswith("It cleared by itself at 16:07:12.")
