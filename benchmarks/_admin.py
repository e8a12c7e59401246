"""The peer of `pages`: Django's own admin, over the same rows, in the same server.

Its lists are as Django makes them, with the columns that our pages show. Whoever asks is a superuser of
this process alone, and every request runs in one organization's scope.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

LISTS = {
    "cases": "/admin/callboard_cases/case/?status__exact=open",
    "live": "/admin/callboard_sessions/session/?status__exact=live",
    "sessions": "/admin/callboard_sessions/session/",
    "promises": "/admin/callboard_expectations/expectation/?status__exact=missed",
}
"""What answers the same as the queue, the wall, the list of sessions and the page of promises."""


class Scoped:
    """Middleware: one organization, one superuser."""

    def __init__(self, respond: Callable[[Any], Any]) -> None:
        self._respond = respond

    def __call__(self, request: Any) -> Any:
        from callboard.lib.tenancy import organization_scope
        from callboard.people.models import User

        request.user = User(pk=0, email="peer@bench.example", is_staff=True, is_superuser=True)
        with organization_scope(int(os.environ["BENCH_ORGANIZATION"])):
            response = self._respond(request)
            if hasattr(response, "render"):
                response.render()
            return response


def urls() -> list[Any]:
    from django.contrib import admin
    from django.urls import path

    from callboard.cases.models import Case
    from callboard.expectations.models import Expectation
    from callboard.sessions.models import Session

    def listed(*columns: str, filters: tuple[str, ...], related: tuple[str, ...] = ()) -> type:
        return type(
            "Listed",
            (admin.ModelAdmin,),
            {"list_display": columns, "list_filter": filters, "list_select_related": related or False},
        )

    site = admin.AdminSite()
    site.register(Session, listed("key", "title", "subject", "starts_at", "status", filters=("status",)))
    site.register(
        Case,
        listed(
            "kind", "severity", "status", "raised_at", "claim_by", "session", "person", "owner",
            filters=("status", "severity"), related=("session", "person", "owner__user"),
        ),
    )  # fmt: skip
    site.register(
        Expectation,
        listed("kind", "session", "person", "due_at", "status", filters=("status",),
               related=("session", "person")),
    )  # fmt: skip
    return [path("admin/", site.urls)]


def application() -> Any:
    os.environ.setdefault("CALLBOARD_PROCESS", "callboard-web")  # pooled connections, as our own pages have
    from django.core.asgi import get_asgi_application

    return get_asgi_application()
