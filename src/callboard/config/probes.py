"""What a machine asks: is it alive, is it ready, how is it doing.

`/health/live`: this process answers. `/health/ready`: the database answers, its schema is this version's,
and an engine owns every partition. `/metrics`: for Prometheus; counts and times alone, of no tenant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client.process_collector import ProcessCollector

from callboard.config import schema
from callboard.integrations.livekit import about as livekit
from callboard.lib import clock
from callboard.live.models import PartitionLease
from callboard.live.partitions import PARTITIONS

LOG_SEQUENCE = "callboard_live_event_seq_seq"


@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """200 when all that is needed is there, else 503; by name what is missing."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _database_answers,
        "schema": lambda: not schema.lacking(),
        "engine": _engine_runs,
    }
    found: dict[str, str] = {}
    for name, check in checks.items():
        try:
            found[name] = "ok" if check() else "missing"
        except Error:
            found[name] = "missing"
    passed = set(found.values()) == {"ok"}
    return JsonResponse({"status": "ok" if passed else "waiting", **found}, status=200 if passed else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The state of the queue of work and of the log, and this process's own, in Prometheus's format.

    For whoever has the token; where there is none, for machines within, who ask past the proxy.
    """
    if not _may_measure(request):
        raise Http404
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    for name, words, label, values in _measures():
        gauge = Gauge(f"callboard_{name}", words, [label] if label else [], registry=registry)
        for key, value in values:
            (gauge.labels(key) if label else gauge).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_measure(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        said = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return constant_time_compare(said, settings.METRICS_TOKEN)
    return "X-Forwarded-For" not in request.headers


def _measures() -> Iterator[tuple[str, str, str, list[tuple[str, float]]]]:
    """Name, words, label and values of each measure."""
    leases = list(PartitionLease.objects.order_by("partition"))
    now = clock.now()
    yield (
        "partition_position",
        "Up to which line of the event log the effects are committed.",
        "partition",
        [(str(lease.partition), lease.position) for lease in leases],
    )
    yield (
        "partition_lease_seconds",
        "For how long the partition's owner holds it still; below 0 nobody does.",
        "partition",
        [
            (str(lease.partition), (lease.held_until - now).total_seconds() if lease.held_until else -1.0)
            for lease in leases
        ],
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(pg_sequence_last_value(to_regclass(%s)), 0)", [LOG_SEQUENCE])
        (last,) = cursor.fetchone()
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1")
        jobs = [(str(status), float(count)) for status, count in cursor.fetchall()]
    yield ("event_log_last", "The number of the last line given out in the event log.", "", [("", last)])
    yield ("jobs", "Background jobs by state.", "status", jobs)
    yield (
        "livekit_webhooks",
        "Webhooks of LiveKit that this process received, by what became of them.",
        "outcome",
        [(name, float(count)) for name, count in livekit.outcomes.items()],
    )


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _engine_runs() -> bool:
    owned = PartitionLease.objects.filter(partition__gte=0, held_until__gt=clock.now())
    return owned.count() == PARTITIONS
