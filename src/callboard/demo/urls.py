"""The demo's own addresses, under /demo/. Only there while a demo runs."""

from __future__ import annotations

from django.urls import path

from callboard.demo import views

urlpatterns = [
    path("login/<str:token>", views.login, name="demo_login"),
    path("join/<str:token>", views.join, name="demo_join"),
    path("pace", views.pace, name="demo_pace"),
    path("faults", views.faults, name="demo_faults"),
]
