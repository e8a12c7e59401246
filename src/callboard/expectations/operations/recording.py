"""What became of promises, as whoever brings the evidence says. Said again, it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import connection

from callboard.expectations import queries, rules
from callboard.expectations.policy import Policy, enabled
from callboard.lib import clock, tenancy


@dataclass(frozen=True)
class Kept:
    """What became of one promise. `session` and `person` are keys, as events carry them.

    `status` is due (or the engine's open), met, late, missed or waived. `due_at` None: as it was.
    `evidence` are ids of events.
    """

    session: str
    kind: str
    person: str | None
    status: str
    due_at: datetime | None = None
    met_at: datetime | None = None
    evidence: tuple[str, ...] = ()


RECORD = """
INSERT INTO callboard_expectations_expectation AS known
    (organization_id, session_id, kind, person_id, due_at, status, met_at, evidence, changed_at)
SELECT %(organization)s, session.id, said.kind, person.id, coalesce(said.due_at, session.ends_at),
       said.status, said.met_at, said.evidence::jsonb, %(now)s
FROM unnest(%(sessions)s::text[], %(kinds)s::text[], %(people)s::text[], %(statuses)s::text[],
            %(due)s::timestamptz[], %(met)s::timestamptz[], %(evidence)s::text[], %(promised)s::boolean[])
     AS said (session, kind, person, status, due_at, met_at, evidence, promised)
JOIN callboard_sessions_session AS session
  ON session.organization_id = %(organization)s AND session.key = said.session
LEFT JOIN callboard_people_person AS person
  ON person.organization_id = %(organization)s AND person.key = said.person
WHERE (said.person IS NULL OR person.id IS NOT NULL)
  AND (said.promised OR EXISTS (
    SELECT FROM callboard_expectations_expectation AS made
    WHERE made.organization_id = %(organization)s AND made.session_id = session.id AND made.kind = said.kind
      AND made.person_id IS NOT DISTINCT FROM person.id AND made.status <> 'waived'))
ON CONFLICT (organization_id, session_id, kind, person_id) DO UPDATE
SET status = EXCLUDED.status,
    met_at = EXCLUDED.met_at,
    evidence = CASE WHEN EXCLUDED.evidence = '[]' THEN known.evidence ELSE EXCLUDED.evidence END,
    due_at = CASE WHEN %(due_known)s THEN EXCLUDED.due_at ELSE known.due_at END,
    changed_at = EXCLUDED.changed_at
WHERE NOT (known.status = 'waived' AND EXCLUDED.status IN ('due', 'missed'))
  AND (known.status, known.met_at, known.due_at) IS DISTINCT FROM
      (EXCLUDED.status, EXCLUDED.met_at,
       CASE WHEN %(due_known)s THEN EXCLUDED.due_at ELSE known.due_at END)
"""
"""What was waived by a person or a new plan stays waived, unless the evidence shows that it was kept."""


def record(
    session: str,
    kind: str,
    person: str | None,
    status: str,
    met_at: datetime | None = None,
    evidence: Sequence[str] = (),
    due_at: datetime | None = None,
) -> None:
    """Record one (see `Kept`)."""
    record_many([Kept(session, kind, person, status, due_at, met_at, tuple(evidence))])


def record_many(said: Sequence[Kept]) -> None:
    """Record many, in two statements at most; of one promise told of twice, the last word counts.

    What concerns nobody's session or person is passed over, and so is a kind that policy switches off, unless
    it was promised before that.
    """
    latest = {(each.session, each.kind, each.person): each for each in said}
    policies = queries.policies_of(each.session for each in latest.values())
    for due_known in (True, False):
        some = [each for each in latest.values() if (each.due_at is not None) == due_known]
        if some:
            _record(some, policies, due_known=due_known)


def _record(said: Sequence[Kept], policies: Mapping[str, Policy], *, due_known: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            RECORD,
            {
                "organization": tenancy.current_organization(),
                "now": clock.now(),
                "due_known": due_known,
                "sessions": [each.session for each in said],
                "kinds": [each.kind for each in said],
                "people": [each.person for each in said],
                "statuses": [rules.STATUS_OF_ENGINE[each.status] for each in said],
                "due": [each.due_at for each in said],
                "met": [each.met_at for each in said],
                "evidence": [msgspec.json.encode(each.evidence).decode() for each in said],
                "promised": [enabled(each.kind, policies[each.session]) for each in said],
            },
        )
