"""The log read on: of some sessions and kinds, one organization's, from where one was."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.live.log.following import lines_after

pytestmark = pytest.mark.django_db

KINDS = ("participant.joined", "participant.left")


def write(organization: Any, *lines: tuple[str, str, str]) -> None:
    with organization_scope(organization.pk):
        log.append(
            [log.Line(organization.pk, session, id_, kind, 5, 6, "ana") for session, id_, kind in lines]
        )


def test_what_is_asked_for_comes_and_only_once(organization: Any, other_organization: Any) -> None:
    write(
        organization,
        ("s-1", "e-1", "participant.joined"),
        ("s-1", "e-2", "speech"),
        ("s-2", "e-3", "participant.joined"),
    )
    write(other_organization, ("s-1", "e-4", "participant.joined"))
    with organization_scope(organization.pk):
        first = lines_after(0, ["s-1"], KINDS)
        assert [(one.line.id, one.line.at, one.line.received_at) for one in first] == [("e-1", 5, 6)]
        assert lines_after(first[-1].position, ["s-1"], KINDS) == []
    write(organization, ("s-1", "e-5", "participant.left"))
    with organization_scope(organization.pk):
        assert [one.line.id for one in lines_after(first[-1].position, ["s-1"], KINDS)] == ["e-5"]
        assert lines_after(0, [], KINDS) == []
