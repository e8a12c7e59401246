"""A person has said that something will not be, so that it is promised no more."""

from __future__ import annotations

from callboard.expectations.models import Expectation, ExpectationStatus
from callboard.lib import clock


def waive_person(session_key: str, person_id: int) -> int:
    """What is due or missed of one person in a session is waived; answers how many promises."""
    return Expectation.objects.filter(
        session__key=session_key,
        person_id=person_id,
        status__in=[ExpectationStatus.DUE, ExpectationStatus.MISSED],
    ).update(status=ExpectationStatus.WAIVED, changed_at=clock.now())


def unwaive_person(session_key: str, person_id: int) -> int:
    """The same taken back: due again. Whether it was missed meanwhile, the evidence says."""
    return Expectation.objects.filter(
        session__key=session_key, person_id=person_id, status=ExpectationStatus.WAIVED
    ).update(status=ExpectationStatus.DUE, changed_at=clock.now())
