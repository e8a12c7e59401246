"""Everything that an organization has as one file, and nothing of another's, nor what opens something."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, connections
from django.test import Client

from callboard.lib import clock
from callboard.lib.errors import Conflict, Forbidden
from callboard.lib.processes.ready import wait_until
from callboard.lib.store import documents
from callboard.lib.tenancy import organization_scope
from callboard.people import operations as people
from callboard.people.erasure_models import Erasure, ErasureStatus
from callboard.people.leaving_models import Takeout, TakeoutStatus
from callboard.people.models import Organization, Person, SettingChange, User
from callboard.people.operations import departures, takeouts
from callboard.sessions.models import Recording, Session
from callboard.workflows import close_organization, erase_person, take_out
from tests.people.cast import access
from tests.support.rows import one_of_each

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nora(organization: Organization, settings: Any, tmp_path: Path) -> Any:
    settings.RECORDINGS = str(tmp_path / "recordings")
    settings.ERASURES = ""
    return access(organization, "admin", "nora@maple.example")


def made(nora: Any, **more: Any) -> Takeout:
    with organization_scope(nora.organization):
        takeout = take_out.ask(nora, **more)
        assert take_out.ask(nora).pk == takeout.pk  # one at a time
    take_out.make(nora.organization, takeout.pk)
    with organization_scope(nora.organization):
        takeout.refresh_from_db()
    return takeout


def test_every_table_goes_along_with_a_schema_and_without_secrets(
    nora: Any, organization: Organization, other_organization: Organization, tmp_path: Path
) -> None:
    for each in (organization, other_organization):
        one_of_each(each)
    with organization_scope(organization.pk):
        Erasure.objects.update(status=ErasureStatus.DONE)
        people.create_people([people.Draft(name='=Ana "Zoë" Vidal', email="ana@maple.example")])
        _key, token = people.create_api_key("Ours", ["people.read"])
        key = f"recordings/{organization.pk}/r.webm"
        documents().put(key, b"sound" * 1000)
        Recording.objects.create(
            session=Session.objects.get(), recorder="r9", location=key, file_at=clock.now()
        )
    with organization_scope(other_organization.pk):
        people.create_people([people.Draft(name="Theirs Alone", email="theirs@birch.example")])
    takeout = made(nora)
    assert (takeout.status, takeout.rows > 40) == (TakeoutStatus.READY, True)
    file = tmp_path / "everything.zip"
    assert documents().fetch(takeout.location, file) == takeout.size
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        whole = b"".join(archive.read(name) for name in names).decode(errors="replace")
        schema = json.loads(archive.read("schema.json"))
        persons = [json.loads(line) for line in archive.read("tables/people_person.jsonl").splitlines()]
        sheet = archive.read("csv/people.csv").decode()
        sound = archive.read(f"files/{key}")
    assert {f"tables/{name}.jsonl" for name in schema} | {"tables/organization.jsonl"} == {
        name for name in names if name.startswith("tables/")
    }
    assert '=Ana "Zoë" Vidal' in {each["name"] for each in persons}
    assert all(set(each) == set(schema["people_person"]["columns"]) for each in persons)
    assert schema["people_guardianship"]["columns"]["student_id"]["refers_to"] == "people_person"
    assert "\"'=Ana" in sheet  # no formula in a spreadsheet
    assert sound == b"sound" * 1000
    assert "Everything" in whole or "everything that Callboard holds" in whole
    for secret in (token, "key_hash", "Theirs Alone", "theirs@birch", User.objects.first().password):  # type: ignore[union-attr]
        assert secret not in whole


@async_to_sync
async def content_of(answer: Any) -> bytes:
    return b"".join([part async for part in answer.streaming_content])


def test_it_is_fetched_by_admins_with_a_link_that_runs_out_and_written_down(
    nora: Any, organization: Organization
) -> None:
    takeout = made(nora, files=False)
    client = Client()
    client.force_login(User.objects.get(email="nora@maple.example"))
    page = client.get("/settings/data/").content.decode()
    assert "Get the file" in page
    with organization_scope(organization.pk):
        token = takeouts.token_of(takeout)
    assert content_of(client.get(f"/exports/{token}"))[:2] == b"PK"
    assert client.get(f"/exports/{token}x").status_code == 404
    with organization_scope(organization.pk):
        noted = [each.after.get("taken_out") for each in SettingChange.objects.filter(what="data")]
        assert sorted(noted) == ["asked", "fetched"]
        ivo = access(organization, "coordinator", "ivo@maple.example")
        with pytest.raises(Forbidden):
            takeouts.fetch_takeout(ivo, takeout.pk)
        Takeout.objects.update(until=clock.now() - timedelta(seconds=1))
        with pytest.raises(Conflict):
            takeouts.fetch_takeout(nora, takeout.pk)
    take_out.forget(0)
    assert list(documents().names("exports")) == []


def test_one_that_was_cut_short_leaves_nothing_and_an_erasure_takes_it_away(
    nora: Any, organization: Organization
) -> None:
    with organization_scope(organization.pk):
        takeout = take_out.ask(nora)
        people.create_people([people.Draft(name="Ana Vidal")])
        begun = takeouts.begin_takeout(takeout.pk)
        assert begun is not None
        documents().put(begun.location, b"half")
    take_out.make(organization.pk, takeout.pk)
    assert len(list(documents().names("exports"))) == 1
    with organization_scope(organization.pk):
        erasure = erase_person.ask(nora, Person.objects.get(name="Ana Vidal").pk, "Ana Vidal")
    erase_person.carry_through(organization.pk, erasure.pk)
    assert list(documents().names("exports")) == []


def erased(nora: Any) -> None:
    with organization_scope(nora.organization):
        erasure = erase_person.ask(nora, Person.objects.get(name="Ana Vidal").pk, "Ana Vidal")
    erase_person.carry_through(nora.organization, erasure.pk)


def closed(nora: Any) -> None:
    with organization_scope(nora.organization):
        departures.begin_again()
    assert close_organization.close(nora.organization)


@pytest.mark.parametrize("meanwhile", [erased, closed])
@pytest.mark.parametrize("point", ["take_out.table", "take_out.stored"])
@pytest.mark.parametrize("dies", [False, True], ids=["and_goes_on", "and_dies"])
def test_one_that_is_put_after_an_erasure_or_the_end_of_the_organization_goes_again(
    nora: Any, meanwhile: Callable[[Any], None], point: str, dies: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: set[str] = set()

    def passing(name: str) -> None:
        if name in passed:
            return
        passed.add(name)
        if name == point:
            meanwhile(nora)
        if name == "take_out.stored" and dies:
            raise SystemExit

    with organization_scope(nora.organization):
        people.create_people([people.Draft(name="Ana Vidal")])
        takeout = take_out.ask(nora)
    monkeypatch.setattr("callboard.lib.crash.point", passing)
    if dies:
        with pytest.raises(SystemExit):
            take_out.make(nora.organization, takeout.pk)
    take_out.make(nora.organization, takeout.pk)
    assert "take_out.stored" in passed
    assert list(documents().names("exports")) == []


def test_one_that_fails_is_said_after_a_day_and_leaves_nothing(
    nora: Any, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_of: Any, **_more: Any) -> int:
        raise ValueError("of a kind that nobody thought of")

    with organization_scope(organization.pk):
        takeout = take_out.ask(nora)
    with monkeypatch.context() as patched:
        patched.setattr(take_out, "write", broken)
        with pytest.raises(ValueError, match="nobody thought of"):
            take_out.make(organization.pk, takeout.pk)
    with organization_scope(organization.pk):
        takeout.refresh_from_db()
        documents().put(takeout.location, b"half")
    take_out.forget(0)
    with organization_scope(organization.pk):
        assert Takeout.objects.get().status == TakeoutStatus.ASKED
        Takeout.objects.update(asked_at=clock.now() - timedelta(hours=24, seconds=1))
    take_out.forget(0)
    with organization_scope(organization.pk):
        assert (Takeout.objects.get().status, Takeout.objects.get().location) == (TakeoutStatus.FAILED, "")
    assert list(documents().names("exports")) == []


def test_two_who_ask_at_once_have_one_made(nora: Any, admin_connection: Any) -> None:
    asked: list[int] = []

    def ask() -> None:
        try:
            with organization_scope(nora.organization):
                asked.append(take_out.ask(nora).pk)
        finally:
            connections.close_all()

    def waits_or_is_over() -> bool:
        row = admin_connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'",
            [connection.settings_dict["NAME"]],
        ).fetchone()
        return bool(row[0]) or not other.is_alive()

    other = threading.Thread(target=ask)
    with organization_scope(nora.organization):
        first = take_out.ask(nora)
        other.start()
        assert wait_until(waits_or_is_over, 20)
    other.join()
    assert asked == [first.pk]


def test_what_is_filed_while_the_tables_are_read_is_not_among_the_files_either(
    nora: Any, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    def passing(name: str) -> None:
        with organization_scope(organization.pk):
            if name == "take_out.table" and not Session.objects.exists():
                one_of_each(organization)
                Recording.objects.update(location="recordings/late")
                documents().put("recordings/late", b"late")

    monkeypatch.setattr("callboard.lib.crash.point", passing)
    takeout = made(nora)
    with zipfile.ZipFile(io.BytesIO(documents().read(takeout.location, 0, takeout.size))) as archive:
        assert not [name for name in archive.namelist() if name.startswith("files/")]
        assert archive.read("tables/sessions_recording.jsonl") == b""


def test_one_that_is_asked_for_while_somebody_is_erased_waits_for_that(
    nora: Any, organization: Organization
) -> None:
    with organization_scope(organization.pk):
        ana = people.create_people([people.Draft(name="Ana Vidal")])[0]
        erasure = erase_person.ask(nora, ana.pk, "Ana Vidal")
        takeout = take_out.ask(nora)
    with pytest.raises(take_out.ErasureRuns):
        take_out.make(organization.pk, takeout.pk)
    assert list(documents().names("exports")) == []
    erase_person.carry_through(organization.pk, erasure.pk)
    take_out.make(organization.pk, takeout.pk)
    assert len(list(documents().names("exports"))) == 1
