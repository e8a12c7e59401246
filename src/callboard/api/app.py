"""The API put together: its resources, how failures are told, and its description (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import BaseRenderer
from ninja.security import APIKeyCookie, HttpBearer

from callboard.api import description, problems
from callboard.api.guard import Asked
from callboard.api.resources import (
    actions,
    cases,
    desk,
    erasures,
    health,
    imports,
    incidents,
    leaving,
    links,
    live,
    logins,
    members,
    organization,
    people,
    promise_policies,
    promises,
    queues,
    recordings,
    records,
    retention,
    rules,
    servers,
    sessions,
)
from callboard.lib.errors import CallboardError
from callboard.people.access import Access


class Renderer(BaseRenderer):
    """JSON with times in UTC and `Z`."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # noqa: ARG002
        return msgspec.json.encode(data, enc_hook=str)


class Key(HttpBearer):
    """`Authorization: Bearer cb_…`. The guard has read it; here it is described, and found."""

    def authenticate(self, request: HttpRequest, token: str) -> Access | None:  # noqa: ARG002
        return getattr(request, "access", None)


class Login(APIKeyCookie):
    """The cookie of a login, with its CSRF token in X-CSRFToken where something changes."""

    param_name = "sessionid"

    def __init__(self) -> None:
        super().__init__(csrf=False)  # the guard has checked it

    def authenticate(self, request: HttpRequest, key: str | None) -> Access | None:  # noqa: ARG002
        return getattr(request, "access", None)


class CallboardAPI(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        return description.completed(super().get_openapi_schema(**options))


api = CallboardAPI(
    title="Callboard",
    version="1",
    description=description.TEXT,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    auth=[Key(), Login()],
    renderer=Renderer(),
)
api.add_router("/cases", cases.router)
api.add_router("/incidents", incidents.router)
api.add_router("/desk", desk.router)
api.add_router("/queues", queues.router)
api.add_router("/sessions", sessions.router)
api.add_router("/sessions", actions.router)
api.add_router("/sessions", recordings.of_sessions)
api.add_router("/recordings", recordings.router)
api.add_router("/recording-policy", recordings.policy)
api.add_router("/servers", servers.router)
api.add_router("/room-policy", servers.policy)
api.add_router("/sessions", links.router)
api.add_router("/rules", rules.router)
api.add_router("/backtests", rules.backtests)
api.add_router("/people", records.router)
api.add_router("/people", links.of_people)
api.add_router("/people", erasures.of_people)
api.add_router("/erasures", erasures.router)
api.add_router("/live", live.router)
api.add_router("/organization", organization.router)
api.add_router("/organization", leaving.router)
api.add_router("/organization", retention.router)
api.add_router("/promises", promises.router)
api.add_router("/promise-policy", promise_policies.router)
api.add_router("/people", people.router)
api.add_router("/imports", imports.router)
api.add_router("/members", members.router)
api.add_router("/invitations", members.invitations)
api.add_router("/keys", members.keys)
api.add_router("/me", members.me)
api.add_router("/me/logins", logins.router)
api.add_router("/health", health.router)


@api.exception_handler(CallboardError)
def expected(_request: HttpRequest, error: CallboardError) -> HttpResponse:
    return problems.of_error(error)


@api.exception_handler(ValidationError)
def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.of_validation(error.errors)


@api.exception_handler(HttpError)
def refused(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.problem(error.status_code, "malformed" if error.status_code == 400 else "")


@api.exception_handler(Http404)
def absent(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problems.problem(404)


@api.exception_handler(Exception)
def surprise(_request: Asked, error: Exception) -> HttpResponse:
    """Left to the guard, which rolls back and tries deadlocks again."""
    raise error
