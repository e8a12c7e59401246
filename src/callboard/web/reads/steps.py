"""How far an organization has come on its way to the first session that it holds."""

from __future__ import annotations

from dataclasses import dataclass

from callboard.cases.models import QueueMember
from callboard.lib import clock
from callboard.people import queries as people
from callboard.people.models import ConsentLink, ConsentWord
from callboard.sessions.models import Server, Session, SessionStatus


@dataclass(frozen=True)
class Steps:
    """Counts, but for `asked`: somebody was asked for consent, or it was noted."""

    servers: int
    tested: int
    instructors: int
    students: int
    asked: bool
    answered: int
    booked: int
    staffed: int


def steps() -> Steps:
    """Needs the organization's scope."""
    servers = Server.objects.filter(enabled=True)
    answered = ConsentWord.objects.values("person").distinct().count()
    return Steps(
        servers=servers.count(),
        tested=servers.filter(test_failed=False).exclude(tested_at=None).count(),
        instructors=people.those_who_are("instructor").count(),
        students=people.those_who_are("student").count(),
        asked=answered > 0 or ConsentLink.objects.exclude(sent_at=None).exists(),
        answered=answered,
        booked=Session.objects.exclude(status=SessionStatus.CANCELLED).count(),
        staffed=QueueMember.objects.values("member").distinct().count(),
    )


def held() -> bool:
    """Whether the time of a session ever came: from then on nobody needs to be shown how to begin."""
    begun = Session.objects.filter(starts_at__lte=clock.now())
    return begun.exclude(status=SessionStatus.CANCELLED).exists()
