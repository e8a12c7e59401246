"""Who is in a room and on no list, as far as cases tell. Fills `sessions.ports.Strangers`."""

from __future__ import annotations

from callboard.cases.models import Case
from callboard.sessions.models import Session

KIND = "stranger"


class OpenCases:
    """One for each case of a stranger that is not over: once they have left, or a person has said that they
    are none, they count no more.
    """

    def count(self, session: Session) -> int:
        return Case.objects.filter(session=session, kind=KIND, over_at=None).count()
