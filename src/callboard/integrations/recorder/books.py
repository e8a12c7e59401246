"""What the recorder reads and writes in the database. Each call is a transaction of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import msgspec
from django.db import transaction
from django.utils.translation import gettext_noop

from callboard.lib import clock, crash, jobs
from callboard.lib.sealing import CannotOpen
from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.sessions import queries
from callboard.sessions.models import Participant, Recording, Room, RoomStatus, Server, SessionStatus
from callboard.sessions.operations import gate, leases, recorders
from callboard.sessions.operations.leases import Held
from callboard.sessions.ports import Entry, ProviderFailed, ServerSettings, Visitor, providers
from callboard.sessions.recording_models import RecordingWish, WishStatus
from callboard.workflows import keep_recordings

TOKEN_LASTS = timedelta(minutes=5)
ROLE = "recorder"
OVER = frozenset({SessionStatus.ENDED, SessionStatus.CANCELLED})

NOT_AGREED = gettext_noop("Not everyone agrees to being recorded.")
IS_OVER = gettext_noop("The session was over before it could be recorded.")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Order:
    """What is to be heard for a wish, as things stand now. `ends`: why it ends, where it does."""

    wish: int
    organization: int
    session: str
    recorder: str
    screen: bool
    provider: str
    server: ServerSettings | None
    room: str
    roster: frozenset[str]
    ends: str = ""
    refused: bool = False
    before: float = 0.0


@dataclass(frozen=True)
class Said:
    """One piece of evidence of a recorder. `kind`: started, progress, stopped or failed."""

    order: Order
    epoch: int
    kind: str
    at: datetime = field(default_factory=clock.now)
    seconds: float | None = None


class Books(Protocol):
    """Made a protocol so that the process can be tried with books of its own."""

    def take(self, owner: str, at_most: int) -> list[Held]: ...

    def keep(self, held: Mapping[int, Held]) -> set[int]: ...

    def let_go(self, held: Collection[Held]) -> None: ...

    def orders(self, held: Iterable[Held]) -> dict[int, Order]: ...

    def say(self, said: Sequence[Said]) -> None: ...

    def enter(self, order: Order) -> Entry: ...

    def began(self, held: Held) -> None: ...

    def ended(self, held: Held, *, problem: str = "", refused: bool = False) -> None: ...

    def found_more(self, organization: int, session: str, recorder: str) -> None: ...


class DatabaseBooks:
    """The books of the installation."""

    def take(self, owner: str, at_most: int) -> list[Held]:
        with transaction.atomic():
            return leases.take_wishes(owner, at_most)

    def keep(self, held: Mapping[int, Held]) -> set[int]:
        with transaction.atomic():
            return leases.keep_wishes(held)

    def let_go(self, held: Collection[Held]) -> None:
        with transaction.atomic():
            leases.let_go_wishes(held)

    def orders(self, held: Iterable[Held]) -> dict[int, Order]:
        """By wish; one whose wish is no more is absent."""
        by_organization: dict[int, list[int]] = defaultdict(list)
        for one in held:
            by_organization[one.organization].append(one.wish)
        found: dict[int, Order] = {}
        for organization, wishes in by_organization.items():
            with organization_scope(organization):
                found.update(_orders(organization, wishes))
        return found

    def say(self, said: Sequence[Said]) -> None:
        received = _micros(clock.now())
        by_organization: dict[int, list[log.Line]] = defaultdict(list)
        for one in said:
            by_organization[one.order.organization].append(_line(one, received))
        for organization, lines in by_organization.items():
            with organization_scope(organization):
                log.append(lines)

    def enter(self, order: Order) -> Entry:
        """Raises ProviderFailed; also where it must not be recorded (any more), however the order says."""
        with organization_scope(order.organization):
            if not gate.may_record(queries.by_key(order.session)):
                raise ProviderFailed(NOT_AGREED)
        provider = providers.of(order.provider, order.server)
        if provider is None:
            raise ProviderFailed("The provider is not set up here.")
        visitor = Visitor(order.recorder, "", ROLE, clock.now() + TOKEN_LASTS, may_publish=False)
        entry = provider.enter(order.room, visitor)
        if entry.kind != "livekit":
            raise ProviderFailed("Our recorder cannot enter such a room.")
        return entry

    def began(self, held: Held) -> None:
        with organization_scope(held.organization):
            recorders.own_began(held.wish, held.epoch)

    def ended(self, held: Held, *, problem: str = "", refused: bool = False) -> None:
        """With the job that makes one file of its parts. Raises LeaseLost."""
        with organization_scope(held.organization):
            recorders.own_ended(held.wish, held.epoch, problem=problem, refused=refused)
            jobs.defer(keep_recordings.file_own, organization=held.organization, wish=held.wish)
        crash.point("recorder.ended")

    def found_more(self, organization: int, session: str, recorder: str) -> None:
        """More of a recording has come to the store; one that was made a file already is made anew."""
        done = [WishStatus.ENDED, WishStatus.FILED, WishStatus.REFUSED]
        with organization_scope(organization):
            wish = RecordingWish.objects.filter(
                recorder=recorder, session__key=session, status__in=done
            ).first()
            if wish is not None:
                jobs.defer(keep_recordings.file_own, organization=organization, wish=wish.pk)


def _orders(organization: int, wishes: list[int]) -> dict[int, Order]:
    found = {}
    for wish in RecordingWish.objects.filter(pk__in=wishes).select_related("session"):
        session = wish.session
        room = Room.objects.select_related("server").filter(session=session).first()
        if room is None:
            continue
        ends, refused = "", False
        if not gate.may_record(session):
            ends, refused = NOT_AGREED, wish.began_at is None
        elif session.status in OVER or room.status == RoomStatus.CLOSED:
            ends, refused = IS_OVER, wish.began_at is None
        roster = Participant.objects.filter(session=session, active=True).values_list(
            "person__key", flat=True
        )
        before = Recording.objects.filter(session=session, recorder=wish.recorder).values_list(
            "seconds", flat=True
        )
        found[wish.pk] = Order(
            wish=wish.pk,
            organization=organization,
            session=session.key,
            recorder=wish.recorder,
            screen=wish.screen,
            provider=room.provider,
            server=_settings_of(room.server) if room.server else None,
            room=room.external_id if room.status == RoomStatus.READY else "",
            roster=frozenset(roster.values_list("person__key", flat=True)),
            ends=ends,
            refused=refused,
            before=max(before.values_list("seconds", flat=True), default=0.0),
        )
    return found


def _settings_of(server: Server) -> ServerSettings | None:
    """None where its secrets cannot be opened: that spoils its own rooms and no others."""
    try:
        return queries.server_settings(server)
    except CannotOpen:
        return None


def _line(said: Said, received: int) -> log.Line:
    order = said.order
    data: dict[str, Any] = {"recorder": order.recorder}
    what = said.kind
    if said.seconds is not None:
        data["seconds"] = round(said.seconds, 1)
        what = f"at-{said.seconds:.1f}"
    return log.Line(
        order.organization,
        order.session,
        f"rec-{order.recorder}-{said.epoch}-{what}",
        f"recording.{said.kind}",
        _micros(said.at),
        received,
        data=msgspec.json.encode(data).decode(),
    )


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
