"""Providers' servers as the settings page draws them: by what each integration says that it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.lib.integration import Integration, Setting
from callboard.sessions import ports
from callboard.sessions.models import Server
from callboard.web import times
from callboard.web.viewer import Viewer

CAPABILITIES = {
    ports.CREATE_ROOM: lazy("opens rooms"),
    ports.END_ROOM: lazy("ends rooms"),
    ports.ENTER: lazy("makes join links"),
    ports.POLL: lazy("says who is in"),
    ports.RECORD: lazy("records"),
    ports.REMOVE: lazy("removes people"),
    ports.MESSAGE: lazy("takes messages"),
    ports.HOLD: lazy("holds strangers at the door"),
    ports.MOVE: lazy("moves people to another room"),
}


@dataclass(frozen=True)
class ServerRow:
    """`tone` is the severity that its state is drawn with; empty where all is well."""

    pk: int
    name: str
    slug: str
    region: str
    zones: str
    state: str
    tone: str
    tried: str
    enabled: bool
    href: str


@dataclass(frozen=True)
class KindGroup:
    name: str
    title: str
    does: str
    can: str
    servers: list[ServerRow]
    href: str


@dataclass(frozen=True)
class FieldView:
    """One thing to fill in. A secret's `value` is never handed to a page; `kept` says that there is one."""

    name: str
    label: str
    type: str
    value: str
    help: str
    error: str
    required: bool
    choices: list[tuple[str, str]]
    kept: bool = False


@dataclass(frozen=True)
class Form:
    kind: str
    title: str
    fields: list[FieldView]
    error: str
    enabled: bool


def groups(
    kinds: Iterable[Integration], servers: Iterable[Server], viewer: Viewer, now: datetime
) -> list[KindGroup]:
    held = list(servers)
    return [
        KindGroup(
            name=kind.name,
            title=str(kind.title),
            does=str(kind.does),
            can=_can(kind),
            servers=[row(each, viewer, now) for each in held if each.kind == kind.name],
            href=reverse("web:add_server", args=[kind.name]),
        )
        for kind in kinds
    ]


def _can(kind: Integration) -> str:
    return ", ".join(str(text) for name, text in CAPABILITIES.items() if name in kind.capabilities)


def row(server: Server, viewer: Viewer, now: datetime) -> ServerRow:
    state, tone = _state(server, viewer, now)
    return ServerRow(
        pk=server.pk,
        name=server.name,
        slug=server.slug,
        region=server.region,
        zones=", ".join(server.zones),
        state=state,
        tone=tone,
        tried=_tried(server, viewer, now),
        enabled=server.enabled,
        href=reverse("web:server", args=[server.pk]),
    )


def _state(server: Server, viewer: Viewer, now: datetime) -> tuple[str, str]:
    if server.down_at is not None:
        return _("not heard from since %(at)s") % {"at": times.when(server.down_at, viewer.tz, now)}, "now"
    if not server.enabled:
        return _("opens no new rooms"), ""
    if server.test_failed:
        return _("its last test failed"), "soon"
    if server.polled_at is not None:
        return _("answered %(age)s ago") % {"age": times.age(now - server.polled_at)}, ""
    return _("in use"), ""


def _tried(server: Server, viewer: Viewer, now: datetime) -> str:
    if server.tested_at is None:
        return _("Not tested yet.")
    return _("%(words)s Tested %(at)s.") % {
        "words": server.test_words,
        "at": times.when(server.tested_at, viewer.tz, now),
    }


def form(
    kind: Integration,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    secrets: frozenset[str] = frozenset(),
    enabled: bool = True,
) -> Form:
    """`values` as typed or kept, secrets left out; `secrets` those that are kept already."""
    about = [
        _plain("name", _("Name"), values, errors, _("What people call it, such as Frankfurt 1."), True),
        _plain("region", _("Region"), values, errors, _("Bookings can wish for it, such as eu.")),
        _plain(
            "zones",
            _("Near to"),
            values,
            errors,
            _("Time zones of the people it is near to, with commas: Europe/*, Africa/*"),
        ),
    ]
    settings = [_setting(each, values, errors, secrets) for each in kind.settings]
    return Form(kind.name, str(kind.title), [*about, *settings], errors.get("", ""), enabled)


def _plain(
    name: str,
    label: str,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    help_text: str,
    required: bool = False,
) -> FieldView:
    return FieldView(name, label, "text", values.get(name, ""), help_text, errors.get(name, ""), required, [])


def _setting(
    setting: Setting, values: Mapping[str, str], errors: Mapping[str, str], secrets: frozenset[str]
) -> FieldView:
    kept = setting.name in secrets
    return FieldView(
        name=f"values.{setting.name}",
        label=str(setting.label),
        type={"secret": "password", "number": "number", "choice": "select"}.get(setting.kind, "text"),
        value="" if setting.kind == "secret" else values.get(f"values.{setting.name}", setting.default),
        help=str(setting.help),
        error=errors.get(f"values.{setting.name}", ""),
        required=setting.required and not kept,
        choices=[(value, str(label)) for value, label in setting.choices],
        kept=kept,
    )
