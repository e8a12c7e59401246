"""What strips are drawn from, in SQL and two round trips: the cases, then what each of them concerns.

Asked of the ORM, a row at a time of what a statement is made of, it was half of what the queue costs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from callboard.cases.models import Case, Incident
from callboard.lib.together import Row, columns, made, select, together
from callboard.people.models import Member, Person, User
from callboard.sessions.models import Session
from callboard.web.reads.seats import drawn

CASE = (
    *("id", "organization_id", "kind", "severity", "status", "queue_id", "session_id", "person_id"),
    *(
        "participant",
        "provider",
        "incident_id",
        "details",
        "raised_at",
        "noticed_at",
        "cleared_at",
        "apart_at",
    ),
    *("claim_by", "resolve_by", "owner_id", "snoozed_until", "over_at", "version", "changed_at"),
)
"""What a strip tells of its case."""
SESSION = tuple(field.attname for field in Session._meta.concrete_fields)  # what may be done asks for most
PERSON = ("id", "organization_id", "name", "zone")
MEMBER = ("id", "organization_id", "user_id", "role")
USER = ("id", "name", "email")
INCIDENT = tuple(field.attname for field in Incident._meta.concrete_fields)

# Standing for itself, or under its incident; of one person's queue: under an incident that is theirs.
STANDING = """
SELECT c.id, c.owner_id, c.severity, c.raised_at, c.claim_by, c.resolve_by,
       i.id IS NOT NULL AND c.apart_at IS NULL AND i.closed_at IS NULL AND i.withdrawn_at IS NULL
       AND (%(owner)s::bigint IS NULL OR i.owner_id = %(owner)s)
  FROM callboard_cases_case AS c
  LEFT JOIN callboard_cases_incident AS i ON i.id = c.incident_id AND i.organization_id = %(organization)s
 WHERE c.organization_id = %(organization)s AND c.over_at IS NULL AND (c.status = 'snoozed') = %(snoozed)s
   AND (%(queue)s::bigint IS NULL OR c.queue_id = %(queue)s)
   AND (%(owner)s::bigint IS NULL OR c.owner_id = %(owner)s)
"""
GONE = (
    select(Case, CASE, "over_at > %(since)s")
    + " AND (%(queue)s::bigint IS NULL OR queue_id = %(queue)s)"
    + " AND (%(owner)s::bigint IS NULL OR owner_id = %(owner)s) ORDER BY over_at DESC LIMIT %(most)s"
)
MEMBERS = (
    f"SELECT {columns(Member, MEMBER)}, {columns(User, USER)} "  # noqa: S608 - names of our own tables
    f'FROM "{Member._meta.db_table}" JOIN "{User._meta.db_table}" '
    f'ON "{User._meta.db_table}".id = "{Member._meta.db_table}".user_id '
    f'WHERE "{Member._meta.db_table}".organization_id = %(organization)s '
    f'AND "{Member._meta.db_table}".id'
)
"""Members with their logins, for `member`; which, it leaves to be said."""
OWNERS = f"{MEMBERS} = ANY(%(owners)s)"
LINES = """
SELECT session_id, array_agg(kind ORDER BY due_at, id),
       array_agg(CASE WHEN status = 'due' AND due_at < %(now)s THEN 'missed' ELSE status END
                 ORDER BY due_at, id)
  FROM callboard_expectations_expectation
 WHERE organization_id = %(organization)s AND session_id = ANY(%(sessions)s)
 GROUP BY session_id
"""


def standing(
    since: datetime, most: int, *, queue: int | None, owner: int | None, snoozed: bool
) -> tuple[list[Row], list[Case]]:
    """The cases that are not over, as (the fields of `Standing`, whether under an incident), and those that
    are since that moment, the latest first.
    """
    asked = {"queue": queue, "owner": owner, "snoozed": snoozed, "since": since, "most": most}
    rows, gone = together([STANDING, GONE], asked)
    return rows, made(Case, CASE, gone)


def whole(cases: Collection[int]) -> dict[int, Case]:
    """By id."""
    if not cases:
        return {}
    (rows,) = together([select(Case, CASE, "id = ANY(%(cases)s)")], {"cases": list(cases)})
    return {case.pk: case for case in made(Case, CASE, rows)}


def relate(cases: Sequence[Case], now: datetime) -> dict[int, tuple[str, ...]]:
    """Put beside the cases what a strip tells of their session, person, owner and incident; the promise lines
    by session.

    Each by a statement of its own: to plan one that joins them all takes PostgreSQL longer under row-level
    security than to run them.
    """
    if not cases:
        return {}
    asked = {
        "sessions": [each.session_id for each in cases if each.session_id],
        "people": [each.person_id for each in cases if each.person_id],
        "owners": [each.owner_id for each in cases if each.owner_id],
        "incidents": [each.incident_id for each in cases if each.incident_id],
        "now": now,
    }
    statements = [
        select(Session, SESSION, "id = ANY(%(sessions)s)"),
        select(Person, PERSON, "id = ANY(%(people)s)"),
        OWNERS,
        select(Incident, INCIDENT, "id = ANY(%(incidents)s)"),
        LINES,
    ]
    sessions, people, owners, incidents, lines = together(statements, asked)
    by_session = {each.pk: each for each in made(Session, SESSION, sessions)}
    by_person = {each.pk: each for each in made(Person, PERSON, people)}
    by_owner = {each.pk: each for each in map(member, owners)}
    by_incident = {each.pk: each for each in made(Incident, INCIDENT, incidents)}
    for case in cases:
        case.session = by_session.get(case.session_id or 0)
        case.person = by_person.get(case.person_id or 0)
        case.owner = by_owner.get(case.owner_id or 0)
        case.incident = by_incident.get(case.incident_id or 0)
    return {session: drawn(zip(kinds, states, strict=True)) for session, kinds, states in lines}


def member(row: Row) -> Member:
    """With their login, of a row of `MEMBERS`."""
    (found,) = made(Member, MEMBER, [row[: len(MEMBER)]])
    (found.user,) = made(User, USER, [row[len(MEMBER) :]])
    return found
