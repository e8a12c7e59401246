"""What a machine asks: is it alive, is it ready, how is it doing.

`/health/live`: this process answers. `/health/ready`: the database answers, its schema has what this
version needs, and an engine owns every partition. `/metrics`: for Prometheus; counts and times alone, of no
tenant.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from callboard.config import measures, schema
from callboard.lib import clock, safety, stages
from callboard.live.models import PartitionLease
from callboard.live.partitions import PARTITIONS


@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """200 when all that is needed is there, else 503; by name what is missing."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _database_answers,
        "schema": lambda: not schema.lacking(stages.BEFORE),
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

    For whoever has the token; where there is none, for machines within, who ask past the proxy, and where no
    proxy stands in front, for this very machine.
    """
    if not _may_measure(request):
        raise Http404
    return HttpResponse(generate_latest(measures.registry()), content_type=CONTENT_TYPE_LATEST)


def _may_measure(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        said = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return constant_time_compare(said, settings.METRICS_TOKEN)
    if "X-Forwarded-For" in request.headers:
        return False
    return settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0 or safety.is_local(request.META.get("REMOTE_ADDR", ""))


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _engine_runs() -> bool:
    owned = PartitionLease.objects.filter(partition__gte=0, held_until__gt=clock.now())
    return owned.count() == PARTITIONS
