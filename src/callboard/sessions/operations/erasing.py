"""What `sessions` keeps of someone who is erased. All need the organization's scope.

That somebody was in a session stays, under the row that has no name any more: without it attendance, loads
and promises of all the others would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.lib import clock
from callboard.lib.errors import Conflict
from callboard.lib.redaction import GONE
from callboard.people.erasing import Subject
from callboard.sessions.models import (
    ConfirmedDevice,
    Deed,
    DeviceCode,
    JoinLink,
    Participant,
    ParticipantRole,
    Recording,
    Series,
    Session,
    SessionStatus,
)
from callboard.sessions.operations import changing, consents, handing
from callboard.sessions.operations.locks import insist, lock_people
from callboard.sessions.recording_models import RecordingWish

AT_ONCE = 200
LONGEST = {"title": 200, "cancel_reason": 500, "words": 300, "text": None}
"""Characters that the columns of words hold."""


def check_may_go(people: tuple[int, ...]) -> None:
    """Raises Conflict: they are in a session now (`in_session`), or teach one to come (`has_sessions`)."""
    lock_people(set(people))
    begun = Participant.objects.filter(
        person_id__in=people, active=True, session__status__in=handing.TO_COME,
        session__starts_at__lte=clock.now(), session__ends_at__gt=clock.now(),
    )  # fmt: skip
    if begun.exists() or any(handing.in_session_now(each) for each in people):
        raise Conflict(_("They are in a session right now. Try again when it is over."), code="in_session")
    taught = Participant.objects.filter(
        person_id__in=people, active=True, role=ParticipantRole.INSTRUCTOR,
        session__status__in=handing.TO_COME, session__ends_at__gt=clock.now(),
    ).count()  # fmt: skip
    if taught:
        words = ngettext(
            "They teach %(n)d session to come. Give it to someone else, or cancel it, first.",
            "They teach %(n)d sessions to come. Give them to someone else, or cancel them, first.",
            taught,
        ) % {"n": taught}
        raise Conflict(words, code="has_sessions")


def leave_sessions(subject: Subject) -> int:
    """Out of all that does not run yet. One that nobody else would learn in is cancelled."""
    count = 0
    for person in subject.people:
        theirs = Participant.objects.filter(person_id=person, active=True).values("session_id")
        coming = Session.objects.filter(pk__in=theirs, status__in=handing.TO_COME, ends_at__gt=clock.now())
        for session in coming.order_by("starts_at", "pk"):
            count += insist(partial(_leave, session.key, person))
    return count


def _leave(key: str, person: int) -> bool:
    session, roster = changing.held(key)
    row = next((each for each in roster if each.person_id == person), None)
    if row is None or row.role != ParticipantRole.LEARNER or session.status == SessionStatus.CANCELLED:
        return False
    others = [each for each in roster if each.pk != row.pk]
    if not any(each.role == ParticipantRole.LEARNER for each in others):
        changing.cancel(key)
        return True
    consents.apply_to(session, {each.person_id for each in others}, asked=session.recording_asked)
    session.version += 1
    Participant.objects.filter(pk=row.pk).update(active=False)
    session.save()
    changing.tell(session)
    return True


def drop_ways_in(subject: Subject) -> int:
    """Join links, devices, codes."""
    count = 0
    for model in (JoinLink, ConfirmedDevice, DeviceCode):
        count += model.objects.filter(person_id__in=subject.people).delete()[0]
    return count


def recordings_to_go(subject: Subject) -> list[Recording]:
    """Some recordings not yet deleted, of sessions that they were in, or whose file may be there still; none
    when all are gone.
    """
    theirs = Recording.objects.filter(session_id__in=_sessions(subject))
    kept = theirs.filter(Q(deleted_at=None) | ~Q(location=""))
    return list(kept.order_by("pk")[:AT_ONCE])


def recorders_of(subject: Subject) -> list[tuple[str, str]]:
    """(session, recorder) of every wish there was: our own recorder may have left parts of a file."""
    wishes = RecordingWish.objects.filter(session_id__in=_sessions(subject)).exclude(recorder="")
    return list(wishes.order_by("pk").values_list("session__key", "recorder"))


def _sessions(subject: Subject) -> list[int]:
    theirs = Participant.objects.filter(person_id__in=subject.people).values_list("session_id", flat=True)
    found = set(theirs)
    if subject.keep_groups:
        groups = Participant.objects.filter(session_id__in=found, role=ParticipantRole.LEARNER, active=True)
        found -= set(groups.exclude(person_id__in=subject.people).values_list("session_id", flat=True))
    return sorted(found)


def take_out_of_words(subject: Subject) -> int:
    """Their names, in part too, out of titles and reasons of their sessions and of what was said in them."""
    count = 0
    for session, others in sessions_of(subject):
        near = subject.near(others)
        count += _put(session, {n: near.text(getattr(session, n)) for n in ("title", "cancel_reason")})
        if session.series is not None:
            count += _put(session.series, {"title": near.text(session.series.title)})
        for deed in Deed.objects.filter(session=session).exclude(text="", words=""):
            about = deed.data.get("person") in {*subject.keys, *subject.keys.values()}
            count += _put(
                deed, {n: GONE if about and getattr(deed, n) else near.text(getattr(deed, n))
                       for n in ("text", "words")}
            )  # fmt: skip
    return count


def sessions_of(subject: Subject) -> Iterator[tuple[Session, list[str]]]:
    """Every session that they were ever in, with the names of the others who were."""
    theirs = Participant.objects.filter(person_id__in=subject.people).values("session_id")
    for session in Session.objects.filter(pk__in=theirs).select_related("series").order_by("pk").iterator():
        others = Participant.objects.filter(session=session).exclude(person_id__in=subject.people)
        yield session, list(others.values_list("person__name", flat=True))


def _put(row: Session | Series | Deed, values: dict[str, str]) -> int:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value[: LONGEST[name]])
    if changed:
        row.save(update_fields=list(changed))
    return len(changed)
