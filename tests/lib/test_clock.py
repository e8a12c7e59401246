from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callboard.lib import clock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_a_virtual_clock_stands_still_until_it_is_moved() -> None:
    with clock.using(clock.VirtualClock(NOON)) as virtual:
        assert clock.now() == NOON
        assert isinstance(virtual, clock.VirtualClock)
        virtual.advance(timedelta(minutes=5))
        assert clock.now() == NOON + timedelta(minutes=5)


def test_a_virtual_clock_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="does not go back"):
        clock.VirtualClock(NOON).set(NOON - timedelta(seconds=1))


def test_the_former_clock_is_back_after_the_block_even_if_it_fails() -> None:
    def fail_at_noon() -> None:
        with clock.using(clock.VirtualClock(NOON)):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_at_noon()
    assert clock.now() != NOON
