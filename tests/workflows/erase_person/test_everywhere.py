"""Nothing of an erased person is found in any column of any table, whatever was written where."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import models

from callboard.api.models import IdempotentAnswer
from callboard.cases.models import Case, CaseEntry, Queue, SavedFilter
from callboard.lib import clock
from callboard.lib.redaction import GONE, Redaction
from callboard.lib.tenancy import organization_scope
from callboard.live.models import Attendance
from callboard.people.models import Person, SettingChange
from callboard.sessions.models import Session
from callboard.workflows import erase_person
from callboard.workflows.erase_person import everywhere
from tests.support.rows import one_of_each
from tests.workflows.erase_person.conftest import ELSEWHERE, EMAIL, NAME, House

pytestmark = pytest.mark.django_db(transaction=True)

PAST = (
    "UPDATE callboard_sessions_session SET status = 'ended', starts_at = starts_at - interval '9 days', "
    "ends_at = ends_at - interval '9 days'",
    "UPDATE callboard_people_import SET status = 'done'",
)


def sentence(house: House, room: int | None) -> str:
    """All that names her, as far as there is room for it."""
    whole = f"rang {NAME.upper()} <{EMAIL}>, 600-123-456, {ELSEWHERE}, as p:{house.key}."
    return next(each for each in (whole, NAME, house.key, "Ana Vidal") if room is None or len(each) <= room)


def plant(admin: psycopg.Connection[Any], house: House) -> int:
    """In every column that could hold it, of one row of each table; answers in how many."""
    planted = 0
    for model in everywhere.swept():
        for field in everywhere.columns(model):
            room = getattr(field, "max_length", None)
            if room is not None and room < len(house.key):
                continue
            value = sentence(house, room)
            if isinstance(field, models.JSONField):
                value = json.dumps({"said": [value], house.key: {"name": NAME}})
            table = model._meta.db_table
            done = admin.execute(
                f'UPDATE "{table}" SET "{field.column}" = %s WHERE id = (SELECT max(id) FROM "{table}" '
                "WHERE organization_id = %s)".encode(),
                [value, house.organization.pk],
            )
            planted += done.rowcount
    return planted


def found(admin: psycopg.Connection[Any], house: House) -> list[str]:
    """Where anything of her is: by name, address, number, id, in capitals or not, in text or in bytes."""
    tables = admin.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1"
    ).fetchall()
    tokens = [NAME, EMAIL, "600123456", "600-123-456", "600 123 456", ELSEWHERE, house.key]
    tokens += [token.encode().hex() for token in tokens]
    hits = []
    for (table,) in tables:
        for token in tokens:
            query = f'SELECT count(*) FROM "{table}" AS t WHERE strpos(lower(t::text), lower(%s)) > 0'
            row = admin.execute(query.encode(), [token]).fetchone()
            if row != (0,):
                hits.append(f"{table}: {token}")
    return hits


def test_whatever_was_written_where_is_gone(house: House, admin_connection: psycopg.Connection[Any]) -> None:
    one_of_each(house.organization)
    for statement in PAST:
        admin_connection.execute(statement.encode())
    assert plant(admin_connection, house) > 100
    admin_connection.execute(
        "INSERT INTO callboard_jobs_done (key, at) VALUES (%s, now())", [f"tell:{house.key}:1"]
    )
    admin_connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES "
        "('default', 'a', %s, 'succeeded'), ('default', 'b', %s, 'todo')",
        [json.dumps({"organization": house.organization.pk, "fact": {"person": house.ana}}),
         json.dumps({"organization": house.organization.pk, "to": EMAIL, "who": house.key})],
    )  # fmt: skip
    assert len(found(admin_connection, house)) > 100
    with organization_scope(house.organization.pk):
        erasure = erase_person.ask(house.nora, house.ana, f"  {NAME.lower()} ")
    erase_person.carry_through(house.organization.pk, erasure.pk)
    assert found(admin_connection, house) == []
    # A job that waited goes on, under the new id; one that was over and named her row is gone.
    left = admin_connection.execute(
        "SELECT task_name, args FROM procrastinate_jobs WHERE task_name IN ('a', 'b')"
    ).fetchall()
    assert [(name, args["who"]) for name, args in left] == [("b", house.row().key)]


def test_what_another_has_too_stays_theirs(house: House) -> None:
    with organization_scope(house.organization.pk):
        Person.objects.filter(pk=house.ana).update(phone=house.row(house.berta).phone)
        erasure = erase_person.ask(house.nora, house.ana, NAME)
    erase_person.carry_through(house.organization.pk, erasure.pk)
    berta, clara = house.row(house.berta), house.row(house.clara)
    assert (berta.name, berta.phone, clara.phone) == ("Berta Vidal Puig", clara.phone, berta.phone)
    assert house.row().name == "Erased person"


def test_rows_that_differed_by_a_name_alone_all_stay(house: House) -> None:
    names = [NAME, NAME.upper(), "Puig, Ana Vidal", f"{NAME} & co"]
    with organization_scope(house.organization.pk):
        for n, name in enumerate(names):
            SavedFilter.objects.create(member_id=house.nora.member or 0, name=name, query={"page": n})
        erasure = erase_person.ask(house.nora, house.ana, NAME)
    erase_person.carry_through(house.organization.pk, erasure.pk)
    with organization_scope(house.organization.pk):
        left = [(each.name, each.query["page"]) for each in SavedFilter.objects.order_by("pk")]
    assert left == [(GONE, 0), (f"{GONE} 2", 1), (f"{GONE} 3", 2), (f"{GONE} & co", 3)]


def test_a_case_that_was_raised_again_under_the_new_id_is_not_lost(house: House) -> None:
    with organization_scope(house.organization.pk):
        now, queue = clock.now(), Queue.objects.create(slug="live", name="Live", is_default=True)
        starts = {"starts_at": now - timedelta(days=1), "ends_at": now - timedelta(hours=20)}
        session = Session.objects.create(key="ses_1", status="ended", **starts)

        def raised(key: str) -> Case:
            Attendance.objects.create(session=session, participant=key, role="learner", joins=2)
            return Case.objects.create(
                kind="learner_missing", severity="soon", queue=queue, session=session, participant=key,
                cause=f"learner_missing:ses_1:{key}", occurrence=f"learner_missing:ses_1:{key}|now",
                raised_at=now, noticed_at=now,
            )  # fmt: skip

        former = raised(house.key)
        note = CaseEntry.objects.create(case=former, kind="noted", text="Rang at home")
        erasure = erase_person.ask(house.nora, house.ana, NAME)
        new = house.row().key
        raised(new)
    erase_person.carry_through(house.organization.pk, erasure.pk)
    with organization_scope(house.organization.pk):
        former.refresh_from_db()
        note.refresh_from_db()
        assert [each.participant for each in Attendance.objects.all()] == [new]
        assert Case.objects.count() == 2
    assert note.case_id == former.pk
    assert (former.participant, former.cause) == (new, f"learner_missing:ses_1:{new} 2")


def test_a_name_is_found_however_json_escapes_it(house: House) -> None:
    name = 'Ana "Nitá" Vidal\\Puig'
    told = {"by": name, "text": f"She rang.\n{name}\tand Berta", "as": {name: json.dumps([name])}}
    with organization_scope(house.organization.pk):
        Person.objects.filter(pk=house.ana).update(name=name)
        change = SettingChange.objects.create(what="queue.changed", after=told)
        answer = IdempotentAnswer.objects.create(asker="key:1", key="a", status=200, body=json.dumps(told))
        erasure = erase_person.ask(house.nora, house.ana, name)
    erase_person.carry_through(house.organization.pk, erasure.pk)
    gone = {"by": GONE, "text": f"She rang.\n{GONE}\tand Berta", "as": {GONE: f'["{GONE}"]'}}
    with organization_scope(house.organization.pk):
        change.refresh_from_db()
        answer.refresh_from_db()
    assert change.after == gone
    assert json.loads(answer.body or "") == gone


def test_words_are_found_however_they_are_written() -> None:
    redaction = Redaction({"per_a1": "per_b2"}, (NAME,), ("+34 600 123 456",), ("Ana",))
    text = "Puig, Ana Vidal or ana vidal  puig (0034 600.123.456) is per_a1, not per_a10; Anabel stays"
    assert redaction.text(text) == "[erased] or [erased] ([erased]) is per_b2, not per_a10; Anabel stays"
    assert redaction.value({"name": "Ana", "of": ["Ana Soto"]}) == {"name": "[erased]", "of": ["Ana Soto"]}
