"""What other rules would have raised, over sessions that have closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from callboard.lib import clock
from callboard.lib.errors import Invalid
from callboard.lib.tenancy import organization_scope
from callboard.live import operations
from callboard.live.engine.moments import moment_of
from callboard.live.log import Line, append
from callboard.live.models import Backtest, Signals
from callboard.sessions.models import Session
from tests.live.engine.cast import LENGTH, START, Lesson

pytestmark = pytest.mark.django_db(transaction=True)
END = START + LENGTH


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    """The day after the lessons."""
    with clock.using(clock.VirtualClock(moment_of(END) + timedelta(hours=27))):
        yield


def close(key: str, lesson: Lesson, subject: str = "algebra") -> None:
    """A lesson that happened so, in the log, its session over."""
    from callboard.lib import tenancy

    organization = tenancy.current_organization()
    Session.objects.create(
        key=key, title="A lesson", subject=subject, status="ended", starts_at=moment_of(START),
        ends_at=moment_of(END), ended_at=moment_of(END),
    )  # fmt: skip
    plan = (
        f'{{"starts_at": "{moment_of(START).isoformat()}", "ends_at": "{moment_of(END).isoformat()}", '
        f'"instructor": "iris", "learners": ["ana", "ben"]}}'
    )
    append(
        [
            Line(organization, key, one.id, one.kind, one.at, one.at, one.participant,
                 plan if one.kind == "session.planned" else "{}")
            for one in lesson.events
        ]
    )  # fmt: skip


def gone(seconds: float) -> Lesson:
    """Ana is gone for so long."""
    return Lesson().planned().ready().all_in().leave("ana", 600).join("ana", 600 + seconds)


@pytest.fixture
def past(organization: Any) -> Any:
    with organization_scope(organization.pk):
        for number in range(12):
            close(f"s-{number}", gone(100), "algebra" if number % 2 else "physics")
        close("s-short", gone(70))
        close("s-long", gone(400))
    assert operations.write_signals(organization.pk) == 14
    return organization


def run(organization: Any, values: dict[str, Any], processes: int = 0, **which: Any) -> Backtest:
    with organization_scope(organization.pk):
        asked = operations.ask_backtest(values, **which)
    operations.run_backtest(organization.pk, asked.pk, processes)
    with organization_scope(organization.pk):
        return operations.get_backtest(asked.pk)


def test_a_longer_wait_would_have_raised_fewer(past: Any) -> None:
    found = run(past, {"dropped_after_s": 120})
    assert (found.status, found.total, found.judged, found.notes) == ("done", 14, 14, [])
    assert found.figures == {"dropped": {"now": 13, "then": 1, "more": 0, "less": 12, "louder": 0}}
    assert {(one["change"], one["kind"], one["participant"]) for one in found.found} == {
        ("less", "dropped", "ana")
    }
    assert sorted(one["session"] for one in found.found)[0] == "s-0"


def test_a_shorter_wait_would_have_raised_more(past: Any) -> None:
    found = run(past, {"dropped_after_s": 60})
    assert found.figures["dropped"] == {"now": 13, "then": 14, "more": 1, "less": 0, "louder": 0}
    assert [one["session"] for one in found.found] == ["s-short"]


def test_it_is_held_against_the_rules_in_force_and_within_its_subject(past: Any) -> None:
    with organization_scope(past.pk):
        operations.set_policy({"dropped_after_s": 60})
    found = run(past, {"rules": {"dropped": {"on": False}}}, scope="subject", target="physics")
    assert (found.total, found.figures["dropped"]["now"], found.figures["dropped"]["then"]) == (6, 6, 0)


def test_incidents_are_listed_where_their_rule_changes(past: Any) -> None:
    found = run(past, {"incident_sessions": 20})
    assert found.figures["incident"] == {
        "now": 2, "then": 0, "more": 0, "less": 2, "louder": 0
    }  # fmt: skip
    told = {one["kind"]: one for one in found.incidents}
    assert set(told) == {"dropped", "overrun"}
    assert {one["change"] for one in found.incidents} == {"less"}
    assert len(told["dropped"]["sessions"]) == 13
    assert ":" in told["dropped"]["key"]


def test_an_incident_of_both_sides_is_no_difference(past: Any) -> None:
    found = run(past, {"incident_sessions": 4})
    assert found.figures["incident"]["more"] == found.figures["incident"]["less"] == 0
    assert found.incidents == []


def test_it_says_what_it_cannot_know(past: Any) -> None:
    found = run(past, {"loss": 0.02, "quiet_after_s": 60})
    assert found.notes == ["below_floor", "not_kept"]


def test_one_that_was_cancelled_does_not_run(past: Any) -> None:
    with organization_scope(past.pk):
        asked = operations.ask_backtest({"dropped_after_s": 60})
        operations.cancel_backtest(asked.pk)
    operations.run_backtest(past.pk, asked.pk, 0)
    with organization_scope(past.pk):
        assert operations.get_backtest(asked.pk).judged == 0
        assert operations.cancel_backtest(asked.pk).status == "cancelled"


def test_processes_of_their_own_come_to_the_same(past: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = run(past, {"dropped_after_s": 120})
    monkeypatch.setattr("callboard.live.operations.backtests.FEW", 1)
    monkeypatch.setattr("callboard.live.operations.backtests.FIRST", 2)
    monkeypatch.setattr("callboard.live.operations.backtests.CHUNK", 4)
    apart = run(past, {"dropped_after_s": 120}, 2)
    assert (apart.figures, apart.judged) == (alone.figures, 14)


def test_a_proposal_that_cannot_be_in_force_is_refused(organization: Any) -> None:
    with organization_scope(organization.pk), pytest.raises(Invalid):
        operations.ask_backtest({"dropped_after_s": 0})


def test_signals_are_looked_at_again_for_what_comes_late(organization: Any) -> None:
    early = clock.VirtualClock(moment_of(END) + timedelta(minutes=5))
    with organization_scope(organization.pk):
        close("s-1", gone(100))
    with clock.using(early):
        assert operations.write_signals(organization.pk) == 1
        assert operations.write_signals(organization.pk) == 0
        with organization_scope(organization.pk):
            before = Signals.objects.get()
            append([Line(organization.pk, "s-1", "late", "room.ended", END, END)])
        early.set(moment_of(END) + timedelta(hours=1))
        assert operations.write_signals(organization.pk) == 1
    with organization_scope(organization.pk):
        after = Signals.objects.get()
        assert after.position > before.position
        assert bytes(after.data) != bytes(before.data)
    assert operations.write_signals(organization.pk) == 1
    assert operations.write_signals(organization.pk) == 0
