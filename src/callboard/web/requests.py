"""Each request's id, in its answer and in every line that is logged for it; and one line when it is done, and
one more in the count.

The line names the route and not the address, since an address may hold a token.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from callboard.lib import logs, tracing
from callboard.web import counted

HEADER = "X-Request-ID"
QUIET = ("health/live", "health/ready", "metrics")
"""Asked by machines every few seconds."""

log = logging.getLogger(__name__)


class RequestMiddleware:
    """The outermost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        one = logs.request_id(request.headers.get(HEADER, ""))
        began = time.perf_counter()
        with logs.about(one), tracing.span("request", **{"callboard.about": one}) as span:
            response = self.get_response(request)
            match = request.resolver_match
            route = match.route if match is not None else ""
            method, status = request.method or "", response.status_code
            if span is not None:
                span.update_name(f"{method} {route}")
                span.set_attributes(
                    {"http.request.method": method, "http.route": route, "http.response.status_code": status}
                )
            if route not in QUIET:
                took = time.perf_counter() - began
                counted.count(method, route, status, took)
                said = {"method": method, "route": route, "status": status, "ms": round(took * 1000)}
                log.info("%(method)s %(route)s %(status)s in %(ms)s ms", said, extra=said)
        response.headers[HEADER] = one
        return response
