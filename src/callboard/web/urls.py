"""Addresses of the pages."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from callboard.web import assets, stream
from callboard.web.views import (
    book,
    case,
    consents,
    door,
    find,
    home,
    invitation,
    organizations,
    people,
    promises,
    queue,
    session,
    settings,
    wall,
)

app_name = "web"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("queue/", queue.show, name="queue"),
    path("queue/cases/<int:pk>/", queue.pane, name="pane"),
    path("cases/<int:pk>/", case.show, name="case"),
    path("cases/<int:pk>/undo/<int:entry>/", case.undo, name="case_undo"),
    path("cases/<int:pk>/<slug:name>/", case.act, name="case_act"),
    path("wall/", wall.show, name="wall"),
    path("wall/cells/", wall.cells, name="wall_cells"),
    path("wall/frame/", wall.bare, name="wall_frame"),
    path("sessions/", session.listed, name="sessions"),
    path("sessions/new/", book.book, name="book"),
    path("sessions/<str:key>/", session.show, name="session"),
    path("sessions/<str:key>/timeline/", session.timeline, name="session_timeline"),
    path("promises/", promises.show, name="promises"),
    path("promises/<slug:kind>/", promises.unkept, name="unkept"),
    path("people/", people.listed, name="people"),
    path("people/new/", book.add_person, name="add_person"),
    path("people/<int:pk>/", people.show, name="person"),
    path("people/<int:pk>/invite/", settings.invite_person, name="invite_person"),
    path("settings/", settings.show, name="settings"),
    path("settings/invitations/", settings.invite, name="invite"),
    path("settings/invitations/<int:pk>/revoke/", settings.revoke_invitation, name="revoke_invitation"),
    path("settings/members/<int:pk>/", settings.change_member, name="change_member"),
    path("settings/keys/", settings.make_key, name="make_key"),
    path("settings/keys/<int:pk>/revoke/", settings.revoke_key, name="revoke_key"),
    path("invitation/<str:token>/", invitation.show, name="invitation"),
    path("j/<str:token>", door.show, name="door"),
    path("j/<str:token>/state", door.state, name="door_state"),
    path("j/<str:token>/code", door.code, name="door_code"),
    path("j/<str:token>/confirm", door.confirm, name="door_confirm"),
    path("j/<str:token>/enter", door.enter, name="door_enter"),
    path("j/<str:token>/room", door.room, name="room"),
    path("organizations/", organizations.show, name="organizations"),
    path("find/", find.found, name="find"),
    path("today/", home.today, name="today"),
    path("family/", home.family, name="family"),
    path("lessons/", home.lessons, name="lessons"),
    path("you/", home.you, name="you"),
    path("you/consents/", consents.show, name="consents"),
    path("stream/", stream.stream, name="stream"),
    re_path(r"^static/(?P<path>.+)$", assets.serve, name="static"),
]
