"""A person goes into the archive, comes out of it, and goes back by the same story."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from callboard.lib.errors import Conflict
from callboard.people import queries
from callboard.people.access import Access
from callboard.people.models import Organization, Person
from callboard.people.operations import editing
from callboard.sessions import operations as sessions
from callboard.workflows import archive_person, take_back
from tests.people.cast import access
from tests.sessions.conftest import START, Cast
from tests.workflows.conftest import Moody

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(in_organization: Organization, provider: Moody, monkeypatch: pytest.MonkeyPatch) -> Access:
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START - timedelta(days=7))
    return access(in_organization, "coordinator", "nora@maple.example")


def test_who_came_out_of_the_archive_and_was_booked_since_does_not_go_back_by_an_undo(
    cast: Cast, nora: Access
) -> None:
    archive_person.archive(nora, cast.ana)
    restored = editing.restore_person(nora, cast.ana)
    sessions.book(cast.at(0, learners=[cast.ana]))
    with pytest.raises(Conflict) as refusal:
        take_back.take_back(nora, cast.ana, restored.pk)
    assert refusal.value.code == "has_sessions"
    restored.refresh_from_db()
    assert restored.undone_at is None
    with pytest.raises(Conflict) as refusal:
        editing.undo_change(nora, cast.ana, restored.pk)
    assert refusal.value.code == "not_undoable", "only by that story"


def test_gone_back_by_an_undo_they_come_out_once_more_as_what_they_were_last(
    cast: Cast, nora: Access
) -> None:
    archive_person.archive(nora, cast.ana)
    restored = editing.restore_person(nora, cast.ana)
    ana = Person.objects.get(pk=cast.ana)
    editing.edit_person(nora, cast.ana, replace(editing.profile_of(ana), skills=("art:1",)))
    take_back.take_back(nora, cast.ana, restored.pk)
    assert ana in queries.people_list("", "archived").people
    editing.restore_person(nora, cast.ana)
    assert set(queries.roles_of(ana)) == {"instructor", "student"}
