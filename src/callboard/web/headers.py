"""What a page may load and do: the Content-Security-Policy, and what a browser may be asked for.

No script and no style stands in a page itself, so neither needs an exception. A classroom talks to servers
of rooms, whose addresses an organization sets, so the door and the room may connect to any; recordings may
lie in a store elsewhere.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

DOOR = "/j/"
"""Under here lie the door and the classroom."""

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "media-src": "'self' blob: https:",
    "worker-src": "'self' blob:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
ROOMS = POLICY | {"connect-src": "'self' https: wss: http: ws:"}
PERMISSIONS = "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()"


def _said(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


_PAGES, _ROOMS = _said(POLICY), _said(ROOMS)


class HeadersMiddleware(MiddlewareMixin):
    """Puts both on every page. A view that said something else of itself is left alone."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").startswith("text/html") and response.status_code < 500:
            room = request.path.startswith(DOOR)
            response.headers.setdefault("Content-Security-Policy", _ROOMS if room else _PAGES)
            response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
