"""What the evidence says since a deed was asked for: reads of the log, in the organization's scope."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import msgspec

from callboard.live.models import Event, LiveState
from callboard.sessions.models import Deed

CLOCKS_DIFFER = timedelta(seconds=1)


def since(deed: Deed, kinds: Collection[str], participant: str | None = None) -> list[Event]:
    """Events of these kinds that happened after it was asked for, in the order in which they came."""
    rows = Event.objects.filter(
        session=deed.session.key, kind__in=list(kinds), received_at__gte=deed.asked_at - CLOCKS_DIFFER
    )
    if participant is not None:
        rows = rows.filter(participant=participant)
    asked = deed.asked_at - CLOCKS_DIFFER
    return [event for event in rows.order_by("seq") if event.at >= asked]


def recorder_of(event: Event) -> str:
    found = msgspec.json.decode(event.data).get("recorder", "")
    return found if isinstance(found, str) else ""


def inside(session_id: int) -> set[str]:
    """Who is in, as the boards have it."""
    state = LiveState.objects.filter(session_id=session_id).values_list("state", flat=True).first() or {}
    return {person["participant"] for person in state.get("people", ()) if person.get("inside")}
