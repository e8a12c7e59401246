"""All addresses: the web's, the API's, sign-in's."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.urls")),
    path("api/v1/", include("callboard.api.urls")),
    path("", include("callboard.web.urls")),
]
