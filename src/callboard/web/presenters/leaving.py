"""Files of everything, and the organization's deletion, as an admin sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.people.leaving_models import Departure, DepartureStatus, Takeout, TakeoutStatus
from callboard.people.operations import takeouts as operations
from callboard.web import times
from callboard.web.viewer import Viewer


@dataclass(frozen=True)
class File:
    """`percent`: how far it is while it is made, else -1."""

    said: str
    href: str
    percent: int


@dataclass(frozen=True)
class Leaving:
    """That the organization is to be deleted. `may_keep`: it is not too late."""

    said: str
    may_keep: bool


def takeouts(found: Iterable[Takeout], viewer: Viewer, now: datetime) -> list[File]:
    return [_file(each, viewer, now) for each in found]


def _file(takeout: Takeout, viewer: Viewer, now: datetime) -> File:
    at = times.when(takeout.asked_at, viewer.tz, now)
    if takeout.status == TakeoutStatus.ASKED:
        percent = 100 * takeout.done // takeout.total if takeout.total else 0
        return File(_("Asked for %(at)s, being made: %(n)d%%") % {"at": at, "n": percent}, "", percent)
    if takeout.status == TakeoutStatus.FAILED:
        return File(_("Asked for %(at)s, could not be made. Ask again.") % {"at": at}, "", -1)
    ready = takeout.status == TakeoutStatus.READY and takeout.until is not None and takeout.until > now
    if not ready or takeout.until is None:
        return File(_("Asked for %(at)s, deleted since.") % {"at": at}, "", -1)
    said = _("As of %(at)s, %(size)s, kept until %(until)s") % {
        "at": at,
        "size": filesizeformat(takeout.size),
        "until": times.when(takeout.until, viewer.tz, now),
    }
    return File(said, reverse("web:takeout", args=[operations.token_of(takeout)]), -1)


def departure(found: Departure | None, viewer: Viewer, now: datetime) -> Leaving | None:
    if found is None:
        return None
    who = (found.asked_by and (found.asked_by.user.name or found.asked_by.user.email)) or _("Somebody")
    if found.status == DepartureStatus.RUNNING:
        return Leaving(_("Everything is being deleted right now."), False)
    said = _("%(who)s asked for it. From %(at)s on everything is deleted, for good.") % {
        "who": who,
        "at": f"{times.day(found.due_at, viewer.tz)}, {times.hm(found.due_at, viewer.tz)}",
    }
    return Leaving(said, True)
