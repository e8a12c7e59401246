"""A person has said that something will not be, so that it is promised no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from callboard.expectations import queries, registry
from callboard.expectations.models import Expectation, ExpectationStatus
from callboard.expectations.policy import enabled
from callboard.lib import clock
from callboard.sessions.models import Session


def waive_person(session_key: str, person_id: int) -> int:
    """What is due or missed of one person in a session is waived; answers how many promises."""
    return (
        Expectation.objects.filter(
            session__key=session_key,
            person_id=person_id,
            status__in=[ExpectationStatus.DUE, ExpectationStatus.MISSED],
        )
        .exclude(kind__in=registry.asked())
        .update(status=ExpectationStatus.WAIVED, why="absent", changed_at=clock.now())
    )


def unwaive_person(session_key: str, person_id: int) -> int:
    """The same taken back: due again. Whether it was missed meanwhile, the evidence says."""
    return (
        Expectation.objects.filter(
            session__key=session_key, person_id=person_id, status=ExpectationStatus.WAIVED
        )
        .exclude(kind__in=registry.asked())
        .update(status=ExpectationStatus.DUE, why="", changed_at=clock.now())
    )


def promise(session: Session, kind: str, person_id: int, due_at: datetime) -> bool:
    """What somebody asked for is expected by then; the same again, or a moved date, is the same promise.

    What was kept or missed stays so. False where the organization's policy does not make such promises.
    """
    if not enabled(kind, queries.policy(session.subject, session.key)):
        return False
    made, fresh = Expectation.objects.get_or_create(
        session=session, kind=kind, person_id=person_id, defaults={"due_at": due_at}
    )
    if not fresh and made.status in (ExpectationStatus.DUE, ExpectationStatus.WAIVED):
        made.due_at, made.status, made.why, made.changed_at = due_at, ExpectationStatus.DUE, "", clock.now()
        made.save(update_fields=["due_at", "status", "why", "changed_at"])
    return True


def keep(kind: str, person_id: int) -> int:
    """What was asked for of a person has come: kept, or kept late. Answers how many promises."""
    now = clock.now()
    standing = Expectation.objects.filter(kind=kind, person_id=person_id)
    kept = standing.filter(status=ExpectationStatus.DUE).update(
        status=ExpectationStatus.MET, met_at=now, changed_at=now
    )
    late = standing.filter(status=ExpectationStatus.MISSED).update(
        status=ExpectationStatus.LATE, met_at=now, changed_at=now
    )
    return kept + late


def waive_asked(kind: str, person_id: int, *, besides: Collection[int] = ()) -> int:
    """It is not asked for any more in their sessions, `besides` these (ids); answers how many promises."""
    return (
        Expectation.objects.filter(kind=kind, person_id=person_id, status=ExpectationStatus.DUE)
        .exclude(session_id__in=besides)
        .update(status=ExpectationStatus.WAIVED, changed_at=clock.now())
    )
