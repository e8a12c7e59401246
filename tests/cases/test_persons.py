"""What a person does to a case."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from callboard.cases import operations, queries
from callboard.cases.models import Case, CaseEntry
from callboard.lib.errors import Conflict, Forbidden, Invalid, NotFound
from callboard.lib.tenancy import organization_scope
from callboard.people.access import Access, access_of_key, access_of_login
from callboard.people.models import Organization, Person
from callboard.people.operations import add_member, create_api_key, create_login
from callboard.sessions.models import Session
from tests.cases.conftest import NOON, coordinator, missing

Read = Callable[[], Case]
db = pytest.mark.django_db


@db
def test_claiming_makes_a_case_mine_with_a_time_to_resolve(case: Case, alice: Access) -> None:
    claimed = operations.claim(alice, case.pk)
    assert (claimed.status, claimed.owner_id) == ("claimed", alice.member)
    assert claimed.resolve_by == NOON + timedelta(minutes=15)


@db
def test_claiming_my_own_again_changes_nothing(case: Case, alice: Access) -> None:
    first = operations.claim(alice, case.pk)
    assert operations.claim(alice, case.pk).version == first.version


@db
def test_claiming_what_another_holds_says_who(case: Case, alice: Access, bob: Access) -> None:
    operations.claim(alice, case.pk)
    with pytest.raises(Conflict) as refused:
        operations.claim(bob, case.pk)
    assert refused.value.code == "already_claimed"
    assert refused.value.details["owner"] == {"id": alice.member, "name": "Alice"}


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_claim_at_once_one_has_it(organization: Organization) -> None:
    with organization_scope(organization.pk):
        Person.objects.create(key="per_marta", name="Marta Vidal")
        everyone = [coordinator(f"person{number}") for number in range(8)]
        Session.objects.create(
            key="ses_algebra", title="Algebra", starts_at=NOON, ends_at=NOON + timedelta(hours=1)
        )
        case = operations.raise_case(missing())
        assert case is not None
    start = threading.Barrier(len(everyone))
    won: list[int | None] = []
    lost: list[Any] = []

    def take(access: Access) -> None:
        start.wait()
        try:
            won.append(operations.claim(access, case.pk).owner_id)
        except Conflict as error:
            lost.append(error.details["owner"]["id"])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=[access]) for access in everyone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert lost == won * 7
    with organization_scope(organization.pk):
        assert CaseEntry.objects.filter(kind="claimed").count() == 1


@db
def test_giving_back_makes_it_everybodys(case: Case, alice: Access, bob: Access) -> None:
    operations.claim(alice, case.pk)
    with pytest.raises(Conflict):
        operations.release(bob, case.pk)
    released = operations.release(alice, case.pk)
    assert (released.status, released.owner_id) == ("open", None)


@db
def test_handing_over_gives_it_to_the_other(case: Case, alice: Access, bob: Access) -> None:
    operations.claim(alice, case.pk)
    assert bob.member is not None
    assert operations.assign(alice, case.pk, bob.member).owner_id == bob.member


@db
def test_a_case_cannot_be_handed_to_a_guardian(case: Case, alice: Access, marta: Person) -> None:
    guardian = add_member(create_login("g@example.org"), "guardian", marta)
    with pytest.raises(NotFound):
        operations.assign(alice, case.pk, guardian.pk)


@db
@pytest.mark.parametrize("minutes", [-1, 60 * 24 * 8])
def test_a_case_sleeps_neither_backwards_nor_for_weeks(case: Case, alice: Access, minutes: int) -> None:
    with pytest.raises(Invalid):
        operations.snooze(alice, case.pk, NOON + timedelta(minutes=minutes))


@db
def test_resolving_needs_an_outcome_of_its_kind(case: Case, alice: Access, read: Read) -> None:
    with pytest.raises(Invalid):
        operations.resolve(alice, case.pk, "exploded")
    operations.resolve(alice, case.pk, "fixed", "Rang her, she is coming.")
    assert (read().status, read().outcome, read().owner_id) == ("resolved", "fixed", alice.member)
    entry = CaseEntry.objects.get(kind="resolved")
    assert entry.text == "Rang her, she is coming."


@db
def test_what_is_over_cannot_be_claimed_but_can_be_noted(case: Case, alice: Access) -> None:
    operations.resolve(alice, case.pk, "fixed")
    with pytest.raises(Conflict) as refused:
        operations.claim(alice, case.pk)
    assert refused.value.code == "already_over"
    operations.note(alice, case.pk, "She came at 12:04.")
    assert CaseEntry.objects.filter(kind="noted").count() == 1


@db
def test_working_on_a_case_gives_its_owner_time_anew(
    case: Case, alice: Access, time: Any, read: Read
) -> None:
    operations.claim(alice, case.pk)
    time.advance(timedelta(minutes=10))
    operations.note(alice, case.pk, "Ringing her.")
    assert read().resolve_by == NOON + timedelta(minutes=25)


@db
def test_an_instructor_acts_on_no_case(case: Case, marta: Person) -> None:
    user = create_login("marta@example.org")
    add_member(user, "instructor", marta)
    with pytest.raises(Forbidden):
        operations.claim(access_of_login(user.pk), case.pk)
    with pytest.raises(Forbidden):
        queries.case(access_of_login(user.pk), case.pk)


@db
def test_a_key_acts_as_a_service_account_of_its_own(case: Case, alice: Access) -> None:
    _key, token = create_api_key("Night shift", ["cases.read", "cases.act"])
    access = access_of_key(token)
    first = operations.claim(access, case.pk)
    assert first.owner is not None
    assert (first.owner.role, first.owner.user.name, first.owner.user.is_active) == (
        "service",
        "Night shift",
        False,
    )
    assert operations.claim(access, case.pk).version == first.version
    with pytest.raises(Conflict):
        operations.claim(alice, case.pk)


@db
def test_another_organizations_case_is_not_there(
    case: Case, alice: Access, other_organization: Organization
) -> None:
    with organization_scope(other_organization.pk):
        stranger = coordinator("stranger")
    with pytest.raises(NotFound):
        operations.claim(stranger, case.pk)
