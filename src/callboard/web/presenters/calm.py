"""What an empty queue says: that all is well, and what there is to know nevertheless."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.web import times, words
from callboard.web.reads import calm as reads
from callboard.web.viewer import Viewer


@dataclass(frozen=True)
class Cleared:
    at: str
    severity: str
    title: str
    session: str
    length: str


@dataclass(frozen=True)
class Calm:
    lead: str
    facts: list[tuple[str, str]]
    cleared: list[Cleared]
    begun: bool


def calm(viewer: Viewer, now: datetime) -> Calm:
    quiet = reads.quiet(now)
    if quiet.live:
        lead = ngettext(
            "%(n)d session is running as promised.", "%(n)d sessions are running as promised.", quiet.live
        ) % {"n": quiet.live}
    else:
        lead = _("No session is live.")
    if quiet.cleared:
        lead += " " + ngettext(
            "%(n)d thing went wrong in the last hour, and cleared by itself.",
            "%(n)d things went wrong in the last hour, and all cleared by themselves.",
            len(quiet.cleared),
        ) % {"n": len(quiet.cleared)}
    facts: list[tuple[str, str]] = []
    if quiet.next_at is not None:
        facts.append(
            (
                _("Next starts"),
                ngettext("%(at)s, %(n)d session", "%(at)s, %(n)d sessions", quiet.next_count)
                % {"at": times.when(quiet.next_at, viewer.tz, now), "n": quiet.next_count},
            )
        )
    if quiet.last is not None and quiet.last.over_at is not None:
        facts.append(
            (
                _("Last case"),
                f"{times.when(quiet.last.over_at, viewer.tz, now)}, {words.kind(quiet.last.kind)}, "
                f"{str(quiet.last.get_status_display()).lower()}",
            )
        )
    facts.append((_("Snoozed"), str(quiet.snoozed) if quiet.snoozed else _("None")))
    if quiet.heard_at is not None:
        facts.append((_("Last heard"), _("%(age)s ago") % {"age": times.age(now - quiet.heard_at)}))
    rows = [
        Cleared(
            times.hm(case.over_at, viewer.tz) if case.over_at else "",
            case.severity,
            words.kind(case.kind),
            case.session.title if case.session else "",
            times.age((case.over_at or now) - case.raised_at),
        )
        for case in quiet.cleared[:9]
    ]
    return Calm(lead, facts, rows, quiet.begun)
