"""The addresses of the API, each behind the guard; whatever is no address is a problem too."""

from __future__ import annotations

import functools
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.http import require_safe

from callboard.api.app import api
from callboard.api.guard import WAITS, guarded, nothing_here
from callboard.api.stream import stream


@functools.cache
def _description() -> bytes:
    return msgspec.json.encode(dict(api.get_openapi_schema(path_prefix="/api/v1/")), enc_hook=str)


@require_safe
def openapi(_request: HttpRequest) -> HttpResponse:
    """The description, open to all: it says nothing about anyone."""
    return HttpResponse(_description(), content_type="application/json")


def _behind_the_guard() -> list[Any]:
    patterns, _app, _namespace = api.urls
    kept: list[Any] = []
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            pattern.callback = guarded(pattern.callback, waits=pattern.name == WAITS)
            kept.append(pattern)
    return kept


app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", openapi, name="openapi"),
    path("stream", stream, name="stream"),
    *_behind_the_guard(),
    re_path(r"^(?P<path>[\s\S]*)$", nothing_here),
]
