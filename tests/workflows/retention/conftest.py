"""A school that has taught for years, and keeps sessions for a year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from callboard.cases.models import Case, CaseEntry, Incident, Queue
from callboard.expectations.models import Expectation
from callboard.lib import clock
from callboard.lib.clock import VirtualClock
from callboard.lib.store import documents
from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.live.models import Attendance, Event, Signals
from callboard.people import operations as people
from callboard.people.access import Access
from callboard.people.models import Organization, Person
from callboard.sessions.models import (
    Participant,
    Recording,
    Room,
    Series,
    Session,
    SessionStatus,
)
from callboard.sessions.operations.retention import set_retention
from callboard.sessions.retention_models import Announced
from callboard.workflows import retention
from tests.people.cast import access

DAY = timedelta(days=1)
LINES = 3


@dataclass(frozen=True)
class School:
    """`nora` administers. `ana` learns, `iris` teaches."""

    organization: Organization
    nora: Access
    ana: Person
    iris: Person

    @contextmanager
    def scope(self) -> Iterator[None]:
        with organization_scope(self.organization.pk):
            yield

    def keep(self, **days: int | None) -> None:
        with self.scope():
            set_retention(self.nora, days)

    def session(self, ago: timedelta, *, status: str = SessionStatus.ENDED, evidence: bool = True) -> Session:
        """One that was over so long ago, with something of everything that is kept of it."""
        end = clock.now() - ago
        with self.scope():
            series = Series.objects.create(title="Algebra")
            session = Session.objects.create(
                title="Algebra", starts_at=end - timedelta(hours=1), ends_at=end, status=status,
                series=series,
                ended_at=end if status == SessionStatus.ENDED else None, provider="memory",
            )  # fmt: skip
            for who, role in ((self.iris, "instructor"), (self.ana, "learner")):
                Participant.objects.create(
                    session=session, person=who, role=role, busy=(session.starts_at, end), active=False
                )
            if evidence:
                self._evidence(session, end)
        return session

    def _evidence(self, session: Session, end: datetime) -> None:
        pk, key = self.organization.pk, session.key
        Room.objects.create(session=session, provider="memory")
        Expectation.objects.create(session=session, kind="instructor_in", due_at=end, status="met")
        Attendance.objects.create(session=session, participant=f"p:{self.ana.key}")
        Signals.objects.create(session=session, closed_at=end, position=1, data=b"-")
        location = f"recordings/{pk}/{key}/rec_1.webm"
        Recording.objects.create(session=session, recorder="rec_1", location=location, file_at=end)
        documents().put(location, b"file")
        documents().put(f"parts/{pk}/{key}/rec_1/0001-000000000000", b"part")
        incident = Incident.objects.create(key=key, kind="node_down", raised_at=end, cleared_at=end)
        case = Case.objects.create(
            kind="no_show", severity="now", status="cleared", session=session, cause=key, occurrence=key,
            queue=Queue.objects.get_or_create(slug="floor", defaults={"name": "Floor"})[0], raised_at=end,
            noticed_at=end, over_at=end, incident=incident,
        )  # fmt: skip
        CaseEntry.objects.create(case=case, kind="raised")
        micros = int(end.timestamp() * 1_000_000)
        log.append(
            [log.Line(pk, key, f"{key}-{n}", "participant.joined", micros, micros) for n in range(LINES)]
        )

    def run(self, after: timedelta = timedelta()) -> None:
        """The nightly run, so much later."""
        with clock.using(VirtualClock(clock.now() + after)):
            retention.carry_out(self.organization.pk)

    def announced(self) -> list[tuple[str, int]]:
        with self.scope():
            return list(Announced.objects.order_by("kind", "ref").values_list("kind", "ref"))

    def left(self, session: Session) -> set[str]:
        """Where something of a session is still found."""
        with self.scope():
            found = {
                "row": Session.objects.filter(pk=session.pk).exists(),
                "series": Series.objects.filter(pk=session.series_id or 0).exists(),
                "people": Participant.objects.filter(session=session.pk).exists(),
                "promises": Expectation.objects.filter(session=session.pk).exists(),
                "signals": Signals.objects.filter(session=session.pk).exists(),
                "cases": Case.objects.filter(cause=session.key).exists(),
                "incident": Incident.objects.filter(key=session.key).exists(),
                "recording": Recording.objects.filter(session=session.pk).exists(),
                "lines": Event.objects.filter(session=session.key).exists(),
            }
        names = [name for name, _size in documents().names("recordings")]
        names += [name for name, _size in documents().names("parts")]
        found["files"] = any(session.key in name for name in names)
        return {name for name, is_there in found.items() if is_there}


@pytest.fixture
def school(organization: Organization, settings: Any, tmp_path: Path) -> School:
    settings.RECORDINGS = str(tmp_path / "recordings")
    settings.ERASURES = str(tmp_path / "erasures")
    nora = access(organization, "admin", "nora@maple.example")
    with organization_scope(organization.pk):
        ana, iris = people.create_people(
            [people.Draft(name="Ana Vidal", level="8"), people.Draft(name="Iris Soto", skills=["maths:8"])]
        )
    return School(organization, nora, ana, iris)
