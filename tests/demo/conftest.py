"""A session to play with: one instructor, two learners, three quarters of an hour."""

from __future__ import annotations

import pytest

from callboard.demo.play.cast import Plan

START = 1_793_577_600_000 + 10 * 3_600_000


@pytest.fixture
def plan() -> Plan:
    return Plan(
        "ses_0000000000000001", START, START + 45 * 60_000, "marta", ("joan", "iris"), True,
        "meridian", "eu-1", "Frankfurt",
    )  # fmt: skip
