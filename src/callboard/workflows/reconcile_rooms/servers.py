"""Which servers are to be watched: those on which rooms may open or stand, in every organization."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from callboard.lib import clock, sealing, tenancy
from callboard.people.queries import all_organizations
from callboard.sessions import queries
from callboard.sessions.models import Room, RoomStatus, Server
from callboard.sessions.ports import POLL, RECORD, RoomProvider, Unable, providers

log = logging.getLogger(__name__)

NEAR = timedelta(hours=12)


@dataclass(frozen=True)
class Watchable:
    """A server, or a provider that needs none (`server` None). `fingerprint` changes with its settings."""

    organization: int
    kind: str
    server: int | None
    node: str
    fingerprint: int
    provider: RoomProvider = field(compare=False)
    down: bool = field(compare=False)
    records: bool = field(compare=False)


def watchable() -> list[Watchable]:
    """All of them, now."""
    organizations = all_organizations()
    found: list[Watchable] = []
    for organization in organizations:
        with tenancy.organization_scope(organization):
            found += _servers(organization)
            found += _serverless(organization)
    return found


def _standing() -> Any:
    now = clock.now()
    return Room.objects.filter(
        status=RoomStatus.READY, session__starts_at__lt=now + NEAR, session__ends_at__gt=now - NEAR
    )


def _servers(organization: int) -> Iterator[Watchable]:
    used = Exists(_standing().filter(server=OuterRef("pk")))
    for server in Server.objects.filter(Q(enabled=True) | Q(used)):
        if not providers.has_servers(server.kind) or not providers.can(server.kind, POLL):
            continue
        try:
            settings = queries.server_settings(server)
        except sealing.CannotOpen:
            log.warning("the settings of server %s cannot be opened; it is not watched", server.pk)
            continue
        provider = providers.of(server.kind, settings)
        if provider is not None:
            yield Watchable(
                organization, server.kind, server.pk, server.slug,
                hash(tuple(sorted(settings.values.items()))),
                provider, server.down_at is not None, RECORD in provider.capabilities,
            )  # fmt: skip


def _serverless(organization: int) -> Iterator[Watchable]:
    """Those that can be looked into, where rooms of theirs stand here."""
    names = [name for name in providers.names() if not providers.has_servers(name) and _opens(name)]
    for name in names:
        provider = providers.get(name)
        if provider is not None and _standing().filter(provider=name, server=None).exists():
            yield Watchable(organization, name, None, "", 0, provider, False, RECORD in provider.capabilities)


def _opens(name: str) -> bool:
    provider = providers.get(name)
    looks = getattr(type(provider), "look", Unable.look)
    return provider is not None and POLL in provider.capabilities and looks is not Unable.look
