"""What was asked for is asked, then confirmed or failed, on evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from callboard.cases import operations, registry
from callboard.cases.models import Case, CaseEntry
from callboard.cases.registry import Action
from callboard.lib.errors import Invalid, NotFound
from callboard.people.access import Access
from tests.cases.conftest import NOON

pytestmark = pytest.mark.django_db

Read = Callable[[], Case]


@pytest.fixture
def knocked() -> Iterator[list[int]]:
    """An action that takes 40 s to come true; the list holds the lines that it was told of."""
    asked: list[int] = []

    def knock(access: Access, case: Case, entry: int, words: str = "") -> dict[str, Any]:
        asked.append(entry)
        return {"words_length": len(words)}

    registry.register_action(
        Action("knock", "Knock", "phone", ("instructor_missing",), "cases.act", knock, usual_s=40)
    )
    yield asked
    registry._actions.pop("knock")


def line() -> dict[str, Any]:
    return dict(CaseEntry.objects.get(kind="acted").data)


def test_an_action_that_takes_time_is_asked_and_knows_its_line(
    case: Case, alice: Access, knocked: list[int]
) -> None:
    operations.act(alice, case.pk, "knock", words="hello")
    entry = CaseEntry.objects.get(kind="acted")
    assert knocked == [entry.pk]
    assert entry.data == {
        "state": "asked",
        "asked_at": NOON.isoformat(),
        "usual_s": 40,
        "words_length": 5,
    }


def test_it_is_confirmed_once_and_the_case_tells_it(
    case: Case, alice: Access, knocked: list[int], time: Any, read: Read
) -> None:
    operations.act(alice, case.pk, "knock")
    version = read().version
    time.advance(timedelta(seconds=21))
    assert operations.confirm(knocked[0], evidence=["e-9"])
    assert not operations.confirm(knocked[0])
    assert line()["state"] == "confirmed"
    assert line()["confirmed_at"] == (NOON + timedelta(seconds=21)).isoformat()
    assert line()["evidence"] == ["e-9"]
    assert read().version == version + 1


def test_what_failed_and_then_came_true_after_all_is_confirmed(
    case: Case, alice: Access, knocked: list[int]
) -> None:
    operations.act(alice, case.pk, "knock")
    assert operations.fail(knocked[0], "Nobody answered in 10 s. Nothing has changed.")
    assert (line()["state"], line()["words"]) == ("failed", "Nobody answered in 10 s. Nothing has changed.")
    assert not operations.fail(knocked[0], "again")
    assert operations.confirm(knocked[0])
    assert "words" not in line()
    assert not operations.fail(knocked[0], "too late")
    assert line()["state"] == "confirmed"


def test_an_answer_confirmed_while_it_was_asked_stays_confirmed(case: Case, alice: Access) -> None:
    def knock(access: Access, case: Case, entry: int) -> dict[str, Any]:
        operations.confirm(entry)
        return {"door": 1}

    registry.register_action(Action("knock", "Knock", "phone", (), "cases.act", knock, usual_s=1))
    operations.act(alice, case.pk, "knock")
    registry._actions.pop("knock")
    assert (line()["state"], line()["door"]) == ("confirmed", 1)


def test_what_the_system_does_is_written_too_and_awaited(case: Case, time: Any) -> None:
    entry = operations.record(case.pk, "send_link", usual_s=20, data={"to": "per_marta"})
    operations.record(case.pk, "send_mail")
    assert entry.actor_id is None
    assert list(operations.awaited()) == [entry]
    assert list(operations.awaited("send_mail")) == []
    assert list(operations.awaited(older_than=timedelta(seconds=5))) == []
    time.advance(timedelta(seconds=6))
    assert list(operations.awaited("send_link", older_than=timedelta(seconds=5))) == [entry]
    operations.confirm(entry.pk)
    assert list(operations.awaited()) == []


def test_a_line_that_is_not_there_changes_nothing(case: Case) -> None:
    assert not operations.confirm(999)
    assert not operations.fail(999, "no")
    with pytest.raises(NotFound):
        operations.record(999, "send_link")


def test_nobody_gives_the_line_from_outside(case: Case, alice: Access, knocked: list[int]) -> None:
    with pytest.raises(Invalid):
        operations.act(alice, case.pk, "knock", entry=7)
    assert knocked == []
