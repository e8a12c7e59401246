"""Whoever is called "Rose", or "7" by another system, takes nothing along that only reads like them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import models

from callboard.api.models import IdempotentAnswer
from callboard.cases.models import Case, CaseEntry, Queue, Route, SavedFilter
from callboard.lib import clock
from callboard.lib.redaction import Redaction
from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.live.models import Attendance, Event
from callboard.people import operations as people
from callboard.people.erasing import Subject
from callboard.people.import_models import Import
from callboard.people.models import Person, SettingChange
from callboard.sessions.models import Room, Server, Session
from callboard.workflows import erase_person
from tests.workflows.erase_person.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def erase(house: House, person: Person) -> Person:
    with organization_scope(house.organization.pk):
        erasure = erase_person.ask(house.nora, person.pk, person.name)
    erase_person.carry_through(house.organization.pk, erasure.pk)
    return house.row(person.pk)


def session(key: str, **more: Any) -> Session:
    now = clock.now()
    times = {"starts_at": now - timedelta(days=9), "ends_at": now - timedelta(days=8)}
    return Session.objects.create(key=key, status="ended", **times, **more)


def case(queue: Queue, about: Session, who: str) -> Case:
    now = clock.now()
    return Case.objects.create(
        kind="learner_missing", severity="soon", queue=queue, session=about, participant=who, cause=who,
        occurrence=who, raised_at=now, noticed_at=now,
    )  # fmt: skip


def said(rows: Iterable[models.Model]) -> list[dict[str, Any]]:
    """All that the rows say, as it stands in the database."""
    found = []
    for row in rows:
        columns = [each.attname for each in row._meta.local_concrete_fields]
        found.append(type(row)._default_manager.filter(pk=row.pk).values(*columns).get())
    return found


def others_rows(house: House) -> list[models.Model]:
    """Of others, each with "Rose" or "7" as something else: a level, a subject, a server, a course."""
    garden = session("ses_garden", title="Rose growing, part 7", subject="Rose", level="7", region="7")
    plain = session("ses-7", title="Roses", provider="rose")
    queue = Queue.objects.create(slug="rose", name="Rose", kinds=["7", "Rose"])
    entry = CaseEntry.objects.create(
        case=case(queue, garden, "per_iris"), kind="noted", text='A "Rose", at 7'
    )
    answer = {"id": "per_iris", "name": "Iris", "level": "7", "subject": "Rose", "key": "7"}
    return [
        garden,
        plain,
        queue,
        entry,
        Route.objects.create(queue=queue, subjects=["Rose"], regions=["7"]),
        Server.objects.create(slug="7", name="Rose", kind="livekit", region="7", zones=["7"]),
        Room.objects.create(session=plain, provider="rose", external_id="7", node="7"),
        SavedFilter.objects.create(member_id=house.nora.member or 0, name="Rose at 7", query={"of": "Rose"}),
        SettingChange.objects.create(what="route.changed", about="Rose", after={"level": "7", "is": "Rose"}),
        IdempotentAnswer.objects.create(asker="key:7", key="7", status=201, body=json.dumps(answer)),
        Import.objects.create(
            kind="sessions", file_name="7.csv", size=9, content=zlib.compress(b"title,level\nRose,7\n"),
            shown={"examples": [["Rose"], ["7"]]},
        ),
        people.create_people([people.Draft(name="Ruth", level="7", skills=["Rose:7"])])[0],
    ]  # fmt: skip


def test_a_name_of_one_word_and_a_short_id_take_nothing_from_others(house: House) -> None:
    with organization_scope(house.organization.pk):
        rows = others_rows(house)
        rose = people.create_people([people.Draft(name="Rose", email="rose@maple.example", level="7")])[0]
        Person.objects.filter(pk=rose.pk).update(external_id="7")
        before = said(rows)
    erase(house, rose)
    with organization_scope(house.organization.pk):
        assert said(rows) == before


def test_what_is_said_of_someone_with_a_plain_name_still_goes(house: House) -> None:
    with organization_scope(house.organization.pk):
        rose = people.create_people([people.Draft(name="Rose", email="rose@maple.example", level="7")])[0]
        Person.objects.filter(pk=rose.pk).update(external_id="7")
        queue = Queue.objects.create(slug="live", name="Live", is_default=True)
        entry = CaseEntry.objects.create(
            case=case(queue, session("ses_1"), "per_iris"), kind="noted", text=" ROSE"
        )
        body = json.dumps({"id": rose.key, "name": "Rose", "level": "7"})
        answer = IdempotentAnswer.objects.create(asker="key:1", key="a", status=201, body=body)
    row = erase(house, rose)
    with organization_scope(house.organization.pk):
        entry.refresh_from_db()
        answer.refresh_from_db()
    assert (row.name, row.external_id, entry.text) == ("Erased person", "", "[erased]")
    assert json.loads(answer.body or "") == {"id": row.key, "name": "[erased]", "level": "7"}


def test_a_file_of_people_in_which_a_plain_name_stands_is_given_up(house: House) -> None:
    with organization_scope(house.organization.pk):
        rose = people.create_people([people.Draft(name="Rose", key="7")])[0]
        named, found, other = (
            Import.objects.create(kind="people", file_name="r.csv", size=9, **told)
            for told in (
                {"content": zlib.compress(b"name;level\nROSE;8\n")},
                {"found": {"samples": {"added": [{"line": 2, "name": "Rose"}]}}, "status": "done"},
                {"content": zlib.compress(b"name;level\nRosemary;7\n")},
            )
        )
    erase(house, rose)
    with organization_scope(house.organization.pk):
        for row in (named, found, other):
            row.refresh_from_db()
    assert (named.status, named.content, found.status, found.found) == ("discarded", None, "done", {})
    assert (other.status, other.content is None) == ("new", False)


def test_an_id_that_could_be_anything_gives_way_where_ids_of_people_are_kept(house: House) -> None:
    organization, now = house.organization.pk, int(clock.now().timestamp() * 1_000_000)
    data = {"learners": ["12", "112"], "seconds": 12, "of": [12.5, -12]}
    with organization_scope(organization):
        ken = people.create_people([people.Draft(name="Ken Adler", key="12")])[0]
        taught = session("ses_12", title="Part 12", level="12")
        was = Attendance.objects.create(session=taught, participant="12", role="learner", joins=1)
        rows = [taught, Queue.objects.create(slug="12", name="Room 12", kinds=["12"])]
        before = said(rows)
        line = ("poll-12-1", "participant.joined", now, now, "12", json.dumps(data))
        log.append([log.Line(organization, taught.key, *line)])
    new = erase(house, ken).key
    with organization_scope(organization):
        was.refresh_from_db()
        event = Event.objects.get()
        assert said(rows) == before
    assert (was.participant, event.participant, event.event_id) == (new, new, "poll-12-1")
    assert json.loads(event.data) == {**data, "learners": [new, "112"]}


def test_near_them_a_name_goes_and_a_level_and_another_of_that_name_stay() -> None:
    subject = Subject(1, (1,), {"7": "per_new"}, names=("Rose", "Bo del Río"), elsewhere=("7",))
    text = "Level 7, Rose, Río del sur, Bo"
    assert subject.near().text(text) == "Level 7, [erased], [erased] del sur, Bo"
    assert subject.near(["Rose Miller"]).text(text) == "Level 7, Rose, [erased] del sur, Bo"
    assert subject.near().text("Bo") == "[erased]"


def test_nothing_to_look_for_finds_nothing() -> None:
    nothing = Redaction()
    assert not nothing
    assert nothing.text("anything, 7") == "anything, 7"
    assert not nothing.touches("")
