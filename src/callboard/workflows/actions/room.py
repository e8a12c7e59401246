"""What can be asked of the room itself: a message in it, its end, someone out of it, another in its place."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.lib import jobs, tenancy
from callboard.lib.tenancy import organization_scope
from callboard.people.access import Access
from callboard.people.models import Person
from callboard.sessions import operations, queries
from callboard.sessions.models import Deed, Session
from callboard.sessions.ports import END_ROOM, MESSAGE, MOVE, REMOVE, providers
from callboard.workflows import replace_room
from callboard.workflows.actions import seen
from callboard.workflows.actions.kinds import Choice, Field, Kind, Seen, Text
from callboard.workflows.rooms import Standing

MESSAGE_MOST = 500


def _everyone(session: Session) -> list[Choice]:
    """All of the roster and of those who are in, by the ids that events carry."""
    roster = [(each.person.key, each.person.name) for each in queries.participants(session)]
    known = {key for key, _name in roster}
    return [*roster, *((who, who) for who in sorted(seen.inside(session.pk) - known))]


def _send(_organization: int, deed: Deed, standing: Standing) -> Text:
    assert standing.provider is not None
    standing.provider.message(standing.external_id, deed.text, deed.data.get("person"))
    return lazy("Shown in the room.")


def _remove(_organization: int, deed: Deed, standing: Standing) -> Text:
    assert standing.provider is not None
    standing.provider.remove(standing.external_id, deed.data["person"])
    return ""


def _is_out(deed: Deed) -> Seen | None:
    left = seen.since(deed, ["participant.left"], deed.data["person"])
    if not left:
        return None
    back = seen.since(deed, ["participant.joined"], deed.data["person"])
    if back and back[-1].at > left[-1].at:
        return None
    return Seen(lazy("They are out."), [left[-1].event_id])


def _end(organization: int, deed: Deed, standing: Standing) -> Text:
    """The room first: where its provider does not answer, nothing has changed."""
    if standing.stands and standing.provider is not None and standing.can(END_ROOM):
        standing.provider.end_room(standing.external_id)
    with organization_scope(organization):
        operations.end(standing.session, by=deed.member_id)
    return ""


def _has_ended(deed: Deed) -> Seen | None:
    ended = seen.since(deed, ["room.ended"])
    if ended:
        return Seen(lazy("The room is closed."), [ended[0].event_id])
    if queries.by_key(deed.session.key).status == "ended" and not seen.inside(deed.session_id):
        return Seen(lazy("Nobody is in any more."))
    return None


def _open_another(_access: Access | None, session: Session, deed: Deed) -> None:
    jobs.defer(
        replace_room.replace,
        organization=tenancy.current_organization(),
        session=session.key,
        former=session.room.external_id,
        why=replace_room.WISHED,
        deed=deed.pk,
    )


def _everyone_is_back(deed: Deed) -> Seen | None:
    """The new room stands, and whoever was in the former has joined again."""
    if "generation" not in deed.data:
        return None
    wanted = set(deed.data.get("inside", ()))
    joins = {event.participant: event.event_id for event in seen.since(deed, ["participant.joined"])}
    if not wanted <= joins.keys():
        return None
    words = _("The new room stands, and all %(count)d are in.") % {"count": len(wanted)}
    return Seen(words if wanted else lazy("The new room stands."), [joins[who] for who in sorted(wanted)])


def _can_move(session: Session) -> bool:
    return providers.has_servers(session.provider)


def name_of(identity: str) -> str:
    """A person's name for the screens, else the id as it came."""
    return Person.objects.filter(key=identity).values_list("name", flat=True).first() or identity


ADVISE = Kind(
    name="advise",
    label=lazy("Advice in the room"),
    icon="message-square",
    change="reach",
    needs=MESSAGE,
    usual_s=2,
    not_done=lazy("The advice was not shown."),
    own=True,
    carry=_send,
)

HOLD_AT_DOOR = Kind(
    name="hold",
    label=lazy("Put back at the door"),
    icon="log-out",
    change="reach",
    needs=REMOVE,
    usual_s=3,
    not_done=lazy("They are still in."),
    own=True,
    carry=_remove,
    look=_is_out,
)

MESSAGE_IN_ROOM = Kind(
    name="message",
    label=lazy("Message in the room"),
    icon="message-square",
    change="reach",
    needs=MESSAGE,
    usual_s=2,
    not_done=lazy("The message was not shown."),
    cases=("still_recorded", "room_empty", "overrun", "bad_connection", "inaudible", "unstable",
           "learner_missing", "instructor_missing", "recording_not_started"),
    fields=(
        Field("text", lazy("What to say"), "text", most=MESSAGE_MOST),
        Field("person", lazy("To"), "person", required=False, choices=_everyone),
    ),
    carry=_send,
)  # fmt: skip

REMOVE_PERSON = Kind(
    name="remove",
    label=lazy("Remove from the room"),
    icon="user-x",
    change="reach",
    needs=REMOVE,
    usual_s=3,
    not_done=lazy("They were not removed."),
    cases=("stranger",),
    fields=(Field("person", lazy("Who"), "person", about=True, choices=_everyone),),
    carry=_remove,
    look=_is_out,
)

REPLACE_ROOM = Kind(
    name="replace_room",
    label=lazy("Open another room and move everyone"),
    icon="refresh-cw",
    change="replace_room",
    needs=MOVE,
    usual_s=15,
    not_done=lazy("The room was not replaced."),
    cases=("room_lost", "unstable", "inaudible", "bad_connection", "room_empty"),
    begin=_open_another,
    look=_everyone_is_back,
    offered=_can_move,
)

END_SESSION = Kind(
    name="end_session",
    label=lazy("End the session"),
    icon="square",
    change="end",
    usual_s=5,
    not_done=lazy("The room did not end."),
    cases=(
        "instructor_missing",
        "learner_missing",
        "room_empty",
        "overrun",
        "stranger",
        "unstable",
        "still_recorded",
    ),
    ending=True,
    carry=_end,
    look=_has_ended,
)
