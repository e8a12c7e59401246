"""Saying for how long what is kept, and that something is not to be deleted. Needs the organization's scope.

What is deleted, and when, is workflows.retention's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.lib import clock, pubsub
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.people import queries as people
from callboard.people.access import Access
from callboard.people.models import Person
from callboard.people.operations import changes, departures
from callboard.sessions import retention, retention_queries
from callboard.sessions.models import Recording, Session
from callboard.sessions.operations import recorders
from callboard.sessions.operations.keeping import alone, tell
from callboard.sessions.retention_models import (
    Announced,
    AnnouncedFirst,
    Hold,
    HoldScope,
    RetentionPolicy,
)

REASON = 500


def set_retention(access: Access, values: Mapping[str, int | None]) -> RetentionPolicy:
    """Put days in force, by kind; None: kept for good. What `values` leaves out stays as it is.

    Nothing is deleted by that which was not announced a week before. Raises Forbidden, Invalid by field.
    """
    access.require("data.manage")
    alone()
    before = retention_queries.kept_days()
    wanted = before | {kind: days or None for kind, days in values.items()}
    fields = {kind: _refusal(kind, days) for kind, days in wanted.items()}
    fields = {kind: text for kind, text in fields.items() if text}
    if not fields:
        fields = _refused_together(wanted)
    if fields:
        raise Invalid(fields=fields)
    if wanted == before:
        return retention_queries.policy()
    own = {kind: days for kind, days in wanted.items() if days is not None and kind != retention.RECORDINGS}
    made = RetentionPolicy.objects.create(
        version=retention_queries.policy().version + 1, values=own, created_by_id=access.user
    )
    said = changes.note(changes.DATA, "", _said(before), _said(wanted), access)
    assert said is not None
    if wanted[retention.RECORDINGS] != before[retention.RECORDINGS]:
        recorders.set_recording_policy({"kept_days": wanted[retention.RECORDINGS] or 0}, access)
    else:
        tell()
    return made


def _said(values: Mapping[str, int | None]) -> dict[str, Any]:
    return {"kept": {kind: days for kind, days in values.items() if days is not None}}


def _refusal(kind: str, days: int | None) -> str:
    if kind not in retention.LEAST:
        return _("There is no such kind. There are: %(names)s.") % {"names": ", ".join(retention.KINDS)}
    least = retention.LEAST[kind]
    if days is None:
        return ""
    if not isinstance(days, int) or isinstance(days, bool) or not least <= days <= retention.LONGEST:
        return ngettext(
            "At least %(least)d day, at most %(most)d.", "At least %(least)d days, at most %(most)d.", least
        ) % {"least": least, "most": retention.LONGEST}
    if kind == retention.RECORDINGS and days > recorders.LONGEST_KEPT:
        return _("At most %(most)d days, or for good.") % {"most": recorders.LONGEST_KEPT}
    return ""


def _refused_together(wanted: Mapping[str, int | None]) -> dict[str, str]:
    """A recording goes with its session, so nobody is to believe that it stays longer."""
    sessions, recordings = wanted[retention.SESSIONS], wanted[retention.RECORDINGS]
    if sessions is None:
        return {}
    if recordings is None:
        return {
            retention.SESSIONS: _(
                "Recordings are kept for good, and would go with their session. "
                "Say first for how long recordings are kept."
            )
        }
    if sessions >= recordings:
        return {}
    return {
        retention.SESSIONS: ngettext(
            "Recordings are kept for %(days)d day, and would go with their session: not shorter than that.",
            "Recordings are kept for %(days)d days, and would go with their session: not shorter than that.",
            recordings,
        )
        % {"days": recordings}
    }


# -- holds


def place_hold(
    access: Access,
    scope: str,
    reason: str,
    *,
    person: str = "",
    session: str = "",
    until: datetime | None = None,
) -> Hold:
    """Keep something, whatever the policy says. `person`, `session`: by key.

    Raises Forbidden, NotFound, Invalid by field, Conflict (`being_deleted`, `leaving`).
    """
    access.require("data.manage")
    alone()
    reason = " ".join(reason.split())
    fields: dict[str, str] = {}
    if scope not in HoldScope.values:
        fields["scope"] = _("Everything, a person or a session.")
    if not reason:
        fields["reason"] = _("Say why, for whoever looks at it next year.")
    elif len(reason) > REASON:
        fields["reason"] = _("At most %(most)d characters.") % {"most": REASON}
    if until is not None and until <= clock.now():
        fields["until"] = _("This day is over.")
    elif until is not None and until - clock.now() > timedelta(days=retention.LONGEST):
        fields["until"] = _("At most %(most)d days, or for good.") % {"most": retention.LONGEST}
    if fields:
        raise Invalid(fields=fields)
    if departures.departure() is not None:
        raise Conflict(
            _("The organization is to be deleted, with all that it has. Keep it first."), code="leaving"
        )
    who = _person(person) if scope == HoldScope.PERSON else None
    what = _session(session) if scope == HoldScope.SESSION else None
    made = Hold(
        scope=scope, person=who, session=what, reason=reason, until=until,
        placed_by_id=access.member, by_key_id=access.key,
    )  # fmt: skip
    _check_stands(made)
    made.save()
    changes.note(changes.DATA, _about(made), {}, {"hold": _told(made)}, access)
    tell()
    return made


def lift_hold(access: Access, hold_id: int) -> Hold:
    """What it kept may go again, once that was announced for a week. Twice is once.

    Raises Forbidden, NotFound.
    """
    access.require("data.manage")
    alone()
    found = Hold.objects.filter(pk=hold_id).first()
    if found is None:
        raise NotFound(_("There is no such hold."), code="hold_not_found")
    if found.lifted_at is None:
        found.lifted_at, found.lifted_by_id = clock.now(), access.member
        found.save(update_fields=["lifted_at", "lifted_by"])
        changes.note(changes.DATA, _about(found), {"hold": _told(found)}, {}, access)
        tell()
    return found


def _person(key: str) -> Person:
    found = Person.objects.filter(key=key, erased_at=None).first()
    if found is None:
        raise NotFound(_("There is no such person."), code="person_not_found")
    return people.became(found)


def _session(key: str) -> Session:
    found = Session.objects.filter(key=key).first()
    if found is None:
        raise NotFound(_("There is no such session."), code="session_not_found")
    return found


def _check_stands(hold: Hold) -> None:
    """Files that were begun with may be gone. What goes by rows alone is looked at again as it goes."""
    what = retention_queries.held_by([hold])
    begun = Announced.objects.filter(begun_at__isnull=False)
    if not what.everything:
        sessions = Session.objects.filter(what.sessions_held()).values("pk")
        recordings = Recording.objects.filter(what.sessions_held("session")).values("pk")
        begun = begun.filter(
            Q(kind=retention.SESSIONS, ref__in=sessions) | Q(kind=retention.RECORDINGS, ref__in=recordings)
        )
    if begun.exists():
        raise Conflict(
            _("Some of it is being deleted right now, and cannot be kept any more. Try again in a minute."),
            code="being_deleted",
        )


def _about(hold: Hold) -> str:
    if hold.person is not None:
        return hold.person.key
    return hold.session.key if hold.session is not None else ""


def _told(hold: Hold) -> dict[str, Any]:
    return {"scope": hold.scope, "until": hold.until.isoformat() if hold.until else None}


# -- news


def see_news(access: Access) -> None:
    """An admin has seen what is to be deleted. Raises Forbidden."""
    access.require("data.manage")
    AnnouncedFirst.objects.filter(seen_at=None).update(seen_at=clock.now(), seen_by_id=access.member)
    pubsub.publish("organization", id=access.organization)
