"""The API mounted as in config.urls, alone: its tests need no page."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("api/v1/", include("callboard.api.urls"))]
