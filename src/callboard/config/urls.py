"""All addresses: the web's, the API's, sign-in's."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from callboard.config import probes
from callboard.lib import integration

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", probes.live),
    path("health/ready", probes.ready),
    path("metrics", probes.metrics),
    path("account/", include("allauth.urls")),
    path("api/v1/", include("callboard.api.urls")),
    path("", include("callboard.web.urls")),
]

urlpatterns[:0] = [path(f"hooks/{one.name}/", include(list(one.urls))) for one in integration.known()]

if settings.DEMO:
    urlpatterns.insert(0, path("demo/", include("callboard.demo.urls")))
