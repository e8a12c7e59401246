"""What can be asked of people: their link again, somebody else to teach, more time, the recorder again."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.lib import clock
from callboard.lib.errors import CallboardError, Conflict, Invalid
from callboard.people.access import Access
from callboard.people.models import Person
from callboard.sessions import covers, operations, queries
from callboard.sessions.models import Deed, Session
from callboard.sessions.operations import links, recorders
from callboard.sessions.ports import LISTEN
from callboard.sessions.recording_models import WishBy
from callboard.workflows import deeds
from callboard.workflows.actions import seen
from callboard.workflows.actions.kinds import Choice, Field, Kind, Seen, Text
from callboard.workflows.rooms import Standing

LONGER_MOST = 240


def _roster(session: Session) -> list[Choice]:
    return [(each.person.key, each.person.name) for each in queries.participants(session)]


def _mail_link(organization: int, deed: Deed, standing: Standing) -> Text:
    person = deed.data["row"]
    to = links.send(organization, person, standing.session)
    return _("Mailed to %(addresses)s.") % {"addresses": ", ".join(to)}


def _whose_link(_access: Access | None, _session: Session, deed: Deed) -> None:
    row = Person.objects.filter(key=deed.data["person"]).values_list("pk", flat=True).first()
    if row is None:
        raise Invalid(fields={"person": _("There is no such person.")})
    deeds.note(deed.pk, row=row)


def _covers(session: Session) -> list[Choice]:
    """The free and qualified first."""
    return [(one.key, _described(one)) for one in covers.covers(session) if one.free]


def _described(one: covers.Cover) -> str:
    if one.taught:
        return _("%(name)s, taught it %(count)d times") % {"name": one.name, "count": one.taught}
    return one.name if one.qualified else _("%(name)s, another subject") % {"name": one.name}


def _reassign(_access: Access | None, session: Session, deed: Deed) -> None:
    person = Person.objects.get(key=deed.data["person"])
    operations.change_instructor(session.key, person.pk)
    with suppress(CallboardError):  # no address: they are called
        links.send_later(person.pk, session.key)


def _has_come(deed: Deed) -> Seen | None:
    joined = seen.since(deed, ["participant.joined"], deed.data["person"])
    return Seen(lazy("They are in."), [joined[0].event_id]) if joined else None


def _longest(session: Session) -> str:
    """How much longer nobody's next appointment forbids."""
    left = (operations.longest(session) - session.ends_at) // timedelta(minutes=1)
    if left >= LONGER_MOST:
        return _("Nobody in it is taken afterwards.")
    return _("Up to %(minutes)d min: then somebody has to be elsewhere.") % {"minutes": left}


def _extend(_access: Access | None, session: Session, deed: Deed) -> None:
    ends_at = max(session.ends_at, clock.now().replace(second=0, microsecond=0))
    wanted = ends_at + timedelta(minutes=deed.data["minutes"])
    try:
        operations.extend(session.key, wanted)
    except Conflict as clash:
        if "longest_ends_at" not in clash.details:
            raise
        longest = datetime.fromisoformat(clash.details["longest_ends_at"])
        left = max(0, (longest - ends_at) // timedelta(minutes=1))
        words = _("%(why)s It can last %(minutes)d min longer at most.")
        raise Conflict(
            words % {"why": clash.message, "minutes": left},
            code=clash.code,
            **{**clash.details, "longest_minutes": left},
        ) from clash


def _record_again(_access: Access | None, session: Session, deed: Deed) -> None:
    deeds.note(deed.pk, request=operations.restart_recording(session.key, by=deed.member_id))


def _runs_again(deed: Deed) -> Seen | None:
    for event in seen.since(deed, ["recording.started", "recording.progress"]):
        words = _("Recorder %(recorder)s runs.") % {"recorder": seen.recorder_of(event)}
        return Seen(words, [event.event_id])
    return None


def _record_besides(_access: Access | None, session: Session, deed: Deed) -> None:
    wish = recorders.want_recorder(session, WishBy.OWN, "person")
    deeds.note(deed.pk, recorder=wish.recorder)


def _records_besides(deed: Deed) -> Seen | None:
    for event in seen.since(deed, ["recording.started", "recording.progress"]):
        if seen.recorder_of(event) == deed.data.get("recorder"):
            return Seen(lazy("Our own recorder runs."), [event.event_id])
    return None


RESEND_LINK = Kind(
    name="resend_link",
    label=lazy("Send the join link again"),
    icon="send",
    change="reach",
    usual_s=5,
    not_done=lazy("The link was not sent."),
    cases=("instructor_missing", "learner_missing", "dropped", "room_empty", "unstable"),
    fields=(Field("person", lazy("To"), "person", about=True, choices=_roster),),
    begin=_whose_link,
    carry=_mail_link,
)

REACH_BY_MAIL = Kind(
    name="reach_by_mail",
    label=lazy("Their link by mail"),
    icon="send",
    change="reach",
    usual_s=5,
    not_done=lazy("The link was not sent."),
    own=True,
    begin=_whose_link,
    carry=_mail_link,
)

REASSIGN = Kind(
    name="reassign",
    label=lazy("Let someone else teach"),
    icon="replace",
    change="change_instructor",
    usual_s=180,
    not_done=lazy("The new instructor has not come in."),
    cases=("instructor_missing", "inaudible", "unstable", "dropped"),
    fields=(Field("person", lazy("Instead"), "person", choices=_covers),),
    begin=_reassign,
    look=_has_come,
)

EXTEND = Kind(
    name="extend",
    label=lazy("Extend"),
    icon="timer",
    change="extend",
    usual_s=0,
    not_done=lazy("The session was not extended."),
    cases=("overrun", "instructor_missing", "room_lost", "room_empty", "dropped"),
    fields=(Field("minutes", lazy("Minutes"), "number", most=LONGER_MOST, default="15", hint=_longest),),
    begin=_extend,
)

RESTART_RECORDING = Kind(
    name="restart_recording",
    label=lazy("Restart the recording"),
    icon="circle-dot",
    change="restart_recording",
    usual_s=20,
    not_done=lazy("The recording was not restarted."),
    cases=("recording_not_started", "recording_stalled"),
    begin=_record_again,
    look=_runs_again,
)

ADD_RECORDING = Kind(
    name="add_recording",
    label=lazy("Record with our own recorder"),
    icon="circle-plus",
    change="reach",
    needs=LISTEN,
    usual_s=10,
    not_done=lazy("Our own recorder does not run."),
    cases=("recording_not_started", "recording_stalled"),
    begin=_record_besides,
    look=_records_besides,
    offered=lambda session: session.recording_wanted,
)
