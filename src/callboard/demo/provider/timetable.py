"""What the product's timetable says, for the provider to play: sessions that are new, changed or off.

It reads the product's own rows rather than trusting what it booked itself, so that what people book, move and
cancel in the pages is played like everything else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from callboard.demo.play.cast import Plan, cast
from callboard.demo.play.changes import closed
from callboard.demo.play.player import Players
from callboard.demo.play.script import Script
from callboard.demo.provider.adapter import CAPABILITIES
from callboard.demo.provider.rooms import Rooms
from callboard.demo.stage.sessions import moment
from callboard.lib.tenancy import organization_scope
from callboard.sessions.models import Participant, ParticipantRole, Room, RoomStatus, Session, SessionStatus

SOON = timedelta(minutes=35)


@dataclass(frozen=True)
class _Row:
    pk: int
    key: str
    version: int
    status: str


class Timetable:
    """Follows one organization's timetable; `seed` casts what it plays."""

    def __init__(self, organization: int, seed: int) -> None:
        self._organization = organization
        self._seed = seed
        self._versions: dict[str, int] = {}

    def follow(self, rooms: Rooms, now: int) -> None:
        """Let the players have what is new, and no longer what is off. Called every few seconds."""
        with organization_scope(self._organization):
            rows = [
                _Row(*row)
                for row in Session.objects.filter(
                    status__in=[SessionStatus.SCHEDULED, SessionStatus.READY, SessionStatus.CANCELLED],
                    starts_at__lt=moment(now) + SOON,
                    ends_at__gt=moment(now),
                    provider__in=list(CAPABILITIES),  # what is held in real rooms is nobody's to play
                ).values_list("pk", "key", "version", "status")
            ]
            changed = [row for row in rows if self._versions.get(row.key) != row.version]
            plans = self._plans(row for row in changed if row.status != SessionStatus.CANCELLED)
        with rooms.lock:
            self._tell(rooms.players, changed, plans, now)

    def _tell(
        self, players: Players, changed: list[_Row], plans: dict[str, tuple[Plan, bool]], now: int
    ) -> None:
        for row in changed:
            known = self._versions.get(row.key)
            self._versions[row.key] = row.version
            script = players.get(row.key)
            if row.status == SessionStatus.CANCELLED:
                if script is not None:
                    players.change(row.key, lambda former: closed(former, now))
            elif script is None:
                plan, stands = plans[row.key]
                players.add(self._cast(plan, stands, now), now)
            elif known is not None and script.starts > now:
                plan, stands = plans[row.key]
                if (plan.starts, plan.ends, plan.instructor) != (
                    script.starts, script.ends, script.instructor.participant,
                ):  # fmt: skip
                    moved = replace(self._cast(plan, stands, now), ready=script.ready)
                    players.put(moved)

    def _cast(self, plan: Plan, stands: bool, now: int) -> Script:
        """The script of a session; a room that does not stand yet is ready when it is asked for."""
        script = cast(plan, self._seed)
        return replace(script, ready=now if stands else None)

    @staticmethod
    def _plans(rows: Iterable[_Row]) -> dict[str, tuple[Plan, bool]]:
        """Each one's plan, and whether its room stands."""
        pks = [row.pk for row in rows]
        people: dict[int, list[Participant]] = defaultdict(list)
        for one in Participant.objects.filter(session__in=pks, active=True).select_related("person"):
            people[one.session_id].append(one)
        rooms = {room.session_id: room for room in Room.objects.filter(session__in=pks)}
        found: dict[str, tuple[Plan, bool]] = {}
        for session in Session.objects.filter(pk__in=pks):
            room = rooms.get(session.pk)
            instructor = [
                one.person.key for one in people[session.pk] if one.role == ParticipantRole.INSTRUCTOR
            ]
            plan = Plan(
                session.key,
                round(session.starts_at.timestamp() * 1000),
                round(session.ends_at.timestamp() * 1000),
                instructor[0] if instructor else "",
                tuple(one.person.key for one in people[session.pk] if one.role == ParticipantRole.LEARNER),
                session.recording_wanted,
                session.provider,
                room.node or None if room else None,
                room.region or None if room else None,
            )
            found[session.key] = (plan, room is not None and room.status == RoomStatus.READY)
        return found
