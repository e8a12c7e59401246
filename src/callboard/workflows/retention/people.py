"""People who have been in the archive for so long: each is erased, as an admin would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from callboard.cases.models import Case
from callboard.lib import clock, crash
from callboard.lib.errors import Conflict
from callboard.lib.tenancy import organization_scope
from callboard.people.models import Guardianship, Member, Person
from callboard.sessions import retention, retention_queries
from callboard.sessions.models import Participant, SessionStatus
from callboard.sessions.operations import announcing
from callboard.sessions.operations.keeping import alone
from callboard.sessions.retention_models import Announced
from callboard.sessions.retention_queries import Held
from callboard.workflows import erase_person
from callboard.workflows.retention import things
from callboard.workflows.retention.announcing import keep_of

NOT_OVER = (SessionStatus.SCHEDULED, SessionStatus.READY, SessionStatus.LIVE)


def old(until: datetime, held: Held) -> QuerySet[Person]:
    """But who signs in, answers for somebody who is not archived, is in a session to come or in an open case.
    A double goes with whom it was merged into, so what keeps it keeps both.
    """
    found = Person.objects.filter(archived_at__lte=until, erased_at=None, merged_into=None)
    return (
        found.annotate(moment=F("archived_at"))
        .exclude(held.people_held())
        .exclude(Exists(Member.objects.filter(_theirs("person"), deactivated_at=None)))
        .exclude(Exists(Guardianship.objects.filter(_theirs("guardian"), student__archived_at=None)))
        .exclude(Exists(Case.objects.filter(_theirs("person"), over_at=None)))
        .exclude(
            Exists(Participant.objects.filter(_theirs("person"), active=True, session__status__in=NOT_OVER))
        )
        .exclude(Exists(Participant.objects.filter(held.sessions_held("session"), _theirs("person"))))
    )


def _theirs(field: str) -> Q:
    """Rows of the person looked at, or of a double of theirs: a merge leaves what is past with the double."""
    return Q(**{field: OuterRef("pk")}) | Q(**{f"{field}__merged_into": OuterRef("pk")})


def delete(organization: int, units: Sequence[Announced]) -> None:
    """Each with its erasure in one transaction; who was taken out of the archive in the last moment stays."""
    for unit in units:
        with organization_scope(organization):
            alone()
            for mine in announcing.lock([unit]):
                keep = keep_of(retention.PEOPLE)
                until = None if keep is None else clock.now() - keep
                held = retention_queries.held()
                if until is None or held.everything or not old(until, held).filter(pk=mine.ref).exists():
                    announcing.withdraw([mine])
                    continue
                try:
                    erase_person.ask_by_policy(mine.ref)
                except Conflict:
                    announcing.withdraw([mine])
                    continue
                crash.point("retention.rows_gone")
                announcing.gone(retention.PEOPLE, [mine], {"callboard_people_person": 1})


KIND = things.rows(retention.PEOPLE, old, delete, at_once=20)
