"""A year's history of a school, written straight into the tables: sessions that are over, those that are live
and those to come, with what was promised of them, who was in, and the cases there were.

Rows are made by the database itself, with its checks of foreign keys off: they are right by construction, and
half a million sessions take a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import _common

LIVE = 400
"""Sessions at once, in every slot of the year; those of the last one are live."""
OPEN = 120
"""Cases that are not over."""
LEARNERS = 3
LOGGED = 60
"""Live sessions that have their events in the log, half an hour of them."""

PROMISES = (("room_ready", -15), ("instructor_in", 2), ("learner_in", 10), ("recording_running", 5),
            ("lasted", 60), ("file_arrived", 90))  # fmt: skip
KINDS = ("instructor_missing", "learner_missing", "bad_connection", "recording_stalled", "dropped")


@dataclass(frozen=True)
class Year:
    """What a benchmark asks for: sessions that are live and have events, by key; cases that are open."""

    sessions: int
    live: list[str]
    cases: list[int]


def write(admin_url: str, organization: int, count: int) -> Year:
    """`count` sessions that are over or live, and one slot of sessions to come."""
    slots = max(2, count // LIVE)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("SET synchronous_commit = off")
        admin.execute("SET maintenance_work_mem = '256MB'")
        table = _Tables(admin, organization)
        _people(table)
        _sessions(table, slots)
        _common.say(f"{slots * LIVE:,} sessions stand")
        _cases(table, slots)
        _events(admin, organization, slots)
        _sequences(admin)
        # As autovacuum has by the time that a school has a year behind it: here it is to be done now, since
        # counts by an index alone read the rows of whatever was not vacuumed.
        admin.execute("VACUUM ANALYZE")
    _roll_up(organization)
    first = (slots - 1) * LIVE
    live = [f"ses_{number:016d}" for number in range(first + 1, first + LOGGED + 1)]
    return Year(slots * LIVE, live, list(range(1, OPEN + 1)))


class _Tables:
    """INSERT … SELECT into a model's table; what is not named takes the model's default."""

    def __init__(self, admin: psycopg.Connection[Any], organization: int) -> None:
        self.admin = admin
        self.organization = organization

    def fill(self, model: Any, source: str, **columns: str) -> None:
        given = {"organization_id": str(self.organization), **columns}
        values: list[sql.Composable] = []
        names: list[str] = []
        for field in model._meta.concrete_fields:
            if field.generated or (field.primary_key and field.column not in given):
                continue
            names.append(field.column)
            if field.column in given:
                values.append(sql.SQL(given[field.column]))
            else:
                values.append(sql.Literal(self._default(field)))
        self.admin.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
                sql.Identifier(model._meta.db_table),
                sql.SQL(", ").join(map(sql.Identifier, names)),
                sql.SQL(", ").join(values),
                sql.SQL(source),
            )
        )

    @staticmethod
    def _default(field: Any) -> Any:
        from django.db import connection

        return None if field.null else field.get_db_prep_save(field.get_default(), connection)


def _people(table: _Tables) -> None:
    from callboard.people.models import Person

    names = "(ARRAY['Marta','Karim','Ewa','Joan','Iris','Lea','Diego','Hana'])[1 + n % 8] || ' ' || n"
    zones = "(ARRAY['Europe/Madrid','Europe/Athens','America/Bogota','Asia/Tokyo'])[1 + n % 4]"
    table.fill(
        Person,
        f"generate_series(1, {LIVE * (1 + LEARNERS)}) AS n",
        id="n",
        key="'per_' || lpad(n::text, 16, '0')",
        name=names,
        zone=zones,
    )


def _sessions(table: _Tables, slots: int) -> None:
    """Slot s holds sessions s·LIVE+1 … (s+1)·LIVE; the last but one is live, the last is to come."""
    from callboard.expectations.models import Expectation
    from callboard.live.models import Attendance, LiveState
    from callboard.sessions.models import Participant, Recording, Room, Session

    hours = 365 * 24 / slots
    start = f"(now() - interval '30 minutes' - ({slots - 1} - slot) * interval '{hours} hours')"
    status = (
        f"(CASE WHEN slot < {slots - 1} THEN 'ended' WHEN slot = {slots - 1} THEN 'live'"
        " ELSE 'scheduled' END)"
    )
    rows = (
        f"(SELECT slot * {LIVE} + place AS n, place, slot, {start} AS begins, {status} AS state"
        f" FROM generate_series(0, {slots}) AS slot, generate_series(1, {LIVE}) AS place) AS row"
    )
    table.fill(
        Session,
        rows,
        id="n",
        key="'ses_' || lpad(n::text, 16, '0')",
        title="(ARRAY['Algebra 8','Chemistry 10','English B2','Piano 4','Biology 11'])[1 + n % 5]",
        subject="(ARRAY['maths','chemistry','english','piano','biology'])[1 + n % 5]",
        starts_at="begins",
        ends_at="begins + interval '1 hour'",
        status="state",
        recording_wanted="true",
        started_at="CASE WHEN state <> 'scheduled' THEN begins END",
        ended_at="CASE WHEN state = 'ended' THEN begins + interval '1 hour' END",
    )
    table.fill(
        Room,
        rows,
        session_id="n",
        provider="'simulator'",
        status="CASE WHEN state = 'ended' THEN 'closed' ELSE 'ready' END",
        external_id="'room-' || n",
        region="(ARRAY['eu','us'])[1 + place % 2]",
        node="(ARRAY['eu','us'])[1 + place % 2] || '-' || place % 10",
    )
    seats = f"{rows}, generate_series(0, {LEARNERS}) AS seat"
    person = f"1 + (place - 1) * {1 + LEARNERS} + seat"
    table.fill(
        Participant,
        seats,
        session_id="n",
        person_id=person,
        role="CASE WHEN seat = 0 THEN 'instructor' ELSE 'learner' END",
        busy="tstzrange(begins, begins + interval '1 hour')",
    )
    over = "WHERE state <> 'scheduled'"
    table.fill(
        Attendance,
        f"{seats} {over}",
        session_id="n",
        participant=f"'per_' || lpad(({person})::text, 16, '0')",
        role="CASE WHEN seat = 0 THEN 'instructor' ELSE 'learner' END",
        joined_at="begins",
        left_at="CASE WHEN state = 'ended' THEN begins + interval '1 hour' END",
        joins="1",
        present_s="3600",
    )
    table.fill(
        Recording, f"{rows} {over}", session_id="n", recorder="'rec-1'", started_at="begins", seconds="3500"
    )
    table.fill(LiveState, f"{rows} {over}", session_id="n", last_event_at="begins")
    promises = ", ".join(f"('{kind}', {minutes})" for kind, minutes in PROMISES)
    about = f"(VALUES {promises}) AS promise (kind, minutes), generate_series(1, {LEARNERS}) AS learner"
    chance = "(n * 31 + length(promise.kind) * 7 + learner * 13) % 100"
    table.fill(
        Expectation,
        f"{rows}, {about} WHERE promise.kind = 'learner_in' OR learner = 1",
        session_id="n",
        kind="promise.kind",
        person_id=f"CASE WHEN promise.kind = 'learner_in' THEN 1 + (place - 1) * {1 + LEARNERS} + learner"
        f" WHEN promise.kind = 'instructor_in' THEN 1 + (place - 1) * {1 + LEARNERS} END",
        due_at="begins + minutes * interval '1 minute'",
        met_at="begins + minutes * interval '1 minute'",
        status=f"CASE WHEN begins + minutes * interval '1 minute' > now() THEN 'due'"
        f" WHEN {chance} = 0 THEN 'missed' WHEN {chance} < 3 THEN 'late' ELSE 'met' END",
    )


def _cases(table: _Tables, slots: int) -> None:
    """The open ones are of the live sessions; of the others one session in twenty had one."""
    from callboard.cases.models import Case, CaseEntry, Queue
    from callboard.cases.operations import create_default_queues
    from callboard.lib.tenancy import organization_scope

    with organization_scope(table.organization):
        create_default_queues()
        queue = Queue.objects.get(is_default=True).pk
    first = (slots - 1) * LIVE
    past = first // 20
    rows = (
        f"(SELECT n, CASE WHEN n <= {OPEN} THEN {first} + n ELSE (n - {OPEN}) * 20 END AS session,"
        f" n <= {OPEN} AS standing FROM generate_series(1, {OPEN + past}) AS n) AS row"
        " JOIN callboard_sessions_session AS held ON held.id = session"
    )
    place = f"((session - 1) % {LIVE})"
    kinds = f"(ARRAY{list(KINDS)!r})[1 + n % {len(KINDS)}]"
    raised = "held.starts_at + (n % 25) * interval '1 minute'"
    table.fill(
        Case,
        rows,
        id="n",
        kind=kinds,
        severity="(ARRAY['now','soon','watch'])[1 + n % 3]",
        status="CASE WHEN standing THEN 'open' ELSE 'cleared' END",
        queue_id=str(queue),
        session_id="session",
        person_id=f"1 + {place} * {1 + LEARNERS} + n % {1 + LEARNERS}",
        participant=f"'per_' || lpad((1 + {place} * {1 + LEARNERS} + n % {1 + LEARNERS})::text, 16, '0')",
        cause=f"{kinds} || '|' || held.key || '|' || n",
        occurrence=f"{kinds} || '|' || held.key || '|' || n || '|' || held.starts_at",
        raised_at=raised,
        noticed_at=raised,
        cleared_at=f"CASE WHEN NOT standing THEN {raised} + interval '3 minutes' END",
        claim_by=f"{raised} + interval '5 minutes'",
        over_at=f"CASE WHEN NOT standing THEN {raised} + interval '3 minutes' END",
        changed_at=raised,
    )
    for kind, later in (("raised", 0), ("cleared", 3)):
        table.fill(
            CaseEntry,
            f"callboard_cases_case AS c WHERE {later} = 0 OR c.over_at IS NOT NULL",
            case_id="c.id",
            at=f"c.raised_at + interval '{later} minutes'",
            kind=f"'{kind}'",
        )


def _events(admin: psycopg.Connection[Any], organization: int, slots: int) -> None:
    """Half an hour of a live session's load: joins, reports, speech, progress."""
    first = (slots - 1) * LIVE
    per = 1 + LEARNERS
    who = f"'per_' || lpad((1 + ((n - 1) % {LIVE}) * {per} + seat)::text, 16, '0')"
    at = "now() - interval '30 minutes'"
    report = '{"interval":10,"direction":"up","loss":0.004,"rtt_ms":60,"jitter_ms":9,"audio_level":0.1}'
    kinds = (
        ("participant.joined", f"generate_series(0, {LEARNERS}) AS seat", who, at, "'{}'"),
        ("connection.report", f"generate_series(0, {LEARNERS}) AS seat, generate_series(1, 180) AS k", who,
         f"{at} + k * interval '10 seconds'", f"'{report}'"),
        ("speech", f"generate_series(1, 300) AS k, LATERAL (SELECT k % {per} AS seat) AS s", who,
         f"{at} + k * interval '6 seconds'",
         "json_build_object('ends_at', to_char((now() - interval '30 minutes' + k * interval '6 seconds'"
         " + interval '4 seconds') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))::text"),
        ("recording.progress", "generate_series(1, 60) AS k", "NULL", f"{at} + k * interval '30 seconds'",
         "json_build_object('recorder', 'rec-1', 'seconds', k * 30)::text"),
    )  # fmt: skip
    for kind, source, participant, moment, data in kinds:
        admin.execute(
            f"INSERT INTO callboard_live_event (organization_id, partition, session, event_id, kind,"
            f" participant, at, received_at, mark, data) SELECT {organization}, 0,"
            f" 'ses_' || lpad(n::text, 16, '0'), gen_random_uuid()::text, '{kind}', {participant}, {moment},"
            f" {moment}, '', {data} FROM generate_series({first + 1}, {first + LOGGED}) AS n,"
            f" {source}".encode()
        )


def _sequences(admin: psycopg.Connection[Any]) -> None:
    """What the product writes from now on comes after what was written here."""
    for table in ("callboard_people_person", "callboard_sessions_session", "callboard_cases_case"):
        admin.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))".encode()
        )


def _roll_up(organization: int) -> None:
    from callboard.cases import operations as cases
    from callboard.expectations import operations as expectations
    from callboard.lib.tenancy import organization_scope

    with organization_scope(organization):
        expectations.roll_up("UTC")
        cases.roll_up("UTC")
