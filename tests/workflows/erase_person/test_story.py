"""A person is erased step by step, whatever is in the way, and again after a restore."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Any

import msgspec
import psycopg
import pytest
from django.test import Client

from callboard.cases.models import Case, CaseEntry, Queue
from callboard.lib import clock
from callboard.lib.backups import erasures as ledger
from callboard.lib.backups.after import Restored
from callboard.lib.errors import Conflict, Forbidden, Invalid, NotFound
from callboard.lib.store import StoreFailed, documents
from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.live.engine.engine import Engine
from callboard.live.log.lines import partition_of
from callboard.live.models import EngineSnapshot, Event, PartitionLease
from callboard.people import operations as people
from callboard.people.erasure_models import Erasure, ErasureStatus
from callboard.people.import_models import Import
from callboard.people.models import Consent, ConsentWord, Guardianship, Member, Person, User
from callboard.people.operations import copying
from callboard.people.records import PersonCopy
from callboard.sessions import operations as sessions
from callboard.sessions.models import Participant, Recording, Session, SessionStatus
from callboard.sessions.operations import Booking
from callboard.workflows import copy_person, erase_person
from callboard.workflows.erase_person import again, steps
from tests.people.cast import access, login
from tests.workflows.erase_person.conftest import EMAIL, NAME, House

pytestmark = pytest.mark.django_db(transaction=True)


def book(house: House, days: int, *others: int, title: str = "Algebra, Ana") -> str:
    starts = clock.now() + timedelta(days=days)
    booking = Booking(
        title=title,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        instructor=house.iris,
        learners=[house.ana, *others],
        provider="memory",
        recording_wanted=True,
    )
    with organization_scope(house.organization.pk):
        return sessions.book(booking).key


def past(house: House, key: str, days: int = 9) -> Session:
    """The session, ended so many days ago."""
    with organization_scope(house.organization.pk):
        session = Session.objects.get(key=key)
        session.starts_at -= timedelta(days=days + 1)
        session.ends_at -= timedelta(days=days + 1)
        session.status = SessionStatus.ENDED
        session.save()
    return session


def erase(house: House, **more: Any) -> Erasure:
    with organization_scope(house.organization.pk):
        erasure = erase_person.ask(house.nora, house.ana, NAME, **more)
    erase_person.carry_through(house.organization.pk, erasure.pk)
    with organization_scope(house.organization.pk):
        erasure.refresh_from_db()
    return erasure


def test_who_asks_types_the_name_and_administers(house: House) -> None:
    with organization_scope(house.organization.pk):
        ivo = access(house.organization, "coordinator", "ivo@maple.example")
        with pytest.raises(Forbidden):
            erase_person.ask(ivo, house.ana, NAME)
        with pytest.raises(Invalid):
            erase_person.ask(house.nora, house.ana, "Ana Vidal")
        with pytest.raises(NotFound):
            erase_person.ask(house.nora, 999_999, NAME)
        assert not Erasure.objects.exists()


def test_whoever_teaches_a_session_to_come_is_refused(house: House) -> None:
    book(house, 2)
    with organization_scope(house.organization.pk):
        assert "teach 1 session" in erase_person.preview(house.nora, house.iris).refusal
        with pytest.raises(Conflict) as refused:
            erase_person.ask(house.nora, house.iris, "Iris Soto")
    assert refused.value.code == "has_sessions"


def test_whoever_is_due_in_a_session_right_now_is_refused(house: House) -> None:
    key = book(house, 1)
    with organization_scope(house.organization.pk):
        now = clock.now()
        begun = {"starts_at": now - timedelta(minutes=1), "ends_at": now + timedelta(minutes=50)}
        Session.objects.filter(key=key).update(**begun, status=SessionStatus.READY)
        with pytest.raises(Conflict) as refused:
            erase_person.ask(house.nora, house.ana, NAME)
    assert refused.value.code == "in_session"


def test_sessions_to_come_go_on_without_them_and_one_of_their_own_is_cancelled(house: House) -> None:
    shared, own = book(house, 2, house.berta), book(house, 3)
    erase(house)
    with organization_scope(house.organization.pk):
        assert Session.objects.get(key=own).status == SessionStatus.CANCELLED
        kept = Session.objects.get(key=shared)
        assert kept.status == SessionStatus.SCHEDULED
        assert not Participant.objects.filter(session=kept, person_id=house.ana, active=True).exists()
        assert kept.title == "Algebra, [erased]"


def test_their_family_consents_forms_and_copies_are_gone(house: House) -> None:
    with organization_scope(house.organization.pk):
        ana = Person.objects.get(pk=house.ana)
        people.note_consent(
            house.nora, ana, ["model"], yes=True, proof=people.keep_proof(ana, "Binder", b"%PDF-1.7 Ana")
        )
        copy = copying.ask_copy(house.nora, house.ana)
    copy_person.make(house.organization.pk, copy.pk)
    assert len(list(documents().names(""))) == 2
    erase(house)
    assert list(documents().names("")) == []
    with organization_scope(house.organization.pk):
        assert not Consent.objects.filter(person_id=house.ana).exists()
        assert not ConsentWord.objects.filter(person_id=house.ana).exists()
        assert not PersonCopy.objects.exists()
        assert [each.student_id for each in Guardianship.objects.all()] == [house.berta]


def test_their_login_opens_nothing_and_another_organizations_is_left_alone(
    house: House, other_organization: Any
) -> None:
    user = login(EMAIL, NAME)
    with organization_scope(house.organization.pk):
        people.add_member(user, "student", Person.objects.get(pk=house.ana))
    with organization_scope(other_organization.pk):
        people.add_member(user, "coordinator")
    client = Client()
    client.force_login(user)
    erase(house)
    user.refresh_from_db()
    assert (user.name, user.email) == (NAME, EMAIL)
    with organization_scope(house.organization.pk):
        member = Member.objects.get(person_id=house.ana)
        assert member.user != user
        assert (member.user.name, member.deactivated_at is None) == ("", False)
    with organization_scope(other_organization.pk):
        assert Member.objects.get().user == user


def test_a_login_of_here_alone_is_blank(house: House) -> None:
    user = login(EMAIL, NAME)
    with organization_scope(house.organization.pk):
        people.add_member(user, "student", Person.objects.get(pk=house.ana))
    client = Client()
    client.force_login(user)
    assert client.get("/today/").status_code == 200
    erase(house)
    assert client.get("/today/").status_code == 302
    blank = User.objects.get(pk=user.pk)
    assert (blank.name, blank.is_active, blank.email.endswith("@erased.invalid")) == ("", False, True)


@pytest.mark.parametrize(("kept", "left"), [("none", 0), ("groups", 1)])
def test_recordings_go_and_those_of_groups_stay_where_that_was_asked(
    house: House, kept: str, left: int
) -> None:
    for n, others in enumerate([(), (house.berta,)]):
        session = past(house, book(house, n + 1, *others))
        name = f"recordings/{house.organization.pk}/{session.key}/r.webm"
        documents().put(name, b"sound")
        with organization_scope(house.organization.pk):
            Recording.objects.create(session=session, recorder="r", location=name, file_at=clock.now())
    erase(house, kept_recordings=kept)
    assert len(list(documents().names("recordings"))) == left
    with organization_scope(house.organization.pk):
        assert Recording.objects.filter(deleted_at=None).count() == left


def test_what_was_written_of_them_goes_and_of_others_stays(house: House) -> None:
    session = past(house, book(house, 1, house.berta))
    with organization_scope(house.organization.pk):
        queue = Queue.objects.create(slug="live", name="Live", is_default=True)
        now = clock.now()
        about, other = (
            Case.objects.create(
                kind="learner_missing", severity="soon", queue=queue, session=session, person_id=who,
                cause=f"c{who}", occurrence=f"o{who}", raised_at=now, noticed_at=now,
            )
            for who in (house.ana, house.berta)
        )  # fmt: skip
        notes = [
            CaseEntry.objects.create(case=case, kind="noted", text=text)
            for case, text in ((about, "Her mother says she is ill"), (other, "ANA was late; Berta is ill"))
        ]
    erase(house)
    with organization_scope(house.organization.pk):
        for note in notes:
            note.refresh_from_db()
    assert [note.text for note in notes] == ["[erased]", "[erased] was late; Berta is ill"]


def test_a_file_that_waits_and_names_them_is_given_up(house: House) -> None:
    with organization_scope(house.organization.pk):
        rows = [
            Import.objects.create(kind="people", file_name="r.csv", size=9, content=zlib.compress(text))
            for text in (f"name\n{NAME}".encode(), b"name\nBerta Vidal Puig", f"n;{EMAIL}".encode("utf-16"))
        ]
    erase(house)
    with organization_scope(house.organization.pk):
        left = [(each.status, each.content is None) for each in Import.objects.order_by("pk")]
    assert left == [("discarded", True), ("new", False), ("discarded", True)]
    assert len(rows) == 3


def test_the_log_and_the_engines_state_are_under_the_other_id(
    house: House, admin_connection: psycopg.Connection[Any]
) -> None:
    key = book(house, 1)
    organization, now = house.organization.pk, int(clock.now().timestamp() * 1_000_000)
    with organization_scope(organization):
        log.append(
            [log.Line(organization, key, f"poll-{house.key}-1", "participant.joined", now, now, house.key)]
        )
    partition, image = partition_of(organization, key), msgspec.msgpack.decode(Engine().snapshot())
    image["ahead"] = [{"organization": each, "participant": house.key} for each in (organization, 0)]
    state = msgspec.msgpack.encode(image)
    EngineSnapshot.objects.create(partition=partition, epoch=4, position=1, state=state)
    PartitionLease.objects.create(partition=partition, epoch=4, owner="somebody")
    erase(house)
    new = house.row().key
    with organization_scope(organization):
        found = Event.objects.get(kind="participant.joined")
        plans = [each.data for each in Event.objects.filter(kind="session.planned")]
    assert (found.participant, found.event_id) == (new, f"poll-{new}-1")
    assert plans
    assert not any(house.key in data for data in plans)
    lease, snapshot = PartitionLease.objects.get(partition=partition), EngineSnapshot.objects.get()
    assert (lease.epoch, lease.owner, snapshot.epoch) == (5, "", 5)
    told = msgspec.msgpack.decode(bytes(snapshot.state))["ahead"]
    assert [each["participant"] for each in told] == [new, house.key]


def test_the_log_is_changed_for_an_erasure_and_nothing_else(house: House, settings: Any) -> None:
    key = book(house, 1)
    change = "UPDATE callboard_live_event SET {} WHERE session = %s"
    with psycopg.connect(settings.ENGINE_DATABASE_URL) as engine:
        engine.execute("SELECT set_config('app.organization', %s, true)", [str(house.organization.pk)])
        with pytest.raises(psycopg.errors.RestrictViolation):
            engine.execute(change.format("participant = 'x'").encode(), [key])
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        psycopg.connect(settings.ENGINE_DATABASE_URL) as engine,
    ):
        engine.execute(change.format("kind = 'x'").encode(), [key])


def test_a_store_that_is_down_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_entry: ledger.Entry) -> None:
        raise StoreFailed("it does not answer")

    with organization_scope(house.organization.pk):
        erasure = erase_person.ask(house.nora, house.ana, NAME)
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "keep", down)
        with pytest.raises(StoreFailed):
            erase_person.run(house.organization.pk, erasure.pk)
    with organization_scope(house.organization.pk):
        erasure.refresh_from_db()
    assert (erasure.late, erasure.problem, erasure.counts) == (1, "StoreFailed", {})
    assert house.row().name == "Erased person"  # nobody sees who they were meanwhile
    erase_person.run(house.organization.pk, erasure.pk)
    with organization_scope(house.organization.pk):
        erasure.refresh_from_db()
    assert (erasure.status, erasure.sought) == (ErasureStatus.DONE, {})
    assert sorted(erasure.counts) == sorted(step.name for step in steps.STEPS)


def test_whoever_it_is_about_is_written_down_before_their_doubles_and_nobody_twice(
    house: House, admin_connection: psycopg.Connection[Any]
) -> None:
    with organization_scope(house.organization.pk):
        Person.objects.filter(pk__in=(house.ana, house.clara)).update(merged_into=house.berta)
        Person.objects.filter(pk=house.clara).update(erased_at=clock.now())
        clara = house.row(house.clara).key
        erasure = erase_person.ask(house.nora, house.berta, "Berta Vidal Puig")
    erase_person.carry_through(house.organization.pk, erasure.pk)
    (entry,) = ledger.kept()
    assert [row.id for row in entry.people] == [house.berta, house.ana]
    assert house.row(house.clara).key == clara
    admin_connection.execute("DELETE FROM callboard_people_erasure")
    admin_connection.execute("UPDATE callboard_people_person SET erased_at = NULL WHERE key <> %s", [clara])
    assert again.erase_again(Restored(clock.now())) == 1
    with organization_scope(house.organization.pk):
        assert [(each.person_id, each.reference) for each in Erasure.objects.all()] == [
            (house.berta, entry.reference)
        ]


def test_after_a_restore_they_are_erased_again_and_their_ids_heir_is_not(
    house: House, admin_connection: psycopg.Connection[Any]
) -> None:
    before = house.row()
    first = erase(house)
    (entry,) = ledger.kept()
    assert [row.id for row in entry.people] == [house.ana]
    assert NAME not in "".join(ledger.lines([entry]))
    # As a backup would have her: under her name and id, with no word of the erasure.
    admin_connection.execute("DELETE FROM callboard_people_erasure")
    admin_connection.execute(
        "UPDATE callboard_people_person SET name = %s, key = %s, email = %s, erased_at = NULL, "
        "archived_at = NULL WHERE id = %s",
        [NAME, house.key, EMAIL, house.ana],
    )
    assert again.erase_again(Restored(clock.now())) == 1
    assert again.erase_again(Restored(clock.now())) == 0
    row = house.row()
    assert (row.name, row.erased_at is not None, row.key != before.key) == ("Erased person", True, True)
    with organization_scope(house.organization.pk):
        assert [each.reference for each in Erasure.objects.all()] == [first.reference]
    admin_connection.execute(
        "UPDATE callboard_people_person SET name = 'Zoe', erased_at = NULL, created_at = now() WHERE id = %s",
        [house.ana],
    )
    assert again.erase_again(Restored(clock.now())) == 0


def test_a_cancelled_session_that_stands_again_seats_nobody_who_was_erased_meanwhile(house: House) -> None:
    keys = [book(house, 2, house.berta), book(house, 3)]
    with organization_scope(house.organization.pk):
        for key in keys:
            sessions.cancel(key, "snow")
    erase(house)
    with organization_scope(house.organization.pk):
        both, alone = Session.objects.order_by("starts_at")
        sessions.move(both.key, both.starts_at, both.ends_at)
        with pytest.raises(Conflict, match="learners") as refusal:
            sessions.move(alone.key, alone.starts_at, alone.ends_at)
        assert refusal.value.code == "nobody_left"
        seated = Participant.objects.filter(active=True)
        assert set(seated.values_list("session__key", "person_id")) == {
            (both.key, house.berta),
            (both.key, house.iris),
        }


def test_without_whoever_taught_it_a_cancelled_session_does_not_stand_again(house: House) -> None:
    key = book(house, 2)
    with organization_scope(house.organization.pk):
        sessions.cancel(key, "snow")
        erasure = erase_person.ask(house.nora, house.iris, "Iris Soto")
    erase_person.carry_through(house.organization.pk, erasure.pk)
    with organization_scope(house.organization.pk):
        session = Session.objects.get()
        with pytest.raises(Conflict, match="taught") as refusal:
            sessions.move(key, session.starts_at, session.ends_at)
        assert refusal.value.code == "nobody_left"
        assert Session.objects.get().status == SessionStatus.CANCELLED
