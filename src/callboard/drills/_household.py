"""People for the erasure drill, each with a trace in every place that a year at a school leaves one in.

Half of them are to be erased; the others stay, with the same family name, in the same sessions, and nothing
of theirs may be missing afterwards.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import psycopg
from psycopg.types.range import TimestamptzRange

from callboard.lib.tenancy import organization_scope

FAMILY = "Quintero Brandt"
GIVEN = (
    "Aurelia", "Balthasar", "Cosima", "Dagobert", "Eleonora", "Fridolin", "Giselher", "Hadwiga", "Isidora",
    "Jaromir", "Kunigunde", "Leopoldina", "Melchior", "Notburga", "Ottokar", "Philippa", "Quirin",
    "Rosalinde", "Sigismund", "Theodora", "Ulfried", "Valeska", "Wendelin", "Xaverine",
)  # fmt: skip


@dataclass(frozen=True)
class One:
    """A person as the audit looks for them. `pk` is their row's id."""

    pk: int
    key: str
    name: str
    email: str
    phone: str
    elsewhere: str

    @property
    def tokens(self) -> list[str]:
        digits = "".join(filter(str.isdigit, self.phone))
        return [self.name, self.email, self.phone, digits, self.elsewhere, self.key]


@dataclass(frozen=True)
class Household:
    organization: int
    admin: Any
    going: list[One]
    staying: list[One]


def build(admin: psycopg.Connection[Any], count: int) -> Household:
    """`count` who go and as many who stay. Needs Django."""
    from callboard.people import operations as people
    from callboard.people.access import access_of_operator
    from callboard.people.models import Person

    organization = people.create_organization("Drill", "drill").pk
    with organization_scope(organization):
        teacher = people.create_people([people.Draft(name="Ottilie Ungenannt", skills=["maths:8"])])[0].pk
        drafts, everybody = [], []
        for n in range(2 * count):
            given = GIVEN[n % len(GIVEN)]
            name = f"{given} {'' if n < len(GIVEN) else 'Nr' + str(n) + ' '}{FAMILY}"
            drafts.append(
                people.Draft(
                    name=name,
                    email=f"{given.lower()}.{n}@drill.example",
                    phone=f"+49 30 55{n:05d}",
                    level="8",
                    consents=["recording"],
                )
            )
        made = people.create_people(drafts)
        for n, person in enumerate(made):
            person.external_id = f"REG-{n:06d}"
        Person.objects.bulk_update(made, ["external_id"])
        everybody = [
            One(each.pk, each.key, each.name, each.email, each.phone, each.external_id) for each in made
        ]
    house = Household(organization, access_of_operator("drill"), everybody[::2], everybody[1::2])
    for n, (one, other) in enumerate(zip(house.going, house.staying, strict=True)):
        _live(house, teacher, n, one, other)
        _log(admin, house, n, one, other)
    _snapshot(house)
    return house


def _live(house: Household, teacher: int, n: int, one: One, other: One) -> None:
    """A session that both were in, with all that comes of one, and each one's own papers."""
    from callboard.cases.models import Case, CaseEntry, Queue
    from callboard.lib import clock, store
    from callboard.live.models import Attendance, LiveState
    from callboard.people.import_models import Import
    from callboard.people.models import ConsentWord, Guardianship, Person
    from callboard.people.records import PersonChange, PersonCopy
    from callboard.sessions.models import Deed, JoinLink, Participant, Recording, Session

    now = clock.now()
    starts = now - timedelta(days=9 if n % 2 else 1, hours=n)
    with organization_scope(house.organization):
        queue, _made = Queue.objects.get_or_create(slug="live", name="Live", is_default=True)
        session = Session.objects.create(
            key=f"ses-drill-{n}", title=f"Algebra with {one.name}", starts_at=starts,
            ends_at=starts + timedelta(minutes=50), status="ended", recording_wanted=True,
        )  # fmt: skip
        for who, role in ((teacher, "instructor"), (one.pk, "learner"), (other.pk, "learner")):
            busy = TimestamptzRange(session.starts_at, session.ends_at)
            Participant.objects.create(session=session, person_id=who, role=role, busy=busy)
        for each in (one, other):
            guardian = Person.objects.create(name=f"Guardian {each.pk}")
            Guardianship.objects.create(guardian=guardian, student_id=each.pk, relation="aunt")
            proof = f"proofs/{house.organization}/{each.key}/prf"
            store.documents().put(proof, f"signed for {each.name}".encode())
            ConsentWord.objects.create(
                person_id=each.pk, kind="model", said="given", way="paper", proof=proof,
                reference=f"Binder of {each.name}", said_by=guardian,
            )  # fmt: skip
            PersonChange.objects.create(
                person_id=each.pk, kind="edited", before={"email": each.email}, after={"phone": each.phone}
            )
            copy = PersonCopy.objects.create(person_id=each.pk, status="ready")
            copy.location = f"copies/{house.organization}/{copy.pk}-cpy.zip"
            store.documents().put(copy.location, f"all of {each.name}".encode())
            copy.save()
            JoinLink.objects.create(person_id=each.pk, session=session)
            Attendance.objects.create(session=session, participant=each.key, role="learner", joins=1)
            case = Case.objects.create(
                kind="learner_missing", severity="soon", queue=queue, session=session, person_id=each.pk,
                participant=each.key, cause=f"learner_missing:{session.key}:{each.key}", raised_at=starts,
                occurrence=f"learner_missing:{session.key}:{each.key}:1", noticed_at=starts,
                why=f"{each.key} was due", details={"who": each.key}, evidence=[f"poll-{each.key}-1"],
            )  # fmt: skip
            CaseEntry.objects.create(case=case, kind="noted", text=f"rang {each.phone}, {each.name} is ill")
        CaseEntry.objects.create(case=case, kind="noted", text=f"{one.name.split()[0]} rang for the other")
        LiveState.objects.create(session=session, state={"in": [one.key, other.key]})
        Deed.objects.create(session=session, name="message", data={"person": one.key}, text=f"Hi {one.name}")
        file = f"recordings/{house.organization}/{session.key}/r.webm"
        store.recordings().put(file, f"the voice of {one.name}".encode())
        Recording.objects.create(session=session, recorder="r", location=file, file_at=now)
        rows = f"name,email,phone,id\n{one.name},{one.email},{one.phone},{one.elsewhere}\n"
        Import.objects.create(
            kind="people", file_name=f"{one.name}.csv", size=len(rows), content=zlib.compress(rows.encode())
        )


def _log(admin: psycopg.Connection[Any], house: Household, n: int, one: One, other: One) -> None:
    """Lines of the log, half of them old, and jobs that were about them."""
    from callboard.live.log.lines import partition_of

    days = 9 if n % 2 else 0
    session = f"ses-drill-{n}"
    for each in (one, other):
        for kind in ("participant.joined", "connection.report", "participant.left"):
            admin.execute(
                "INSERT INTO callboard_live_event (organization_id, partition, session, event_id, kind, "
                "participant, at, received_at, mark, data) VALUES (%s, %s, %s, %s, %s, %s, "
                "now() - make_interval(days => %s), now() - make_interval(days => %s), '', %s)",
                [house.organization, partition_of(house.organization, session), session,
                 f"poll-{each.key}-{kind}", kind, each.key, days, days,
                 json.dumps({"learners": [one.key, other.key]})],
            )  # fmt: skip
        for status in ("succeeded", "failed"):
            admin.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) "
                "VALUES ('default', 'told', %s, %s::procrastinate_job_status)",
                [json.dumps({"organization": house.organization, "to": each.email, "who": each.key}), status],
            )
        admin.execute("INSERT INTO callboard_jobs_done (key, at) VALUES (%s, now())", [f"told:{each.key}"])


def _snapshot(house: Household) -> None:
    """An engine's state of each partition, in which everybody is."""
    from callboard.live.engine.engine import Engine
    from callboard.live.models import EngineSnapshot, PartitionLease
    from callboard.live.partitions import PARTITIONS

    image = msgspec.msgpack.decode(Engine().snapshot())
    image["ahead"] = [
        {"organization": house.organization, "participant": each.key, "session": "s", "id": each.key}
        for each in [*house.going, *house.staying]
    ]
    for partition in range(PARTITIONS):
        PartitionLease.objects.get_or_create(partition=partition)
        EngineSnapshot.objects.create(partition=partition, position=0, state=msgspec.msgpack.encode(image))
