"""Reads about recordings, within the organization in scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from callboard.lib.errors import Conflict, NotFound
from callboard.people import queries as people
from callboard.people.access import Access
from callboard.people.models import ConsentKind, Role
from callboard.sessions import recovery
from callboard.sessions.models import Participant, ParticipantRole, Recording, Room, RoomStatus, Session
from callboard.sessions.models import SessionStatus as Status
from callboard.sessions.recording_models import (
    RecordingPolicy,
    RecordingView,
    RecordingWish,
    WishBy,
    WishStatus,
)
from callboard.sessions.retention import RECORDINGS
from callboard.sessions.retention_models import Announced

LOST = frozenset({"stopped", "failed", "quiet"})
FILE_LOOKED_FOR = timedelta(days=1)


def policy() -> RecordingPolicy:
    """The one in force; version 0, unsaved, where nothing was ever set."""
    return RecordingPolicy.objects.order_by("-version").first() or RecordingPolicy(version=0)


def unrecorded(provider_names: Sequence[str], *, beside: bool, most: int = 500) -> list[str]:
    """The keys of sessions that are live and to be recorded, and whose recording needs looking after.

    Those of which no recorder is known to run; with `beside` also those that our own was never asked for.
    """
    running = Recording.objects.filter(session=OuterRef("session"), status="running")
    wanting = ~Q(Exists(running))
    if beside:
        own = RecordingWish.objects.filter(session=OuterRef("session"), by=WishBy.OWN)
        wanting |= ~Q(Exists(own))
    found = Room.objects.filter(
        wanting,
        session__status=Status.LIVE,
        session__recording_wanted=True,
        status=RoomStatus.READY,
        provider__in=provider_names,
    )
    return list(found.order_by("session__starts_at").values_list("session__key", flat=True)[:most])


def picture(session: Session, *, provider: bool, own: bool) -> recovery.Picture:
    """What was asked and seen of a session's recorders, for `recovery` to judge."""
    seen = [
        recovery.Seen(
            row.recorder,
            lost_at=_lost_at(row) if row.status in LOST else None,
            quiet=row.status == "quiet",
        )
        for row in Recording.objects.filter(session=session)
    ]
    over = {WishStatus.REFUSED, WishStatus.ENDED, WishStatus.FILED}
    asked = [
        recovery.Asked(row.by, row.wanted_at, row.status in over)
        for row in RecordingWish.objects.filter(session=session).order_by("wanted_at")
    ]
    live_since = session.started_at or session.starts_at
    return recovery.Picture(live_since, policy().own, provider, own, seen, asked)


def _lost_at(row: Recording) -> datetime | None:
    moment = row.quiet_since if row.status == "quiet" else row.stopped_at
    return moment or row.started_at or row.session.starts_at


def unasked(session: Session) -> list[RecordingWish]:
    """What is wanted of the provider, and was not asked of it yet."""
    return list(
        RecordingWish.objects.filter(session=session, by=WishBy.PROVIDER, status=WishStatus.WANTED).order_by(
            "pk"
        )
    )


def own_at_work(session_key: str) -> bool:
    """Whether our own recorder is at it, or about to be. It follows a session into another room by itself."""
    return RecordingWish.objects.filter(
        session__key=session_key, by=WishBy.OWN, status__in=[WishStatus.WANTED, WishStatus.RUNNING]
    ).exists()


def people_lacking_in(keys: Collection[str]) -> list[int]:
    """Who of the people of these sessions does not agree to being recorded, where they were to be."""
    who = Participant.objects.filter(
        Q(session__recording_wanted=True) | Q(session__consents_missing__gt=0), session__key__in=keys
    )
    pks = sorted(set(who.values_list("person_id", flat=True)))
    return people.lacking_consent(pks, ConsentKind.RECORDING) if pks else []


def first_to_be_recorded(person_ids: Collection[int], now: datetime) -> dict[int, Session]:
    """By person: their first session to come that was to be recorded."""
    found = (
        Participant.objects.filter(
            Q(session__recording_wanted=True) | Q(session__consents_missing__gt=0),
            person_id__in=person_ids,
            active=True,
            session__starts_at__gt=now,
            session__status__in=[Status.SCHEDULED, Status.READY],
        )
        .order_by("person_id", "session__starts_at")
        .distinct("person_id")
        .select_related("session")
    )
    return {each.person_id: each.session for each in found}


def barred_while_live(most: int = 500) -> list[str]:
    """The keys of sessions that run and were recorded until somebody did not agree."""
    found = Session.objects.filter(status=Status.LIVE, recording_wanted=False).exclude(barred_at=None)
    return list(found.order_by("pk").values_list("key", flat=True)[:most])


def recorded_without_leave(most: int = 200) -> list[str]:
    """The keys of sessions that may not be recorded for want of a consent, and are, or may be: a recorder is
    known to run, or was asked for and its provider's answer is not known.
    """
    running = Recording.objects.filter(session=OuterRef("pk"), status="running")
    unsettled = RecordingWish.objects.filter(
        session=OuterRef("pk"), by=WishBy.PROVIDER, status=WishStatus.WANTED
    )
    found = Session.objects.filter(
        Q(Exists(running)) | Q(Exists(unsettled)),
        status__in=[Status.READY, Status.LIVE],
        recording_wanted=False,
        consents_missing__gt=0,
    )
    return list(found.order_by("pk").values_list("key", flat=True)[:most])


def still_running() -> dict[str, datetime]:
    """Of the sessions that may not be recorded for want of a consent: since when a recorder runs."""
    rows = Recording.objects.filter(
        status="running",
        session__status__in=[Status.READY, Status.LIVE],
        session__recording_wanted=False,
        session__consents_missing__gt=0,
    ).values_list("session__key", "session__barred_at", "started_at", "session__starts_at")
    found: dict[str, datetime] = {}
    for key, barred_at, started_at, starts_at in rows:
        since = max(each for each in (barred_at, started_at, starts_at) if each is not None)
        found[key] = min(since, found.get(key, since))
    return found


def without_file(now: datetime, most: int = 200) -> list[int]:
    """Wishes of the provider, by id, whose recorder is done, and whose file was not found yet."""
    done = Recording.objects.filter(
        session=OuterRef("session"), recorder=OuterRef("recorder"), status__in=["stopped", "failed"]
    )
    found = RecordingWish.objects.filter(
        Q(Exists(done)) | Q(session__status=Status.ENDED),
        by=WishBy.PROVIDER,
        status=WishStatus.RUNNING,
        wanted_at__gt=now - FILE_LOOKED_FOR,
    ).exclude(recorder="")
    return list(found.order_by("pk").values_list("pk", flat=True)[:most])


def folders(session: Session) -> list[str]:
    """Where files of a provider's recorder may lie: the session's own, and one for each room that it was in.
    A room, and so its folder, may be that of other sessions too.
    """
    room = Room.objects.filter(session=session).first()
    rooms = [] if room is None else [room.external_id, *(one["external_id"] for one in room.former)]
    return sorted({session.key, *rooms} - {""})


def past(until: datetime) -> QuerySet[Recording]:
    """Recordings with a file that arrived by then."""
    return Recording.objects.filter(deleted_at=None, file_at__lte=until).exclude(location="")


def outlived(now: datetime, most: int = 500) -> QuerySet[Recording]:
    """Recordings whose files are to go now, the oldest first: that was announced, and has begun."""
    begun = Announced.objects.filter(kind=RECORDINGS, ref=OuterRef("pk"), begun_at__lte=now)
    return past(now).filter(Exists(begun)).order_by("file_at")[:most]


def deleted_with_a_file_left(most: int = 500) -> QuerySet[Recording]:
    """Recordings that are noted as deleted, and whose file may be there still: whoever did it died."""
    left = Recording.objects.exclude(deleted_at=None).exclude(location="")
    return left.order_by("deleted_at")[:most]


# -- who may look


def playable_to(access: Access, session: Session) -> bool:
    """Whether an asker may hear this session's recordings, consents aside.

    Those who read all sessions; the instructor of it; a guardian of one who learns in it, and one who learns
    in it and answers for themselves.
    """
    if access.may("sessions.read"):
        return True
    if access.person is None or not access.may("own.read"):
        return False
    mine = Participant.objects.filter(session=session, active=True)
    if access.role == Role.INSTRUCTOR:
        records = people.records_of([access.person])
        return mine.filter(person_id__in=records, role=ParticipantRole.INSTRUCTOR).exists()
    deciding = people.records_of([person.pk for person in people.decides_for(access)])
    return mine.filter(person_id__in=deciding, role=ParticipantRole.LEARNER).exists()


def recordings_of(session: Session) -> list[Recording]:
    """By when they began."""
    return list(Recording.objects.filter(session=session).order_by("started_at", "pk"))


def lacking(session: Session) -> int:
    """How many of those who took part do not agree (any more) to being recorded."""
    who = Participant.objects.filter(session=session, active=True).values_list("person_id", flat=True)
    return len(people.lacking_consent(list(who), ConsentKind.RECORDING))


def to_play(access: Access, recording_id: int) -> Recording:
    """The recording, with its session, if the asker may hear it now.

    Raises NotFound, also where it is not theirs; Conflict (`no_file`, `deleted`, `consent_missing`).
    """
    recording = Recording.objects.select_related("session").filter(pk=recording_id).first()
    if recording is None or not playable_to(access, recording.session):
        raise NotFound(_("There is no such recording."), code="recording_not_found")
    return check_playable(recording)


def check_playable(recording: Recording) -> Recording:
    """Raises Conflict (`no_file`, `deleted`, `consent_missing`)."""
    if recording.deleted_at is not None:
        raise Conflict(_("Its file was kept as long as agreed, and is gone."), code="deleted")
    if not recording.location:
        raise Conflict(_("Its file is not here (yet)."), code="no_file")
    if lacking(recording.session):
        raise Conflict(_("Someone who took part does not agree to it any more."), code="consent_missing")
    return recording


def views_of(recordings: Sequence[Recording]) -> list[RecordingView]:
    """Who looked at any of these, the latest first, `.member` with its login loaded."""
    return list(
        RecordingView.objects.filter(recording__in=recordings)
        .select_related("member__user", "recording")
        .order_by("-asked_at")
    )
