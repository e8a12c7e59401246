"""Servers of rooms, what can be asked of a session's room, and what became of it, as the API tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from callboard.lib.integration import Integration
from callboard.sessions.models import Deed, Server, Session
from callboard.sessions.operations import servers
from callboard.workflows.actions.kinds import Kind


class SettingItem(Schema):
    """Something that a kind of server needs to know. A `secret` is taken and never told again."""

    name: str
    label: str
    kind: Literal["url", "text", "secret", "number", "choice"]
    help: str
    required: bool
    default: str
    choices: list[list[str]]


class ServerKind(Schema):
    name: str
    title: str
    does: str
    capabilities: list[str]
    settings: list[SettingItem]


class ServerKinds(Schema):
    items: list[ServerKind]


class ServerItem(Schema):
    """`slug` is the node that plans and incidents name. `down_at`: it does not answer since then.
    `webhook_url` is where its provider is to send its webhooks; null for a kind that sends none.
    """

    id: int
    slug: str
    name: str
    kind: str
    region: str | None
    zones: list[str]
    settings: dict[str, str]
    enabled: bool
    position: int
    down_at: datetime | None
    polled_at: datetime | None
    tested_at: datetime | None
    test_words: str | None
    test_failed: bool
    webhook_url: str | None


class ServerList(Schema):
    items: list[ServerItem]


class ServerIn(Schema):
    """`zones`: patterns of time zones whose people it is near to ("Europe/*"). A secret left out stays."""

    name: str = Field(min_length=1, max_length=100)
    region: str = Field("", max_length=40)
    zones: list[str] = Field(default_factory=list, max_length=100)
    settings: dict[str, str] = Field(default_factory=dict)
    enabled: bool = True
    position: int = Field(0, ge=0, le=1000)


class NewServer(ServerIn):
    kind: str = Field(min_length=1, max_length=40)
    slug: str = Field("", max_length=40)


class FieldItem(Schema):
    """What an action takes. `choices`: value and label of each, where only those are taken."""

    name: str
    label: str
    kind: Literal["text", "number", "person"]
    required: bool
    most: int | None
    default: str | None
    choices: list[list[str]] | None


class ActionItem(Schema):
    """`usual_s`: how long it takes as a rule until it is confirmed."""

    name: str
    label: str
    usual_s: int
    fields: list[FieldItem]


class ActionList(Schema):
    items: list[ActionItem]


class DeedItem(Schema):
    """Something asked of a session's room or people. `by` null: by the system. `words` say what became of it,
    `evidence` by which events that is known."""

    id: int
    action: str
    state: Literal["asked", "confirmed", "failed"]
    by: int | None
    asked_at: datetime
    usual_s: int
    settled_at: datetime | None
    words: str | None
    evidence: list[str]


class DeedList(Schema):
    items: list[DeedItem]


class Care(Schema):
    """What the system does by itself in rooms."""

    replace_lost_rooms: bool
    reach_instructor: bool
    tell_bad_audio: bool
    hold_strangers: bool


class CareIn(Schema):
    """Those left out stay as they are."""

    replace_lost_rooms: bool | None = None
    reach_instructor: bool | None = None
    tell_bad_audio: bool | None = None
    hold_strangers: bool | None = None


def kind_item(kind: Integration) -> dict[str, Any]:
    return {
        "name": kind.name,
        "title": str(kind.title),
        "does": str(kind.does),
        "capabilities": sorted(kind.capabilities),
        "settings": [
            {
                "name": one.name,
                "label": str(one.label),
                "kind": one.kind,
                "help": str(one.help),
                "required": one.required,
                "default": one.default,
                "choices": [[value, str(label)] for value, label in one.choices],
            }
            for one in kind.settings
        ],
    }


def server_item(server: Server) -> dict[str, Any]:
    return {
        "id": server.pk,
        "slug": server.slug,
        "name": server.name,
        "kind": server.kind,
        "region": server.region or None,
        "zones": server.zones,
        "settings": server.settings,
        "enabled": server.enabled,
        "position": server.position,
        "down_at": server.down_at,
        "polled_at": server.polled_at,
        "tested_at": server.tested_at,
        "test_words": server.test_words or None,
        "test_failed": server.test_failed,
        "webhook_url": servers.hook_address(server) or None,
    }


def action_item(kind: Kind, session: Session) -> dict[str, Any]:
    return {
        "name": kind.name,
        "label": str(kind.label),
        "usual_s": kind.usual_s,
        "fields": [
            {
                "name": field.name,
                "label": str(field.label),
                "kind": field.kind,
                "required": field.required and not field.default,
                "most": field.most or None,
                "default": field.default or None,
                "choices": [list(each) for each in field.choices(session)] if field.choices else None,
            }
            for field in kind.fields
        ],
    }


def deed_item(deed: Deed) -> dict[str, Any]:
    return {
        "id": deed.pk,
        "action": deed.name,
        "state": deed.state,
        "by": deed.member_id,
        "asked_at": deed.asked_at,
        "usual_s": deed.usual_s,
        "settled_at": deed.settled_at,
        "words": deed.words or None,
        "evidence": deed.evidence,
    }
