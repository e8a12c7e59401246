"""What the case page says of the rule that raised a case."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.cases import registry
from callboard.live.engine.kinds import KINDS
from callboard.live.models import LivePolicy
from callboard.live.monitors import RULES, SHOWN, rule_text

pytestmark = pytest.mark.django_db


def test_every_kind_of_the_engine_is_known_to_cases() -> None:
    assert set(KINDS) == set(SHOWN) == set(RULES)
    for name, kind in KINDS.items():
        known = registry.kind(name)
        assert known.severity == kind.severity
        assert "%(" not in str(known.rule)


def test_the_rule_says_its_figures(in_organization: Any) -> None:
    assert rule_text("instructor_missing") == "Instructor in by +2 min"
    assert rule_text("bad_connection").startswith("For 20 s: loss over 5%")


def test_an_organizations_own_figures_come_with_their_version(in_organization: Any) -> None:
    LivePolicy.objects.create(version=1, values={"instructor_after_s": 300})
    LivePolicy.objects.create(version=2, values={"instructor_after_s": 90})
    assert rule_text("instructor_missing") == "Instructor in by +90 s, version 2"


def test_a_kind_that_is_not_ours_has_no_rule_here(in_organization: Any) -> None:
    assert rule_text("note_not_sent") == ""
