"""An organization is deleted with all that it has, a week after it was asked for, and no other is touched."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from django.test import Client

from callboard.lib import clock, tenancy
from callboard.lib.backups import erasures as ledger
from callboard.lib.backups.after import Restored
from callboard.lib.errors import Conflict, Forbidden, Invalid
from callboard.lib.store import documents
from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.live.engine.engine import Engine
from callboard.live.ingest import limits
from callboard.live.models import EngineSnapshot
from callboard.people import operations as people
from callboard.people.leaving_models import Departure
from callboard.people.models import Organization, User
from callboard.people.operations import departures
from callboard.workflows import close_organization
from callboard.workflows.erase_person.again import erase_again
from tests.architecture.test_tenancy_holds import secured
from tests.people.cast import access
from tests.support.rows import one_of_each, sums

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nora(organization: Organization, settings: Any, tmp_path: Path) -> Any:
    settings.RECORDINGS = str(tmp_path / "recordings")
    settings.ERASURES = ""
    return access(organization, "admin", "nora@maple.example")


def test_it_takes_the_name_and_a_week_and_can_be_kept_until_then(
    nora: Any, organization: Organization
) -> None:
    client = Client()
    client.force_login(User.objects.get(email="nora@maple.example"))
    assert client.post("/settings/data/leave/", {"typed": "Birch"}).status_code == 422
    client.post("/settings/data/leave/", {"typed": organization.name})
    assert "From " in client.get("/settings/data/").content.decode()
    with organization_scope(organization.pk):
        with pytest.raises(Conflict):
            departures.ask_departure(nora, organization.name)
        assert departures.begin_departure() is None
        ivo = access(organization, "coordinator", "ivo@maple.example")
        with pytest.raises(Forbidden):
            departures.keep_organization(ivo)
        with pytest.raises(Invalid):
            departures.ask_departure(nora, "")
    assert close_organization.close(organization.pk) is False
    client.post("/settings/data/keep/")
    with organization_scope(organization.pk):
        Departure.objects.update(due_at=clock.now() - timedelta(days=1))
        assert departures.begin_departure() is None
    assert "Type it as it stands above" in client.get("/settings/data/").content.decode()


def test_all_that_it_has_goes_and_of_another_nothing(
    nora: Any,
    organization: Organization,
    other_organization: Organization,
    admin_connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for each in (organization, other_organization):
        one_of_each(each)
        documents().put(f"proofs/{each.pk}/a/prf", b"form")
    both = people.create_login("both@maple.example", "Both")
    for each in (organization, other_organization):
        with organization_scope(each.pk):
            people.add_member(both, "coordinator")
    with organization_scope(organization.pk):
        people.add_member(people.create_login("solo@maple.example"), "coordinator")
    image = msgspec.msgpack.decode(Engine().snapshot())
    image["ahead"] = [{"organization": each.pk} for each in (organization, other_organization)]
    EngineSnapshot.objects.create(partition=0, position=1, state=msgspec.msgpack.encode(image))
    before = sums(admin_connection, other_organization.pk)
    made_at, gone = organization.created_at, organization.pk
    with organization_scope(gone):
        Departure.objects.all().delete()
        departures.ask_departure(nora, organization.name)
        Departure.objects.update(due_at=clock.now())

    calls = []

    def killed(*_of: Any) -> int:
        calls.append(1)
        raise KeyboardInterrupt

    steps = [(name, killed if name == "log" else step) for name, step in close_organization.STEPS]
    with monkeypatch.context() as cut:
        cut.setattr(close_organization, "STEPS", tuple(steps))
        with pytest.raises(KeyboardInterrupt):
            close_organization.close(gone)
    assert close_organization.close(gone) is True
    assert close_organization.close(gone) is False
    for table, column in secured().items():
        row = admin_connection.execute(
            f'SELECT count(*) FROM "{table}" WHERE {column} = %s'.encode(), [gone]
        ).fetchone()
        assert row == (0,), table
    assert sums(admin_connection, other_organization.pk) == before
    assert [name for name, _size in documents().names("proofs")] == [f"proofs/{other_organization.pk}/a/prf"]
    assert not User.objects.filter(email="solo@maple.example").exists()
    assert User.objects.get(email="both@maple.example").is_active
    told = msgspec.msgpack.decode(bytes(EngineSnapshot.objects.get(partition=0).state))["ahead"]
    assert told == [{"organization": other_organization.pk}]
    # A backup from before brings it back, and the restore lets go of it again.
    (entry,) = ledger.kept()
    assert (entry.organization, entry.people) == (ledger.Row(gone, made_at), ())
    with organization_scope(gone):
        Organization.objects.create(pk=gone, slug="maple", name="Maple", created_at=made_at)
    assert erase_again(Restored(clock.now())) == 1
    with organization_scope(gone):
        assert not Organization.objects.exists()
        Organization.objects.create(pk=gone, slug="maple", name="Heir of its id")
    assert erase_again(Restored(clock.now())) == 0


def due(organization: Organization, nora: Any) -> None:
    with organization_scope(organization.pk):
        departures.ask_departure(nora, organization.name)
        Departure.objects.update(due_at=clock.now())


def line(organization: Organization, id_: str) -> log.Line:
    return log.Line(organization.pk, "s-1", id_, "participant.joined", 1, 1)


def lines_of(organization: Organization, connection: psycopg.Connection[Any]) -> int:
    query = b"SELECT count(*) FROM callboard_live_event WHERE organization_id = %s"
    row = connection.execute(query, [organization.pk]).fetchone()
    assert row is not None
    return int(row[0])


def test_what_comes_while_it_goes_goes_too_and_nothing_is_written_of_it_after_that(
    nora: Any,
    organization: Organization,
    admin_connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    came: list[str] = []

    def passing(point: str) -> None:
        if point == "close_organization.before_end" and len(came) < 2:
            came.append(point)
            with organization_scope(organization.pk):
                log.append([line(organization, f"e-{len(came)}")])
            documents().put(f"proofs/{organization.pk}/late", b"form")

    due(organization, nora)
    monkeypatch.setattr("callboard.lib.crash.point", passing)
    assert close_organization.close(organization.pk) is True
    assert len(came) == 2
    assert lines_of(organization, admin_connection) == 0
    assert list(documents().names("proofs")) == []
    with organization_scope(organization.pk):
        log.append([line(organization, "e-3")])
    assert lines_of(organization, admin_connection) == 0


def test_one_that_fails_holds_no_other_up_and_none_ends_before_its_keys_are_forgotten(
    nora: Any,
    organization: Organization,
    other_organization: Organization,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert close_organization.SETTLED.total_seconds() > 3 * limits.KEY_CACHED_S
    due(organization, nora)
    due(other_organization, access(other_organization, "admin", "bo@birch.example"))
    first = min(organization.pk, other_organization.pk)

    def fails_for_one(gone: int) -> int:
        if gone == first:
            raise ValueError("of a kind that nobody thought of")
        return 0

    steps = [(name, fails_for_one if name == "log" else step) for name, step in close_organization.STEPS]
    monkeypatch.setattr(close_organization, "STEPS", tuple(steps))
    for _ in range(2):
        with pytest.raises(ValueError, match="nobody thought of"):
            close_organization.look(0)
    second = max(organization.pk, other_organization.pk)
    with organization_scope(second):
        departure = Departure.objects.get()
        assert "rows" in departure.counts
        departure.counts["keys"] = (clock.now() - close_organization.SETTLED).isoformat()
        departure.save()
    with pytest.raises(ValueError, match="nobody thought of"):
        close_organization.look(0)
    with tenancy.sweep():
        assert list(Organization.objects.values_list("pk", flat=True)) == [first]
