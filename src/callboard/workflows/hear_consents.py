"""A file says of many people at once what they agree to, and it is as if each had said it.

1. The file's words were written (people.operations.rosters), with a fact for each thousand people.
2. Of those people it concerns the few who are in a session to come or at work, are waited for, or have a case
   for want of an answer. For each of them the fact of one person is published, and whoever reacts to that
   does. Killed: none of these facts is out, and the job runs again.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from callboard.cases.models import Case
from callboard.expectations.models import Expectation, ExpectationStatus
from callboard.lib import clock, facts, jobs
from callboard.lib.tenancy import organization_scope
from callboard.people.facts import ConsentGiven, ConsentRefused, ConsentsHeard, ConsentWithdrawn
from callboard.people.models import ConsentSaid
from callboard.sessions.models import Participant
from callboard.sessions.operations.consents import NOT_OVER
from callboard.workflows import ask_consent

FACTS: dict[str, type[ConsentGiven] | type[ConsentRefused] | type[ConsentWithdrawn]] = {
    ConsentSaid.GIVEN: ConsentGiven,
    ConsentSaid.REFUSED: ConsentRefused,
    ConsentSaid.WITHDRAWN: ConsentWithdrawn,
}


@jobs.job(name="hear_consents.heard")
def heard(organization: int, fact: dict[str, Any]) -> None:
    told = facts.read(ConsentsHeard, fact)
    with organization_scope(organization):
        facts.publish_many(
            [FACTS[told.said](person=person, kind=told.kind) for person in sorted(concerned(told.people))]
        )


def concerned(people: Collection[int]) -> set[int]:
    """Those of them to whom it can matter by now."""
    seated = Participant.objects.filter(
        person_id__in=people, active=True, session__ends_at__gt=clock.now(), session__status__in=NOT_OVER
    )
    awaited = Expectation.objects.filter(
        kind=ask_consent.KIND,
        person_id__in=people,
        status__in=[ExpectationStatus.DUE, ExpectationStatus.MISSED],
    )
    missed = Case.objects.filter(kind=ask_consent.CASE, person_id__in=people, cleared_at=None)
    found: set[int] = set()
    for rows in (seated, awaited, missed):
        found.update(pk for pk in rows.values_list("person_id", flat=True) if pk is not None)
    return found
