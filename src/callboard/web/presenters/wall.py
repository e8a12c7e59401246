"""The live wall as data for its script, which groups, filters and draws it. Short, as there are thousands.

{"names": [...], "rows": [...], "cases": [...]}: a row is [key, title, start, end, learners, live, place,
region, subject, node], where titles and the last four are indexes into `names`; a case is [id, session's key,
severity, state, title, who, since, owner's initials, owner, mine]. Times are epoch seconds, all words
translated. The whole wall has `coming` too, a part of it `gone`: keys that were asked for and are not on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from callboard.sessions.models import SessionStatus
from callboard.web import times, words
from callboard.web.reads.wall import Wall, Wrong
from callboard.web.viewer import Viewer

GROUPINGS = ("provider", "region", "subject", "node", "start")
QUARTER_MIN = 15

PROVIDERS = {"livekit": "LiveKit", "bigbluebutton": "BigBlueButton", "simulator": "Simulator"}


class _Names:
    """Each text once, told by its number."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self.known.setdefault(text, len(self.known))


def whole(wall: Wall, coming: list[tuple[datetime, int]], viewer: Viewer) -> dict[str, Any]:
    return {**_told(wall, viewer), "coming": _coming(coming, viewer)}


def part(wall: Wall, asked: Collection[str], viewer: Viewer) -> dict[str, Any]:
    found = {cell.key for cell in wall.cells}
    return {**_told(wall, viewer), "gone": sorted(set(asked) - found)}


def _told(wall: Wall, viewer: Viewer) -> dict[str, Any]:
    names, learners = _Names(), wall.learners
    places: dict[tuple[str, str], int] = {}
    rows: list[list[Any]] = []
    for cell in wall.cells:
        spot = (cell.provider, cell.node or "")
        if spot not in places:
            places[spot] = names(_place(*spot))
        rows.append(
            [
                cell.key,
                names(cell.title),
                int(cell.starts_at.timestamp()),
                int(cell.ends_at.timestamp()),
                learners.get(cell.pk, 0),
                1 if cell.status == SessionStatus.LIVE else 0,
                places[spot],
                names(cell.region or _("No region")),
                names(cell.subject or _("No subject")),
                names(cell.node or _("No server")),
            ]
        )
    cases = [_case(case, viewer) for case in wall.cases]
    return {"names": list(names.known), "rows": rows, "cases": cases}


def _place(provider: str, node: str) -> str:
    """The provider, with the part of its node's name that says where it is."""
    name = PROVIDERS.get(provider, provider.capitalize())
    zone = node.rsplit("-", 1)[0] if node.count("-") > 1 else node
    return f"{name} {zone}" if zone and not zone.startswith(provider) else name


def _case(case: Wrong, viewer: Viewer) -> list[Any]:
    mine = case.owner_id is not None and case.owner_id == viewer.member
    owner = (case.owner or case.owner_email or "") if case.owner_id is not None else ""
    hollow = case.cleared_at is not None or (case.owner_id is not None and not mine)
    return [
        case.pk,
        case.session,
        case.severity,
        "hollow" if hollow else "solid",
        words.kind(case.kind),
        times.first(case.person or ""),
        int(case.raised_at.timestamp()),
        times.initials(owner) if owner else "",
        owner,
        1 if mine else 0,
    ]


def _coming(coming: list[tuple[datetime, int]], viewer: Viewer) -> list[dict[str, Any]]:
    """How many start when, by quarters of an hour."""
    quarters: dict[datetime, int] = defaultdict(int)
    for at, number in coming:
        quarters[at - timedelta(minutes=at.minute % QUARTER_MIN)] += number
    return [{"at": times.hm(at, viewer.tz), "n": number} for at, number in sorted(quarters.items())[:8]]
