"""The live wall as data for its script, which groups, filters and draws it. Short, as there are thousands.

{"names": [...], "rows": [...], "cases": [...]}: a row is [key, title, start, end, learners, live, place,
region, subject, node], where titles and the last four are indexes into `names`; a case is [id, session's key,
severity, state, title, who, since, owner's initials, owner, mine]. Times are epoch seconds, all words
translated. The whole wall has `coming` too, a part of it `gone`: keys that were asked for and are not on it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from callboard.web import times, words
from callboard.web.reads.wall import Wall
from callboard.web.viewer import Viewer

GROUPINGS = ("provider", "region", "subject", "node", "start")
MOST_QUARTERS = 8

PROVIDERS = {"livekit": "LiveKit", "bigbluebutton": "BigBlueButton", "simulator": "Simulator"}


def whole(wall: Wall, viewer: Viewer) -> dict[str, Any]:
    return {**_told(wall, viewer), "coming": _coming(wall, viewer)}


def part(wall: Wall, asked: Collection[str], viewer: Viewer) -> dict[str, Any]:
    found = {cell.key for cell in wall.cells}
    return {**_told(wall, viewer), "gone": sorted(set(asked) - found)}


def _told(wall: Wall, viewer: Viewer) -> dict[str, Any]:
    names: dict[str, int] = {}
    rows = _rows(wall, names)
    return {"names": list(names), "rows": rows, "cases": _cases(wall, viewer)}


def _rows(wall: Wall, names: dict[str, int]) -> list[tuple[Any, ...]]:
    """A session each; a text is told once, in `names`, and elsewhere by its number."""
    no_region, no_subject, no_server = _("No region"), _("No subject"), _("No server")
    places: dict[tuple[str, str], str] = {}

    def number(text: str) -> int:
        return names.setdefault(text, len(names))

    rows = []
    for node, starts, _pk, key, title, ends, live, provider, subject, region, learners in wall.cells:
        place = places.get((provider, node)) or places.setdefault((provider, node), _place(provider, node))
        texts = (number(place), number(region or no_region), number(subject or no_subject))
        rows.append((key, number(title), starts, ends, learners, live, *texts, number(node or no_server)))
    return rows


def _place(provider: str, node: str) -> str:
    """The provider, with the part of its node's name that says where it is."""
    name = PROVIDERS.get(provider, provider.capitalize())
    zone = node.rsplit("-", 1)[0] if node.count("-") > 1 else node
    return f"{name} {zone}" if zone and not zone.startswith(provider) else name


def _cases(wall: Wall, viewer: Viewer) -> list[tuple[Any, ...]]:
    keys = {cell.pk: cell.key for cell in wall.cells}
    kinds: dict[str, str] = {}
    rows = []
    for pk, session, kind, severity, raised, cleared, owner_id, owner, person in wall.cases:
        mine = owner_id is not None and owner_id == viewer.member
        hollow = cleared or (owner_id is not None and not mine)
        rows.append(
            (
                pk,
                keys[session or 0],
                severity,
                "hollow" if hollow else "solid",
                kinds.get(kind) or kinds.setdefault(kind, words.kind(kind)),
                times.first(person or ""),
                raised,
                times.initials(owner) if owner else "",
                owner or "",
                1 if mine else 0,
            )
        )
    return rows


def _coming(wall: Wall, viewer: Viewer) -> list[dict[str, Any]]:
    """How many start when, by quarters of an hour."""
    return [
        {"at": times.hm(datetime.fromtimestamp(at, UTC), viewer.tz), "n": number}
        for at, number in wall.coming[:MOST_QUARTERS]
    ]
