"""What plans promise, written down when they are made or changed. Fills sessions.ports.Promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import connection

from callboard.expectations import queries, registry, rules
from callboard.expectations.models import Expectation, ExpectationStatus
from callboard.lib import clock, tenancy
from callboard.sessions.models import Participant, ParticipantRole, Session
from callboard.sessions.ports import Planned

UPSERT = """
INSERT INTO callboard_expectations_expectation AS known
    (organization_id, session_id, kind, person_id, due_at, status, evidence, why, changed_at)
SELECT %(organization)s, session, kind, person, due_at, status, '[]', why, %(now)s
FROM unnest(%(sessions)s::bigint[], %(kinds)s::text[], %(people)s::bigint[], %(due)s::timestamptz[],
            %(statuses)s::text[], %(why)s::text[]) AS promise (session, kind, person, due_at, status, why)
ON CONFLICT (organization_id, session_id, kind, person_id) DO UPDATE
SET due_at = EXCLUDED.due_at,
    status = CASE WHEN known.met_at IS NULL THEN EXCLUDED.status ELSE known.status END,
    why = CASE WHEN known.met_at IS NULL THEN EXCLUDED.why ELSE known.why END,
    changed_at = EXCLUDED.changed_at
WHERE (known.due_at, known.status, known.why) IS DISTINCT FROM
      (EXCLUDED.due_at, EXCLUDED.status, EXCLUDED.why)
"""


class SessionPromises:
    """Fills `sessions.ports.Promises`."""

    def derive(self, plans: Sequence[Planned]) -> None:
        """Write what these plans promise, and waive what former plans of theirs promised beyond it.

        What was kept stays kept; what was missed under a former plan is due again under the new one.
        """
        promised = _promised(plans)
        _write(promised)
        _waive_others([plan[0].pk for plan in plans], promised)

    def waive(self, session: Session) -> None:
        """Nothing is promised any more; what was kept or missed stays so."""
        Expectation.objects.filter(session=session, status=ExpectationStatus.DUE).update(
            status=ExpectationStatus.WAIVED, changed_at=clock.now()
        )


def derive_anew(plans: Sequence[Planned]) -> None:
    """Write what these plans promise under another policy, where the plans are as they were.

    When the live engine has said when something is due, that stands.
    """
    known: dict[tuple[int, str, int | None], datetime] = {
        (session, kind, person): due_at
        for session, kind, person, due_at in Expectation.objects.filter(
            session__in=[plan[0].pk for plan in plans],
            kind__in=[kind.name for kind in registry.kinds().values() if kind.live],
        ).values_list("session_id", "kind", "person_id", "due_at")
    }
    promised = [
        replace(each, due_at=known.get((each.session, each.kind, each.person), each.due_at))
        for each in _promised(plans)
    ]
    _write(promised)
    _waive_others([plan[0].pk for plan in plans], promised)


def _promised(plans: Sequence[Planned]) -> list[rules.Promise]:
    kinds = registry.kinds().values()
    policies = queries.policies((plan[0].subject, plan[0].key) for plan in plans)
    return [
        promise
        for plan, policy in zip(plans, policies, strict=True)
        for promise in rules.promises(kinds, policy, _plan(*plan))
    ]


def _plan(session: Session, participants: Iterable[Participant], _room: object) -> rules.Plan:
    active = [each for each in participants if each.active]
    return rules.Plan(
        session=session.pk,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        instructor=next((each.person_id for each in active if each.role == ParticipantRole.INSTRUCTOR), None),
        learners=[each.person_id for each in active if each.role == ParticipantRole.LEARNER],
        recording=session.recording_wanted,
        unrecorded="consent" if session.consents_missing else "",
        absent=frozenset(each.person_id for each in active if each.marked_absent_at is not None),
    )


def _write(promised: Sequence[rules.Promise]) -> None:
    if not promised:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            UPSERT,
            {
                "organization": tenancy.current_organization(),
                "now": clock.now(),
                "sessions": [each.session for each in promised],
                "kinds": [each.kind for each in promised],
                "people": [each.person for each in promised],
                "due": [each.due_at for each in promised],
                "statuses": ["waived" if each.waived else "due" for each in promised],
                "why": [each.why for each in promised],
            },
        )


def _waive_others(sessions: Sequence[int], promised: Sequence[rules.Promise]) -> None:
    """What stands and is not promised any more: of someone who was replaced, of a recording given up."""
    wanted = {(each.session, each.kind, each.person) for each in promised}
    standing = (
        Expectation.objects.filter(session_id__in=sessions, status=ExpectationStatus.DUE)
        .exclude(kind__in=registry.asked())
        .values_list("pk", "session_id", "kind", "person_id")
    )
    stray = [pk for pk, *which in standing if tuple(which) not in wanted]
    if stray:
        Expectation.objects.filter(pk__in=stray).update(
            status=ExpectationStatus.WAIVED, changed_at=clock.now()
        )
