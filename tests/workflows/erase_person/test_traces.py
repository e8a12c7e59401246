"""Jobs, effects and counters of somebody who is erased go; another organization's, like them or not, stay."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import reverse

from callboard.lib.redaction import GONE
from callboard.lib.tenancy import organization_scope
from callboard.people import operations as people
from callboard.people.models import Person
from callboard.workflows import erase_person
from tests.people.cast import login
from tests.workflows.erase_person.conftest import EMAIL, NAME, House

pytestmark = pytest.mark.django_db(transaction=True)

CHOSEN = "stu-1042"
"""An id that two schools may have given to two people."""


def erase(house: House) -> None:
    with organization_scope(house.organization.pk):
        erasure = erase_person.ask(house.nora, house.ana, NAME)
    erase_person.carry_through(house.organization.pk, erasure.pk)


def rows(admin: psycopg.Connection[Any], query: str, *values: Any) -> list[tuple[Any, ...]]:
    return admin.execute(query.encode(), values).fetchall()


def test_jobs_of_another_organization_with_the_same_name_and_id_stay_as_they_are(
    house: House, other_organization: Any, admin_connection: psycopg.Connection[Any]
) -> None:
    with organization_scope(house.organization.pk):
        Person.objects.filter(pk=house.ana).update(key=CHOSEN)
    with organization_scope(other_organization.pk):
        people.create_people([people.Draft(name=NAME, email=EMAIL, key=CHOSEN)])
    said = {"who": CHOSEN, "to": EMAIL, "name": NAME}
    for task, told in (
        ("theirs", {"organization": house.organization.pk}),
        ("others", {"organization": other_organization.pk}),
        ("no ones", {}),
    ):
        for status in ("todo", "succeeded"):
            admin_connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, lock, queueing_lock) "
                "VALUES ('default', %s, %s, %s::procrastinate_job_status, %s, %s)",
                [task, json.dumps({**told, **said}), status, f"tell:{CHOSEN}", f"{task}:{CHOSEN}:{status}"],
            )
    admin_connection.execute(
        "INSERT INTO callboard_jobs_done (key, at) VALUES (%s, now()), (%s, now())",
        [f"tell:{other_organization.pk}:{CHOSEN}", f"mail:{NAME}"],
    )
    jobs = "SELECT task_name, args, status::text, lock, queueing_lock FROM procrastinate_jobs "
    others = "WHERE task_name IN ('others', 'no ones') ORDER BY id"
    done = "SELECT key FROM callboard_jobs_done ORDER BY key"
    before = rows(admin_connection, jobs + others), rows(admin_connection, done)
    erase(house)
    assert (rows(admin_connection, jobs + others), rows(admin_connection, done)) == before
    assert len(before[0]) == 4
    args = {"organization": house.organization.pk, "who": house.row().key, "to": GONE, "name": GONE}
    theirs = rows(admin_connection, f"{jobs} WHERE task_name = 'theirs'")
    assert theirs == [("theirs", args, "todo", None, None)]


def test_attempts_to_sign_in_are_forgotten_with_the_address_and_others_stay(
    house: House, admin_connection: psycopg.Connection[Any]
) -> None:
    user, other = login(EMAIL, NAME), login("berta@maple.example", "Berta")
    with organization_scope(house.organization.pk):
        people.add_member(user, "student", Person.objects.get(pk=house.ana))
    for address in (EMAIL, other.email):
        Client().post(reverse("account_login"), {"login": address.upper(), "password": "not this one"})
        Client().post(reverse("account_reset_password"), {"email": address})
    counters = "SELECT cache_key FROM callboard_cache WHERE cache_key NOT LIKE '%%:ip:%%' ORDER BY 1"
    before = rows(admin_connection, counters)
    erase(house)
    left = rows(admin_connection, counters)
    assert len(before) == 2 * len(left) > 0
    assert set(left) < set(before)
