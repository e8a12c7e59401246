"""Recorders that are wanted, of the provider or of our own, and what becomes of each wish."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.lib import clock, ids, tenancy
from callboard.lib.errors import Invalid
from callboard.people.operations import changes
from callboard.people.operations.changes import Asker
from callboard.sessions import recording_queries, retention, retention_queries
from callboard.sessions.models import Recording, Session
from callboard.sessions.operations import gate
from callboard.sessions.operations.keeping import alone, tell
from callboard.sessions.operations.leases import LeaseLost, give_up
from callboard.sessions.recording_models import (
    OwnRecorder,
    RecordingLease,
    RecordingPolicy,
    RecordingWish,
    WishBy,
    WishStatus,
)

LONGEST_KEPT = 3650
PROBLEM = 200
PREFIX = "rec"
"""What the names of our own recorders begin with, in rooms and in the evidence."""


def want_recorder(session: Session, by: str, why: str, request: str = "") -> RecordingWish:
    """Write down that a recorder is wanted; the same `request` again is the same wish.

    `by`: provider or own. Raises Conflict (`not_recorded`) where the session is not to be recorded.
    """
    gate.check(session)
    own = by == WishBy.OWN
    wish, fresh = RecordingWish.objects.get_or_create(
        request=request or ids.new("req"),
        defaults={
            "session": session,
            "by": by,
            "why": why,
            "recorder": ids.new(PREFIX) if own else "",
            "screen": own and recording_queries.policy().screen,
        },
    )
    if fresh and own:
        RecordingLease.objects.create(wish=wish.pk, tenant=tenancy.current_organization())
    return wish


def took_wish(wish_id: int, recorder: str | None = None) -> None:
    """The provider has been asked and did not refuse; `recorder` is its name for it, where it told."""
    changed: dict[str, Any] = {"status": WishStatus.RUNNING, "began_at": clock.now()}
    if recorder:
        changed["recorder"] = recorder
    RecordingWish.objects.filter(pk=wish_id, status=WishStatus.WANTED).update(**changed)


def refused_wish(wish_id: int, problem: str) -> None:
    """The provider did not do it."""
    RecordingWish.objects.filter(pk=wish_id, status=WishStatus.WANTED).update(
        status=WishStatus.REFUSED, problem=problem[:PROBLEM], ended_at=clock.now()
    )


def barred(session_key: str) -> None:
    """What was wanted of the provider and never begun is not wanted any more: it may not be recorded."""
    RecordingWish.objects.filter(
        session__key=session_key, by=WishBy.PROVIDER, status=WishStatus.WANTED
    ).update(
        status=WishStatus.REFUSED, problem=_("Not everyone agrees to being recorded."), ended_at=clock.now()
    )


def own_began(wish_id: int, epoch: int) -> None:
    """Our recorder is in the room and hears. Raises LeaseLost."""
    _check(wish_id, epoch)
    RecordingWish.objects.filter(pk=wish_id).exclude(status=WishStatus.RUNNING).update(
        status=WishStatus.RUNNING, began_at=clock.now()
    )


def own_ended(wish_id: int, epoch: int, *, problem: str = "", refused: bool = False) -> None:
    """All that our recorder has lies in the store; or it must not record, or could not. Raises LeaseLost."""
    if not give_up(wish_id, epoch):
        raise LeaseLost
    RecordingWish.objects.filter(pk=wish_id).update(
        status=WishStatus.REFUSED if refused else WishStatus.ENDED,
        problem=problem[:PROBLEM],
        ended_at=clock.now(),
    )


def _check(wish_id: int, epoch: int) -> None:
    if not RecordingLease.objects.select_for_update().filter(wish=wish_id, epoch=epoch).exists():
        raise LeaseLost


def filed(wish: RecordingWish, location: str) -> bool:
    """The file of a wish lies at `location` in our store and has been measured: it can be played. False where
    the recording is deleted, or all of its organization: nothing is changed, and the file is to go.
    """
    if not RecordingWish.objects.select_for_update(no_key=True).filter(pk=wish.pk).exists():
        return False
    made, _fresh = Recording.objects.get_or_create(session_id=wish.session_id, recorder=wish.recorder)
    recording = Recording.objects.select_for_update(no_key=True).get(pk=made.pk)
    if recording.deleted_at is not None:
        return False
    RecordingWish.objects.filter(pk=wish.pk).update(status=WishStatus.FILED)
    if recording.location != location:
        recording.location = location
        recording.save(update_fields=["location"])
    return True


def not_kept(wish: RecordingWish) -> bool:
    """What was filed of a deleted recording is gone again: nobody looks for it any more. False where there
    is no such wish.
    """
    return bool(RecordingWish.objects.filter(pk=wish.pk).update(status=WishStatus.FILED))


def forgotten(recording_id: int, at: datetime) -> str:
    """It is kept no longer: from now on nothing of it is filed. Twice is once. Answers where its file lies
    that is to go now; empty where there is none.
    """
    recording = Recording.objects.select_for_update(no_key=True).get(pk=recording_id)
    if recording.deleted_at is None:
        recording.deleted_at = at
        recording.save(update_fields=["deleted_at"])
    return recording.location


def file_gone(recording_id: int) -> None:
    """The file of a recording that is kept no longer is there no more."""
    Recording.objects.filter(pk=recording_id).exclude(deleted_at=None).update(location="")


def renounce(session_key: str, recorder: str) -> None:
    """Whatever a recorder that began may still bring is not kept, whether or not there was word of it yet."""
    begun = RecordingWish.objects.filter(session__key=session_key, recorder=recorder).exclude(began_at=None)
    for wish in begun:
        Recording.objects.get_or_create(
            session_id=wish.session_id, recorder=recorder,
            defaults={"status": "stopped", "deleted_at": clock.now()},
        )  # fmt: skip


def set_recording_policy(values: Mapping[str, Any], by: Asker = None) -> RecordingPolicy:
    """Put a policy in force from now on, as the next version; what `values` leaves out stays. Raises Invalid.

    `values`: own (off, spare, beside), screen, kept_days (0: for good).
    """
    alone()
    former = recording_queries.policy()
    known = {"own": former.own, "screen": former.screen, "kept_days": former.kept_days}
    wanted = known | dict(values)
    fields = {}
    if wanted["own"] not in OwnRecorder.values:
        fields["own"] = _("One of: %(names)s.") % {"names": ", ".join(OwnRecorder.values)}
    kept = wanted["kept_days"]
    if not isinstance(kept, int) or not 0 <= kept <= LONGEST_KEPT:
        fields["kept_days"] = _("Between 0 and %(most)d days.") % {"most": LONGEST_KEPT}
    elif (sessions := retention_queries.kept_days()[retention.SESSIONS]) and not 0 < kept <= sessions:
        fields["kept_days"] = too_long(sessions)
    fields |= {
        name: _("There is no such setting.") for name in wanted.keys() - {"own", "screen", "kept_days"}
    }
    if fields:
        raise Invalid(fields=fields)
    changes.note(changes.RECORDINGS, "", known, wanted, by)
    made = RecordingPolicy.objects.create(
        version=former.version + 1, created_by_id=changes.login_of(by), **wanted
    )
    if made.kept_days != former.kept_days:
        tell()
    return made


def too_long(sessions: int) -> str:
    """Why recordings cannot be kept for longer than the days of their sessions."""
    return ngettext(
        "Sessions are kept for %(days)d day, and their recordings go with them: not longer than that.",
        "Sessions are kept for %(days)d days, and their recordings go with them: not longer than that.",
        sessions,
    ) % {"days": sessions}


def kept_until(recording: Recording, policy: RecordingPolicy) -> datetime | None:
    """When its file goes; None: never, or it has none."""
    if not policy.kept_days or recording.file_at is None:
        return None
    return recording.file_at + timedelta(days=policy.kept_days)
