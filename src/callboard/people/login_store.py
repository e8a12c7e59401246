"""Browsers' logins are kept as Django keeps them. Finding one, which every request does, is a plain statement
rather than the building of it.
"""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db import connection

from callboard.lib import clock

FIND = "SELECT session_key, session_data, expire_date FROM django_session WHERE session_key = %s"


class SessionStore(DatabaseStore):
    """See the module. Named as Django asks for it (SESSION_ENGINE)."""

    def _get_session_from_db(self) -> Session | None:
        with connection.cursor() as cursor:
            cursor.execute(FIND, [self.session_key])
            row = cursor.fetchone()
        if row is None or row[2] <= clock.now():
            self._session_key = None
            return None
        return Session(session_key=row[0], session_data=row[1], expire_date=row[2])
