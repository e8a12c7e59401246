"""What `/metrics` says: counts and times over the whole installation, of no tenant; and this process's own.

Most is read from the database, so that any web process answers for all; what is counted in a process itself
(requests, webhooks) says so, and is summed over processes by whoever asks them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.process_collector import ProcessCollector

from callboard.cases.models import Case
from callboard.integrations.livekit import about as livekit
from callboard.lib import clock, tenancy
from callboard.lib.jobs.health import OLDEST_DUE
from callboard.lib.jobs.reaper import STALLED
from callboard.live.engine.moments import moment_of
from callboard.live.models import PartitionLease
from callboard.people.queries import all_organizations
from callboard.sessions.models import Server, Session
from callboard.web import counted

LOG_SEQUENCE = "callboard_live_event_seq_seq"

Values = Iterable[tuple[tuple[str, ...], float]]


@dataclass(frozen=True)
class Measure:
    """`values` by the values of its `labels`."""

    name: str
    words: str
    labels: tuple[str, ...]
    values: Values


def registry() -> CollectorRegistry:
    """All of them, as they are now."""
    made = CollectorRegistry()
    ProcessCollector(registry=made)
    made.register(counted.requests)
    made.register(counted.seconds)
    for measure in _all():
        gauge = Gauge(f"callboard_{measure.name}", measure.words, measure.labels, registry=made)
        for key, value in measure.values:
            (gauge.labels(*key) if key else gauge).set(value)
    return made


def _all() -> Iterator[Measure]:
    yield from _engine()
    yield from _jobs()
    yield from _organizations()
    yield Measure(
        "livekit_webhooks",
        "Webhooks of LiveKit that this process received, by what became of them.",
        ("outcome",),
        [((name,), float(count)) for name, count in list(livekit.outcomes.items())],  # hooks come meanwhile
    )


def _engine() -> Iterator[Measure]:
    now = clock.now()
    leases = list(PartitionLease.objects.order_by("partition"))
    yield Measure(
        "partition_position",
        "Up to which line of the event log the effects are committed.",
        ("partition",),
        [((str(lease.partition),), lease.position) for lease in leases],
    )
    yield Measure(
        "partition_lease_seconds",
        "For how long the partition's owner holds it still; below 0 nobody does.",
        ("partition",),
        [
            ((str(lease.partition),), (lease.held_until - now).total_seconds() if lease.held_until else -1.0)
            for lease in leases
        ],
    )
    yield Measure(
        "engine_lag_seconds",
        "How long ago a partition was judged; about a second where the engine keeps up.",
        ("partition",),
        [
            ((str(lease.partition),), max(0.0, (now - moment_of(lease.judged_until)).total_seconds()))
            for lease in leases
            if lease.partition >= 0 and lease.judged_until
        ],
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(pg_sequence_last_value(to_regclass(%s)), 0)", [LOG_SEQUENCE])
        (last,) = cursor.fetchone()
    yield Measure(
        "event_log_last",
        "The number of the last line given out in the event log; its rate is what ingest takes in.",
        (),
        [((), last)],
    )


def _jobs() -> Iterator[Measure]:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1")
        by_status = cursor.fetchall()
        cursor.execute(OLDEST_DUE, [now])
        due = cursor.fetchall()
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers "
            "WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [STALLED],
        )
        (workers,) = cursor.fetchone()
    yield Measure(
        "jobs", "Background jobs by state.", ("status",), [((name,), count) for name, count in by_status]
    )
    yield Measure(
        "jobs_due",
        "Background jobs that are due and wait, by queue.",
        ("queue",),
        [((queue,), count) for queue, count, _ in due],
    )
    yield Measure(
        "jobs_oldest_due_seconds",
        "How long the oldest of them has waited.",
        ("queue",),
        [((queue,), max(0.0, (now - since).total_seconds()) if since else 0.0) for queue, _, since in due],
    )
    yield Measure("workers", "Workers that are alive.", (), [((), workers)])


def _organizations() -> Iterator[Measure]:
    """Summed over organizations, each read within its own scope."""
    now = clock.now()
    organizations = all_organizations()
    cases: Counter[tuple[str, ...]] = Counter()
    sessions: Counter[tuple[str, ...]] = Counter()
    servers: Counter[tuple[str, ...]] = Counter()
    polled: dict[tuple[str, ...], float] = {}
    for organization in organizations:
        with tenancy.organization_scope(organization):
            rows = Case.objects.filter(over_at=None).values_list("severity", "status").annotate(Count("pk"))
            cases.update({(severity, status): count for severity, status, count in rows})
            states = Session.objects.filter(status__in=("scheduled", "ready", "live"))
            sessions.update({(each,): n for each, n in states.values_list("status").annotate(Count("pk"))})
            for server in Server.objects.filter(enabled=True):
                servers[(server.kind, "down" if server.down_at else "up")] += 1
                if server.polled_at is not None:
                    age = (now - server.polled_at).total_seconds()
                    polled[(server.kind,)] = max(age, polled.get((server.kind,), 0.0))
    yield Measure("organizations", "Organizations.", (), [((), len(organizations))])
    yield Measure("cases", "Cases that are not over.", ("severity", "status"), cases.items())
    yield Measure("sessions", "Sessions that are not over.", ("status",), sessions.items())
    yield Measure("room_servers", "Servers of rooms in use.", ("kind", "state"), servers.items())
    yield Measure(
        "room_server_polled_seconds",
        "How long ago the server of its kind that was asked longest ago answered.",
        ("kind",),
        polled.items(),
    )
