"""What keeps the door's pages to themselves: in no cache, told to no other site, running nobody's code.

Camera, microphone and screen are allowed to these pages alone. The rooms' servers stand at addresses that
each organization sets, so connections may go anywhere over TLS (in the clear only where the page came so).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self' blob: mediastream:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Send a view's answer so."""

    @functools.wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        reach = "'self' https: wss:" + ("" if request.is_secure() else " http: ws:")
        policy = {**POLICY, "connect-src": reach}
        response["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
        response["Permissions-Policy"] = "camera=(self), microphone=(self), display-capture=(self)"
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex"
        response["Cache-Control"] = "no-store"
        return response

    return inner
