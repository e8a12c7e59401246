"""Servers of providers: setting them up, trying them, and choosing one for a session's room.

What each needs is said by its integration (lib.integration). Secrets are sealed, and kept where they are left
empty. Whoever sets one up asks with an Access; nothing here talks to a server but `trial`, which needs no
transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from callboard.lib import clock, facts, integration, pubsub, sealing, tenancy
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.lib.integration import Integration, IntegrationFailed, Setting
from callboard.people.access import Access
from callboard.people.models import Organization
from callboard.people.operations import changes
from callboard.sessions import rules
from callboard.sessions.facts import ServerTestAsked
from callboard.sessions.models import Participant, Room, RoomStatus, Server, Session, SessionStatus
from callboard.sessions.ports import providers

PERMISSION = "settings.manage"
AROUND = timedelta(minutes=30)
"""Sessions that lie within so long of a session count as load beside it."""
WORDS = 300
MOST_ZONES = 100


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A server as a person fills it in. `values` by the integration's settings; a secret left empty stays."""

    name: str
    region: str = ""
    zones: Sequence[str] = ()
    values: Mapping[str, str]
    enabled: bool = True
    position: int = 0
    slug: str = ""


@dataclass(frozen=True)
class Trial:
    """What came of trying a server: a sentence fit to be shown."""

    words: str
    failed: bool


def kinds() -> list[Integration]:
    """The integrations whose servers can be set up here."""
    return [one for one in integration.known() if providers.has_servers(one.name)]


def create(access: Access, kind: str, draft: Draft) -> Server:
    """Set one up; it is tried at once, by a job. Raises Forbidden, Invalid by field, Conflict (`taken`)."""
    access.require(PERMISSION)
    known = _integration(kind)
    server = Server(kind=kind)
    _fill(server, known, draft)
    return _saved(access, server, {}, [name for name, value in _secrets(server).items() if value])


def change(access: Access, server_id: int, draft: Draft) -> Server:
    """Set it up anew; tried at once, by a job. Its rooms stay. Raises as `create`, and NotFound."""
    access.require(PERMISSION)
    server = by_id(server_id, lock=True)
    before, secrets = _told(server), _secrets(server)
    _fill(server, _integration(server.kind), draft)
    now = _secrets(server)
    return _saved(access, server, before, [name for name in now if now[name] != secrets.get(name)])


def enable(access: Access, server_id: int, *, enabled: bool) -> Server:
    """Let new rooms open on it, or none any more: those that stand there stay."""
    access.require(PERMISSION)
    server = by_id(server_id, lock=True)
    if server.enabled != enabled:
        changes.note(changes.SERVER, server.slug, {"enabled": server.enabled}, {"enabled": enabled}, access)
        server.enabled = enabled
        server.save(update_fields=["enabled"])
        _tell(server)
    return server


def remove(access: Access, server_id: int) -> None:
    """Forget it. Raises Conflict (`in_use`) while sessions that are not over have rooms on it."""
    access.require(PERMISSION)
    server = by_id(server_id, lock=True)
    if _standing_on([server.pk]).exists():
        raise Conflict(
            _("Sessions have their rooms on it. Let no new rooms open, and remove it when they are over."),
            code="in_use",
        )
    _tell(server)
    changes.note(changes.SERVER, server.slug, _told(server), {}, access)
    server.delete()


def ask_trial(access: Access, server_id: int) -> Server:
    """Have it tried, by a job; `tested_at` and `test_words` tell of the outcome."""
    access.require(PERMISSION)
    server = by_id(server_id)
    facts.publish(ServerTestAsked(server=server.pk))
    return server


def trial(kind: str, values: Mapping[str, str]) -> Trial:
    """Try these settings now: takes seconds, and is not for a transaction."""
    known = integration.get(kind)
    if known is None:
        return Trial(_("This installation has no such provider."), failed=True)
    try:
        return Trial(str(known.test(values))[:WORDS], failed=False)
    except IntegrationFailed as failure:
        return Trial(str(failure)[:WORDS], failed=True)


def note_trial(server_id: int, found: Trial) -> None:
    """Keep what came of it. One that is gone meanwhile is passed over."""
    Server.objects.filter(pk=server_id).update(
        tested_at=clock.now(), test_words=found.words, test_failed=found.failed
    )
    for server in Server.objects.filter(pk=server_id):
        _tell(server)


def by_id(server_id: int, *, lock: bool = False) -> Server:
    """Raises NotFound."""
    rows = Server.objects.select_for_update() if lock else Server.objects.all()
    server = rows.filter(pk=server_id).first()
    if server is None:
        raise NotFound(_("There is no such server."), code="server_not_found")
    return server


def hook_address(server: Server) -> str:
    """Where its provider is to send its webhooks; empty for a kind that sends none."""
    known = integration.get(server.kind)
    if known is None or not known.urls:
        return ""
    return f"{settings.BASE_URL.rstrip('/')}/hooks/{server.kind}/{server.hook_token()}"


# -- choosing


def choose(session: Session, besides: Collection[int] = ()) -> Server | None:
    """The server for a room of this session: enabled, not down, near its people, least loaded.

    `besides`: ids of servers taken only where there is no other. None where none can take it.
    """
    servers = {
        server.pk: server
        for server in Server.objects.filter(kind=session.provider, enabled=True, down_at=None)
    }
    if not servers:
        return None
    loads = _loads(servers, session.starts_at - AROUND, session.ends_at + AROUND)
    places = [
        rules.Place(pk, server.region, server.zones, loads.get(pk, 0), server.position)
        for pk, server in servers.items()
    ]
    zones = _zones(session) if any(server.zones for server in servers.values()) else ()
    chosen = rules.choose_place(places, region=session.region, zones=zones, besides=besides)
    return servers[chosen.id] if chosen else None


def _zones(session: Session) -> list[str]:
    """The time zone of each of its people; who has said none is in the organization's."""
    usual = Organization.objects.values_list("zone", flat=True).get(pk=tenancy.current_organization())
    said = Participant.objects.filter(session=session, active=True).values_list("person__zone", flat=True)
    return [zone or usual for zone in said]


def _loads(servers: Collection[int], begins: datetime, ends: datetime) -> dict[int, int]:
    overlapping = Q(session__starts_at__lt=ends, session__ends_at__gt=begins)
    rows = _standing_on(servers).filter(overlapping).values("server_id").annotate(count=Count("pk"))
    return {row["server_id"]: row["count"] for row in rows}


def _standing_on(servers: Collection[int]) -> QuerySet[Room]:
    """Rooms that stand on them, of sessions that are not over."""
    going = [SessionStatus.SCHEDULED, SessionStatus.READY, SessionStatus.LIVE]
    return Room.objects.filter(server__in=servers, status=RoomStatus.READY, session__status__in=going)


# -- filling in


def _integration(kind: str) -> Integration:
    known = integration.get(kind)
    if known is None or not providers.has_servers(kind):
        raise Invalid(fields={"kind": _("This installation has no such provider.")})
    return known


def _fill(server: Server, known: Integration, draft: Draft) -> None:
    """Raises Invalid, by field."""
    secrets = _secrets(server)
    given = {name: value.strip() for name, value in draft.values.items()}
    values = {
        setting.name: given.get(setting.name) or secrets.get(setting.name, "")
        if setting.kind == "secret"
        else given.get(setting.name, "") or setting.default
        for setting in known.settings
    }
    fields = {f"values.{name}": words for name, words in _problems(known, values, given).items()}
    if not draft.name.strip():
        fields["name"] = _("It needs a name.")
    fields |= _place_problems(draft)
    if fields:
        raise Invalid(fields=fields)
    hidden = known.secrets()
    server.name = draft.name.strip()[:100]
    server.slug = server.slug or draft.slug or _slug(server.name)
    server.region, server.zones = draft.region.strip(), [zone.strip() for zone in draft.zones]
    server.settings = {name: value for name, value in values.items() if name not in hidden}
    server.sealed = (
        sealing.seal(json.dumps({name: values[name] for name in sorted(hidden)})) if hidden else ""
    )
    server.enabled, server.position = draft.enabled, draft.position


def _problems(known: Integration, values: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    found = {setting.name: _("This is needed.") for setting in known.lacking(values)}
    settings = {setting.name: setting for setting in known.settings}
    found |= {name: _("There is no such setting.") for name in given if name not in settings}
    for name, setting in settings.items():
        if values.get(name) and name not in found and (words := _wrong(setting, values[name])):
            found[name] = words
    return found


def _wrong(setting: Setting, value: str) -> str:
    if len(value) > 2000:
        return _("This is too long.")
    if setting.kind == "url" and not _is_address(value):
        return _("An address looks like https://rooms.example.org.")
    if setting.kind == "number" and not value.removeprefix("-").isdecimal():
        return _("A whole number.")
    if setting.kind == "choice" and value not in {name for name, _label in setting.choices}:
        return _("Choose one of those listed.")
    return ""


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https", "ws", "wss"} and bool(parts.hostname)


def _place_problems(draft: Draft) -> dict[str, str]:
    found = {}
    if len(draft.region) > rules.REGION:
        found["region"] = _("At most %(most)d characters.") % {"most": rules.REGION}
    unknown = [zone for zone in draft.zones if not _names_zones(zone.strip())]
    if unknown or len(draft.zones) > MOST_ZONES:
        found["zones"] = _("No time zone is called %(names)s.") % {"names": ", ".join(unknown[:5])}
    if draft.slug and slugify(draft.slug)[:40] != draft.slug:
        found["slug"] = _("Small letters, digits and hyphens.")
    return found


def _names_zones(pattern: str) -> bool:
    return any(fnmatchcase(zone, pattern) for zone in available_timezones())


def _slug(name: str) -> str:
    """One that no other server has, made from its name."""
    base = slugify(name)[:32] or "server"
    taken = set(Server.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(1, 10_000) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def _told(server: Server) -> dict[str, Any]:
    """What may be noted of it: all but its secrets."""
    return {
        "kind": server.kind, "name": server.name, "region": server.region, "zones": server.zones,
        "enabled": server.enabled, "position": server.position, **server.settings,
    }  # fmt: skip


def _secrets(server: Server) -> dict[str, str]:
    return dict(json.loads(sealing.unseal(server.sealed))) if server.sealed else {}


def _saved(access: Access, server: Server, before: Mapping[str, Any], secrets: Collection[str]) -> Server:
    """`secrets`: the names of those that are new."""
    try:
        with transaction.atomic():
            server.save()
    except IntegrityError as error:
        raise Conflict(_("Another server is called that."), code="taken") from error
    after = {**_told(server), **({"secrets": sorted(secrets)} if secrets else {})}
    changes.note(changes.SERVER, server.slug, before, after, access)
    facts.publish(ServerTestAsked(server=server.pk))
    _tell(server)
    return server


def _tell(server: Server) -> None:
    pubsub.publish("server", id=server.pk)
