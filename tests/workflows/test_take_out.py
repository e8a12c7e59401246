"""Everything that an organization has as one file, and nothing of another's, nor what opens something."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from callboard.lib import clock
from callboard.lib.errors import Conflict, Forbidden
from callboard.lib.store import documents
from callboard.lib.tenancy import organization_scope
from callboard.people import operations as people
from callboard.people.leaving_models import Takeout, TakeoutStatus
from callboard.people.models import Organization, Person, SettingChange, User
from callboard.people.operations import takeouts
from callboard.sessions.models import Recording, Session
from callboard.workflows import erase_person, take_out
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
    answer = client.get(f"/exports/{token}")
    assert b"".join(answer)[:2] == b"PK"
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
        documents().put(f"{takeouts.places_of(takeout)}half.zip", b"half")
        people.create_people([people.Draft(name="Ana Vidal")])
    take_out.make(organization.pk, takeout.pk)
    assert len(list(documents().names("exports"))) == 1
    with organization_scope(organization.pk):
        erasure = erase_person.ask(nora, Person.objects.get(name="Ana Vidal").pk, "Ana Vidal")
    erase_person.carry_through(organization.pk, erasure.pk)
    assert list(documents().names("exports")) == []
