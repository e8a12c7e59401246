"""A case's history as it is drawn: who did what, and what became of what was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from callboard.cases.models import CaseEntry
from callboard.web import times, words
from callboard.web.viewer import Viewer


@dataclass(frozen=True)
class Line:
    """A line of the history: `what` in bold, the rest as said. `wrong`: what was asked for failed."""

    at: str
    what: str
    said: str
    quote: str
    wrong: bool = False


def lines(entries: Iterable[CaseEntry], viewer: Viewer) -> list[Line]:
    """Oldest first, as they come."""
    return [_line(entry, viewer) for entry in entries]


def _line(entry: CaseEntry, viewer: Viewer) -> Line:
    data: dict[str, Any] = entry.data if isinstance(entry.data, dict) else {}
    acted = entry.action and entry.kind in ("acted", "action")
    what = str(words.action(entry.action).text) if acted else words.entry(entry.kind)
    said = ""
    if entry.actor is not None:
        said = _("by %(name)s") % {"name": entry.actor.user.name or entry.actor.user.email}
    elif acted:
        said = _("by itself")
    parts = [said, *_details(entry, data, viewer.tz)]
    if entry.undone_at is not None:
        parts.append(_("undone %(at)s") % {"at": times.hms(entry.undone_at, viewer.tz)})
    return Line(
        times.hms(entry.at, viewer.tz),
        what,
        " · ".join(part for part in parts if part),
        entry.text,
        data.get("state") == "failed",
    )


def _details(entry: CaseEntry, data: dict[str, Any], tz: ZoneInfo) -> list[str]:
    """What there is to say of a line beside who and what."""
    found = []
    if data.get("outcome"):
        found.append(words.outcome(str(data["outcome"])))
    if data.get("override"):
        found.append(_("although not in the queue"))
    if entry.kind in ("moved", "escalated") and data.get("to") != data.get("from"):
        found.append(_("from %(one)s to %(other)s") % {"one": data.get("from"), "other": data.get("to")})
    if data.get("state"):
        found.append(outcome(data, tz))
    return found


def outcome(data: dict[str, Any], tz: ZoneInfo) -> str:
    """What became of an action that was asked for, in a sentence."""
    asked = _moment(data.get("asked_at"), tz)
    if data["state"] == "confirmed":
        return " ".join(
            part
            for part in (_("Confirmed %(at)s.") % {"at": _moment(data.get("confirmed_at"), tz)}, _said(data))
            if part
        )
    if data["state"] == "failed":
        return str(data.get("words") or _("It did not come about."))
    if data.get("usual_s"):
        return _("Asked %(at)s. Not yet confirmed, usually %(n)s s.") % {"at": asked, "n": data["usual_s"]}
    return _("Asked %(at)s. Not yet confirmed.") % {"at": asked}


def _said(data: dict[str, Any]) -> str:
    return str(data.get("said") or "")


def _moment(text: Any, tz: ZoneInfo) -> str:
    try:
        return times.hms(datetime.fromisoformat(str(text)), tz)
    except ValueError:
        return ""
