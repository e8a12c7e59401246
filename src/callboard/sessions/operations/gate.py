"""The one gate before any recorder: may this session be recorded, right now?

Whoever starts a recorder asks here, at the moment of starting, and again once it runs; nobody can get round
it. A provider's recorder is started by a `Leave`, which nothing but this module makes (tests/architecture);
rooms that record by themselves are ordered by it; and our own recorder asks it as it enters and every two
seconds.

It reads the consents themselves, not what was noted with the session when it was last judged: a consent that
is withdrawn counts from the commit of its withdrawal, whatever jobs are still in line.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from callboard.lib.errors import Conflict
from callboard.people import queries as people
from callboard.people.models import ConsentKind
from callboard.sessions.models import Participant, Session
from callboard.sessions.ports import Leave, filled


def may_record(session: Session) -> bool:
    """Whether it is to be recorded, and everyone in it agrees. Needs the organization's scope."""
    return session.recording_wanted and not missing(session)


def missing(session: Session) -> int:
    """How many in it do not agree to being recorded: of its people, and of strangers, whom nobody asked."""
    who = Participant.objects.filter(session=session, active=True).values_list("person_id", flat=True)
    return len(people.lacking_consent(list(who), ConsentKind.RECORDING)) + filled.strangers.count(session)


def check(session: Session) -> None:
    """Raises Conflict (`not_recorded`) with the reason."""
    if may_record(session):
        return
    words = session.recording_refusal or _("This session is not to be recorded.")
    if session.recording_wanted:
        words = _("Not recorded: not everyone in it agrees.")
    raise Conflict(words, code="not_recorded", session=session.key)


def leave(session: Session, external_id: str, request: str) -> Leave:
    """Leave to start one recorder. Raises Conflict (`not_recorded`)."""
    check(session)
    return Leave(external_id, request)
