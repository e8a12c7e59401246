"""Sessions to come go over from one person's record to another's: two records turned out to be one person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.lib import clock
from callboard.lib.errors import Conflict
from callboard.sessions.models import JoinLink, Participant, Session, SessionStatus
from callboard.sessions.operations import changing, checks, consents
from callboard.sessions.operations.links import leads_of
from callboard.sessions.operations.locks import insist

TO_COME = (SessionStatus.SCHEDULED, SessionStatus.READY)


def sessions_to_come(person_id: int) -> list[Session]:
    """Those that have not begun, by start."""
    theirs = Participant.objects.filter(person_id=person_id, active=True).values("session_id")
    rows = Session.objects.filter(pk__in=theirs, status__in=TO_COME, starts_at__gt=clock.now())
    return list(rows.order_by("starts_at", "pk"))


def in_session_now(person_id: int) -> bool:
    """Whether one that they are in runs: then their record cannot become another's."""
    return Participant.objects.filter(
        person_id=person_id, active=True, session__status=SessionStatus.LIVE
    ).exists()


def both_in_at_once(one: int, other: int) -> list[Session]:
    """Sessions to come of the one that overlap with another session of the other: two places at once."""
    found = []
    theirs = list(
        Participant.objects.filter(person_id=other, active=True, session__starts_at__gt=clock.now())
    )
    for session in sessions_to_come(one):
        mine = Participant.objects.get(session=session, person_id=one, active=True)
        if any(
            row.session_id != session.pk
            and row.busy.lower < mine.busy.upper
            and mine.busy.lower < row.busy.upper
            for row in theirs
        ):
            found.append(session)
    return found


def hand_over(former: int, latter: int, keys: Sequence[str] | None = None) -> list[str]:
    """Let one person stand where another stood in sessions to come (all, or these); answers in which, by key.

    Where both were in, the former's place goes, and that one is not in the answer. Raises Conflict
    (`double_booked`, `in_session`).
    """
    if in_session_now(former):
        raise Conflict(_("They are in a session right now. Try again when it is over."), code="in_session")
    wanted = [each for each in sessions_to_come(former) if keys is None or each.key in keys]
    clashing = both_in_at_once(former, latter)
    if clashing:
        words = ngettext(
            "They would have to be in two places at once: %(n)d session overlaps.",
            "They would have to be in two places at once: %(n)d sessions overlap.",
            len(clashing),
        ) % {"n": len(clashing)}
        raise Conflict(words, code="double_booked", sessions=[each.key for each in clashing])
    return [session.key for session in wanted if insist(partial(_hand, session.key, former, latter))]


def _hand(key: str, former: int, latter: int) -> bool:
    """Whether the latter now stands where the former stood; False where they were in it anyway."""
    session, roster = changing.held(key, [latter])
    row = next((each for each in roster if each.person_id == former), None)
    if row is None:
        return False
    wishes = [(latter, row.busy.lower, row.busy.upper)]
    there = any(each.person_id == latter for each in roster)
    session.version += 1

    def write() -> None:
        if there:
            Participant.objects.filter(pk=row.pk).update(active=False)
        else:
            Participant.objects.filter(pk=row.pk).update(person_id=latter)
        session.save()

    people = {each.person_id for each in roster if each.person_id != former} | {latter}
    consents.apply_to(session, people, asked=session.recording_asked)
    checks.explained(write, wishes, besides=session.pk)
    changing.tell(session)
    return not there


def hand_links(former: int, latter: int) -> list[int]:
    """Join links go over with their tokens; one whose place is taken stays and leads where the other does."""
    moved = []
    for link in JoinLink.objects.filter(person_id=former):
        taken = JoinLink.objects.filter(person_id=latter, **leads_of(link))
        if not taken.exists():
            JoinLink.objects.filter(pk=link.pk).update(person_id=latter)
            moved.append(link.pk)
    return moved


def return_links(ids: Sequence[int], to: int) -> None:
    JoinLink.objects.filter(pk__in=ids).update(person_id=to)
