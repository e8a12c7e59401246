"""All that is held of a person, as a file that a parent can read and a program too."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callboard.lib import clock, signing
from callboard.lib.errors import Conflict, Forbidden
from callboard.lib.store import documents
from callboard.live import log
from callboard.people import operations
from callboard.people.access import Access
from callboard.people.models import Organization, Person
from callboard.people.operations import copying
from callboard.people.records import PersonChange, PersonCopy
from callboard.sessions import operations as sessions
from callboard.workflows import copy_person
from tests.people.cast import access
from tests.sessions.conftest import START, Cast
from tests.workflows.conftest import Moody

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]


@pytest.fixture
def nora(in_organization: Organization) -> Access:
    return access(in_organization, "coordinator", "nora@maple.example")


@pytest.fixture
def copy(
    cast: Cast, provider: Moody, nora: Access, run_jobs: RunJobs, settings: Any, tmp_path: Path
) -> PersonCopy:
    """Of Ana, who had a session with Iris, and a paper form."""
    settings.RECORDINGS = str(tmp_path)
    Person.objects.filter(pk=cast.ana).update(external_id="S-1042")
    ana = Person.objects.get(pk=cast.ana)
    operations.add_guardian(operations.create_person("Clara"), ana, "mother")
    operations.note_consent(
        nora, ana, ["model"], yes=True, proof=operations.keep_proof(ana, "Binder 3", b"%PDF-1.7 signed")
    )
    session = sessions.book(cast.booking())
    at = int(START.timestamp() * 1_000_000)
    log.append(
        [log.Line(nora.organization, session.key, f"e-{who}", "participant.joined", at, at, participant=who)
         for who in (ana.key, "somebody-else")]
    )  # fmt: skip
    asked = copying.ask_copy(nora, ana.pk)
    assert copying.ask_copy(nora, ana.pk) == asked
    run_jobs()
    asked.refresh_from_db()
    return asked


def opened(copy: PersonCopy) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(copying.read_copy(copy)))


def test_it_holds_what_concerns_them_and_the_form_itself(copy: PersonCopy, cast: Cast) -> None:
    with opened(copy) as archive:
        data = json.loads(archive.read("data.json"))
        [paper] = [name for name in archive.namelist() if name.startswith("papers/")]
        assert archive.read(paper) == b"%PDF-1.7 signed"
    assert (data["person"]["name"], data["person"]["ids_elsewhere"]) == ("Ana", ["S-1042"])
    assert data["guardians"] == [{"name": "Clara"}]
    assert [(each["title"], each["instructor"]) for each in data["sessions"]] == [("Algebra", "Iris")]
    assert [each["kind"] for each in data["evidence"]] == ["participant.joined"]
    assert data["consents"]["in_force"] == ["model", "recording"]


def test_it_names_nobody_whom_they_do_not_know(copy: PersonCopy) -> None:
    with opened(copy) as archive:
        whole = archive.read("data.json").decode() + archive.read("index.html").decode()
    for other in ("Ben", "Chloe", "Ivan", "somebody-else"):
        assert other not in whole


def test_the_page_is_for_people(copy: PersonCopy) -> None:
    with opened(copy) as archive:
        page = archive.read("index.html").decode()
    assert "What Maple holds of Ana" in page
    assert "Algebra" in page
    assert "S-1042" in page
    assert "Clara" in page
    assert "<script" not in page


def test_asking_and_fetching_are_written_down(copy: PersonCopy, nora: Access) -> None:
    ticket = copying.read_copy_ticket(copying.token_of(copy))
    copying.fetch_copy(nora, ticket.copy)
    kinds = PersonChange.objects.filter(person=copy.person).order_by("pk").values_list("kind", "member_id")
    assert list(kinds) == [("copied", nora.member), ("fetched", nora.member)]


def test_after_a_week_the_link_and_the_file_are_gone(
    copy: PersonCopy, nora: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, place = copying.token_of(copy), copy.location
    later = clock.now() + timedelta(days=7, seconds=1)
    monkeypatch.setattr("callboard.lib.clock.now", lambda: later)
    with pytest.raises(signing.TokenExpired):
        copying.read_copy_ticket(token)
    with pytest.raises(Conflict):
        copying.fetch_copy(nora, copy.pk)
    assert copy_person.forget_in(nora.organization) == 1
    assert place not in [name for name, _size in documents().names("copies")]


def lying() -> list[str]:
    return [name for name, _size in documents().names("copies")]


def test_killed_after_the_file_was_kept_it_is_made_anew_in_the_same_place(
    copy: PersonCopy, nora: Access, monkeypatch: pytest.MonkeyPatch, run_jobs: RunJobs
) -> None:
    def killed(_point: str) -> None:
        raise SystemExit

    again = copying.ask_copy(nora, copy.person_id)
    with monkeypatch.context() as patched:
        patched.setattr("callboard.lib.crash.point", killed)
        with pytest.raises(SystemExit):
            run_jobs()
    kept = set(lying())
    assert len(kept) == 2
    copy_person.make(nora.organization, again.pk)
    again.refresh_from_db()
    assert again.status == "ready"
    assert set(lying()) == kept
    assert opened(again).namelist()


@pytest.mark.parametrize("status", ["failed", "asked"])
def test_what_lies_there_of_a_copy_that_was_not_made_to_the_end_is_deleted(
    copy: PersonCopy, nora: Access, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    PersonCopy.objects.update(status=status, until=None)
    later = clock.now() + timedelta(days=1, seconds=1)
    monkeypatch.setattr("callboard.lib.clock.now", lambda: later)
    assert copy_person.forget_in(nora.organization) == 1
    assert lying() == []
    copy.refresh_from_db()
    assert (copy.status, copy.location) == ("failed", "")
    assert copy_person.forget_in(nora.organization) == 0


def test_only_those_who_manage_people_get_one(copy: PersonCopy, in_organization: Organization) -> None:
    ana = access(in_organization, "student", "ana@home.example", copy.person)
    with pytest.raises(Forbidden):
        copying.ask_copy(ana, copy.person_id)
    with pytest.raises(Forbidden):
        copying.fetch_copy(ana, copy.pk)
