"""A small school as the screens see it: a cast reused by the tests of the web and of the browser.

Harbour Tutors in Madrid. Nora and Tomás coordinate; Marta, Karim and Ewa teach; Joan, Iris and others learn;
Paula is Joan's guardian. Everything is written within the organization's scope.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.range import TimestamptzRange

from callboard.cases.models import Case, CaseEntry, Queue
from callboard.expectations.models import Expectation
from callboard.lib import clock, tenancy
from callboard.live.models import LiveState
from callboard.people.models import Guardianship, Instructor, Member, Organization, Person, Student, User
from callboard.sessions.models import Participant, Room, Session

PASSWORD = "callboard-demo-1"


@dataclass
class School:
    organization: Organization
    now: datetime
    members: dict[str, Member] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)

    def member(self, name: str, role: str, person: Person | None = None) -> Member:
        email = f"{name.split()[0].lower()}@harbour.example"
        user = User.objects.create_user(email, PASSWORD, name=name)
        member = Member.objects.create(user=user, role=role, person=person)
        self.members[name.split()[0]] = member
        return member

    def person(self, name: str, zone: str = "", phone: str = "") -> Person:
        first = name.split()[0]
        person = Person.objects.create(
            key=f"p-{first.lower()}",
            name=name,
            zone=zone,
            phone=phone,
            email=f"{first.lower()}@people.example",
        )
        self.people[first] = person
        return person

    def session(
        self, title: str, start: int, length: int, who: list[str], *, status: str = "live", node: str = "eu-1"
    ) -> Session:
        """`start` in minutes from now; the first of `who` teaches."""
        starts = self.now.replace(second=0, microsecond=0) + timedelta(minutes=start)
        ends = starts + timedelta(minutes=length)
        session = Session.objects.create(
            key=f"s-{title.lower().replace(' ', '-').replace(',', '')}",
            title=title,
            subject=title.split()[0].rstrip(","),
            starts_at=starts,
            ends_at=ends,
            status=status,
            recording_wanted=True,
            started_at=starts if status in ("live", "ended") else None,
            ended_at=ends if status == "ended" else None,
        )
        Room.objects.create(
            session=session,
            provider="simulator",
            status="ready",
            region="Frankfurt",
            node=node,
            url="https://room.example/",
        )
        for place, name in enumerate(who):
            Participant.objects.create(
                session=session,
                person=self.people[name],
                role="learner" if place else "instructor",
                busy=TimestamptzRange(starts, ends),
            )
        self.sessions[title] = session
        return session

    def promise(
        self, session: Session, kind: str, minutes: float, status: str = "due", person: str = ""
    ) -> None:
        due = session.starts_at + timedelta(minutes=minutes)
        Expectation.objects.create(
            session=session,
            kind=kind,
            due_at=due,
            status=status,
            met_at=due - timedelta(seconds=40)
            if status == "met"
            else due + timedelta(seconds=95)
            if status == "late"
            else None,
            person=self.people.get(person),
        )

    def usual(self, session: Session, states: str) -> None:
        """Promises in due order, a letter each: k kept, l late, m missed, d due."""
        kinds = [("brief_delivered", -60), ("room_ready", -15), ("instructor_in", 2), ("learner_in", 10),
                 ("recording_running", 3), ("lasted", 55), ("file_arrived", 90),
                 ("note_sent", 180)]  # fmt: skip
        words = {"k": "met", "l": "late", "m": "missed", "d": "due"}
        for (kind, minutes), letter in zip(kinds, states, strict=False):
            self.promise(session, kind, minutes, words[letter])

    def case(
        self,
        kind: str,
        severity: str,
        title: str,
        *,
        ago: float = 60,
        claim_in: float | None = 300,
        person: str = "",
        participant: str = "",
        queue: str = "live",
        owner: str = "",
        status: str = "open",
        resolve_in: float | None = None,
        over_ago: float | None = None,
        cleared: bool = False,
    ) -> Case:
        """`ago`, `claim_in`, `resolve_in`, `over_ago` in seconds."""
        raised = self.now - timedelta(seconds=ago)
        session = self.sessions[title]
        concerned = self.people.get(person)
        member = self.members.get(owner)
        case = Case.objects.create(
            kind=kind,
            severity=severity,
            status="claimed" if owner else status,
            queue=self.queues[queue],
            session=session,
            person=concerned,
            participant=participant or (concerned.key if concerned else ""),
            cause=f"{kind} {title} {person}{participant}{ago}",
            occurrence=f"{kind} {title} {person}{participant} {raised.isoformat()}",
            why=f"{kind} in {session.key}",
            raised_at=raised,
            noticed_at=raised,
            claim_by=self.now + timedelta(seconds=claim_in) if claim_in is not None and not owner else None,
            resolve_by=self.now + timedelta(seconds=resolve_in) if resolve_in is not None else None,
            owner=member,
            claimed_at=raised + timedelta(seconds=30) if owner else None,
            over_at=self.now - timedelta(seconds=over_ago) if over_ago is not None else None,
            cleared_at=raised + timedelta(seconds=40) if cleared else None,
        )
        CaseEntry.objects.create(case=case, kind="raised", at=raised)
        if member:
            CaseEntry.objects.create(case=case, kind="claimed", at=case.claimed_at or raised, actor=member)
        self.cases[f"{kind} {title}"] = case
        return case


def log_events(
    url: str, organization: int, session: str, events: list[tuple[str, str, datetime, dict[str, Any]]]
) -> None:
    """Append events, (kind, participant, at, data) each, over the connection of a role that may."""
    with psycopg.connect(url, autocommit=True) as connection:
        for number, (kind, participant, at, data) in enumerate(events):
            connection.execute(
                "INSERT INTO callboard_live_event (organization_id, partition, session, event_id, kind,"
                " participant, at, received_at, mark, data) VALUES (%s, 0, %s, %s, %s, %s, %s, %s, '', %s)",
                [organization, session, f"e-{session}-{number}", kind, participant or None, at,
                 at + timedelta(milliseconds=300), json.dumps(data)],
            )  # fmt: skip


def new_organization(slug: str = "harbour", name: str = "Harbour Tutors") -> Organization:
    from tests.conftest import make_organization

    organization: Organization = make_organization(slug)
    with tenancy.organization_scope(organization.pk):
        organization.name = name
        organization.save()
    return organization


def small_school(organization: Organization) -> School:
    """People, two queues, three live sessions and nothing wrong."""
    school = School(organization, clock.now())
    school.queues["live"] = Queue.objects.create(
        slug="live-floor", name="Live floor", is_default=True, position=0
    )
    school.queues["recordings"] = Queue.objects.create(slug="recordings", name="Recordings", position=1)
    school.member("Nora Lindqvist", "coordinator")
    school.member("Tomás Pereira", "coordinator")
    school.member("Aisha Bello", "admin")
    for name, zone, phone in (
        ("Marta Vidal", "Europe/Athens", "+30210000000"),
        ("Karim Haddad", "Africa/Lagos", "+2341000000"),
        ("Ewa Zając", "Europe/Warsaw", ""),
        ("Olha Petrenko", "Europe/Kyiv", ""),
        ("Claire Morel", "Europe/Paris", ""),
    ):
        Instructor.objects.create(
            person=school.person(name, zone, phone), skills=["algebra:8", "chemistry:10"]
        )
    for name, zone in (
        ("Joan Puig", "Europe/Madrid"),
        ("Iris Kanter", "Europe/Berlin"),
        ("Lea Marsh", "Europe/London"),
        ("Diego Luna", "America/Mexico_City"),
        ("Tom Weller", "Europe/London"),
        ("Hana Sato", "Asia/Tokyo"),
        ("Inés Roca", "Europe/Madrid"),
        ("Leo Marsh", "Europe/London"),
    ):
        Student.objects.create(person=school.person(name, zone), level="8")
    paula = school.person("Paula Puig", "Europe/Madrid", "+34600000000")
    Guardianship.objects.create(guardian=paula, student=school.people["Joan"], relation="mother")
    school.member("Paula Puig", "guardian", paula)
    school.member("Marta Vidal", "instructor", school.people["Marta"])
    school.member("Joan Puig", "student", school.people["Joan"])
    for title, start, who in (
        ("Algebra 8", -6, ["Marta", "Joan", "Iris", "Lea"]),
        ("Chemistry 10", -35, ["Karim", "Tom"]),
        ("English B2", -30, ["Ewa", "Diego", "Hana"]),
    ):
        session = school.session(title, start, 60, who)
        LiveState.objects.create(session=session, last_event_at=school.now - timedelta(seconds=1))
    return school


def busy_school(organization: Organization) -> School:
    """The small school on a bad afternoon: cases of every severity, of nobody, Nora and Tomás."""
    school = small_school(organization)
    school.usual(school.sessions["Algebra 8"], "kkmddddd")
    school.usual(school.sessions["Chemistry 10"], "kkkkmddd")
    school.usual(school.sessions["English B2"], "kkklkddd")
    school.session("Geometry 7", 14, 60, ["Olha", "Leo"], status="scheduled", node="eu-2")
    school.usual(school.sessions["Geometry 7"], "kmdddddd")
    school.session("Piano grade 4", -90, 45, ["Claire", "Inés"], status="live", node="sa-1")
    school.usual(school.sessions["Piano grade 4"], "kkklkldd")
    school.session("Biology 11", -300, 60, ["Karim", "Lea"], status="ended")
    school.usual(school.sessions["Biology 11"], "kkkkkkmd")
    school.case("instructor_missing", "now", "Algebra 8", ago=282, claim_in=48, person="Marta")
    school.case("stranger", "now", "English B2", ago=70, claim_in=140, participant="ipad-4")
    school.case("recording_stalled", "soon", "Chemistry 10", ago=130, claim_in=211, queue="recordings")
    school.case("learner_missing", "soon", "English B2", ago=660, claim_in=-22, person="Diego")
    school.case("inaudible", "soon", "English B2", ago=60, claim_in=284, person="Ewa")
    school.case("room_not_ready", "watch", "Geometry 7", ago=61, claim_in=482)
    school.case("unstable", "watch", "English B2", ago=480, claim_in=557, person="Hana")
    school.case("dropped", "soon", "Chemistry 10", ago=300, person="Tom", owner="Nora", resolve_in=380)
    school.case("overrun", "watch", "Piano grade 4", ago=1260, owner="Nora", resolve_in=840)
    school.case("room_empty", "now", "Algebra 8", ago=360, owner="Tomás", resolve_in=131)
    school.case(
        "recording_bad", "watch", "Biology 11", ago=3100, owner="Tomás", resolve_in=2890, queue="recordings"
    )
    school.case(
        "bad_connection",
        "watch",
        "English B2",
        ago=400,
        person="Hana",
        status="cleared",
        over_ago=120,
        cleared=True,
    )
    school.case(
        "learner_missing",
        "soon",
        "Algebra 8",
        ago=300,
        person="Lea",
        status="cleared",
        over_ago=60,
        cleared=True,
    )
    return school


def algebra_events(school: School) -> list[tuple[str, str, datetime, dict[str, Any]]]:
    start = school.sessions["Algebra 8"].starts_at
    return [
        ("room.ready", "", start - timedelta(minutes=15, seconds=50), {}),
        ("room.started", "", start - timedelta(seconds=70), {}),
        ("participant.joined", "p-joan", start - timedelta(seconds=61), {}),
        ("participant.joined", "p-iris", start - timedelta(seconds=48), {}),
        (
            "speech",
            "p-joan",
            start + timedelta(seconds=60),
            {"ends_at": times_iso(start + timedelta(minutes=2))},
        ),
        ("connection.report", "p-iris", start + timedelta(seconds=90),
         {"direction": "up", "loss": 0.09, "interval": 10, "rtt_ms": 80, "jitter_ms": 12}),
    ]  # fmt: skip


def times_iso(moment: datetime) -> str:
    from callboard.web.times import iso

    return iso(moment)


def chemistry_events(school: School) -> list[tuple[str, str, datetime, dict[str, Any]]]:
    """Half an hour of a lesson: talk, a bad stretch, someone who left, a recorder that stopped."""
    start, now = school.sessions["Chemistry 10"].starts_at, school.now
    events: list[tuple[str, str, datetime, dict[str, Any]]] = [
        ("room.ready", "", start - timedelta(minutes=16), {}),
        ("room.started", "", start - timedelta(minutes=3), {}),
        ("participant.joined", "p-karim", start - timedelta(minutes=3), {}),
        ("participant.joined", "p-tom", start + timedelta(seconds=20), {}),
        ("recording.started", "", start + timedelta(minutes=2), {"recorder": "A"}),
    ]
    moment, number = start + timedelta(minutes=1), 0
    while moment < now:
        who = "p-karim" if number % 3 else "p-tom"
        until = moment + timedelta(seconds=8 + (number * 7) % 19)
        if who == "p-karim" or moment < now - timedelta(minutes=7):
            events.append(("speech", who, moment, {"ends_at": times_iso(until)}))
        loss = (
            0.12
            if now - timedelta(minutes=13) < moment < now - timedelta(minutes=9)
            else 0.004 * (number % 3)
        )
        if moment < now - timedelta(minutes=6):
            figures = {"direction": "up", "loss": loss, "interval": 30, "rtt_ms": 90, "jitter_ms": 9}
            events.append(("connection.report", "p-tom", moment, figures))
        if number % 2 == 0 and moment < now - timedelta(minutes=3) and moment > start + timedelta(minutes=2):
            seconds = (moment - start).total_seconds() - 120
            events.append(("recording.progress", "", moment, {"recorder": "A", "seconds": seconds}))
        moment += timedelta(seconds=30)
        number += 1
    events.append(("participant.left", "p-tom", now - timedelta(minutes=6, seconds=30), {}))
    return sorted(events, key=lambda event: event[2])
