"""The live wall as data for its script and its table: groups of cells, the worst of each in words."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.cases.models import Case
from callboard.sessions.models import SessionStatus
from callboard.web import times, words
from callboard.web.presenters import queue, why
from callboard.web.reads.wall import Cell, Wall
from callboard.web.viewer import Viewer

GROUPINGS = ("provider", "region", "subject", "start")
WORST = 6
QUARTER_MIN = 15
RANK = {"now": 0, "soon": 1, "watch": 2}
STATE_RANK = {"solid": 0, "hollow": 1, "grey": 2}

PROVIDERS = {"livekit": "LiveKit", "bigbluebutton": "BigBlueButton", "simulator": "Simulator"}


def cells(wall: Wall, viewer: Viewer, now: datetime, by: str) -> dict[str, Any]:
    """{"groups": [...], "sums": [...], "coming": [...]}, all words translated, times as epoch seconds."""
    worst: dict[int, list[Case]] = defaultdict(list)
    for case in wall.cases:
        if case.session_id is not None:
            worst[case.session_id].append(case)
    for found in worst.values():
        found.sort(key=lambda case: _rank(case, viewer))
    groups: dict[str, list[Cell]] = defaultdict(list)
    for cell in wall.cells:
        groups[_group_key(cell, by, viewer)].append(cell)
    order = sorted(groups, key=lambda key: _group_order(groups[key], worst, viewer, by, key))
    live = [cell for cell in wall.cells if cell.status == SessionStatus.LIVE]
    wrong = {cell.pk for cell in live if worst.get(cell.pk)}
    return {
        "groups": [_group(key, groups[key], wall, worst, viewer, now, by) for key in order],
        "live": len(live),
        "fine": len(live) - len(wrong),
        "now": sum(1 for case in wall.cases if case.severity == "now" and _free(case)),
        "soon": sum(1 for case in wall.cases if case.severity == "soon" and _free(case)),
        "watch": sum(1 for case in wall.cases if case.severity == "watch" and _free(case)),
        "hand": sum(1 for case in wall.cases if not _free(case)),
        "coming": _coming(wall, viewer),
    }


def _coming(wall: Wall, viewer: Viewer) -> list[dict[str, Any]]:
    """How many start when, by quarters of an hour."""
    quarters: dict[datetime, int] = defaultdict(int)
    for at, number in wall.coming:
        quarters[at - timedelta(minutes=at.minute % QUARTER_MIN)] += number
    return [{"at": times.hm(at, viewer.tz), "n": number} for at, number in sorted(quarters.items())[:8]]


def _free(case: Case) -> bool:
    return case.owner_id is None and case.cleared_at is None


def _rank(case: Case, viewer: Viewer) -> tuple[int, int, datetime]:
    state = queue.state_of(case, mine=case.owner_id == viewer.member)
    return STATE_RANK[state], RANK.get(case.severity, 3), case.raised_at


def _group_key(cell: Cell, by: str, viewer: Viewer) -> str:
    if by == "region":
        return cell.region or _("No region")
    if by == "subject":
        return cell.subject or _("No subject")
    if by == "start":
        return times.hm(cell.starts_at, viewer.tz)
    name = PROVIDERS.get(cell.provider, cell.provider.capitalize())
    node = cell.node or ""
    zone = node.rsplit("-", 1)[0] if node.count("-") > 1 else node
    return f"{name} {zone}" if zone and not zone.startswith(cell.provider) else name


def _group_order(
    found: list[Cell], worst: dict[int, list[Case]], viewer: Viewer, by: str, key: str
) -> tuple[str, str] | tuple[int, str]:
    """Groups keep their place: by start in order of time, else the largest first, then by name."""
    if by == "start":
        return (found[0].starts_at.isoformat(), key)
    return (key, key)


def _group(
    key: str,
    found: list[Cell],
    wall: Wall,
    worst: dict[int, list[Case]],
    viewer: Viewer,
    now: datetime,
    by: str,
) -> dict[str, Any]:
    cases = sorted(
        (case for cell in found for case in worst.get(cell.pk, [])), key=lambda case: _rank(case, viewer)
    )
    fine = sum(1 for cell in found if cell.status == SessionStatus.LIVE and not worst.get(cell.pk))
    place = found[0].region if by == "provider" else ""
    return {
        "key": key,
        "title": key,
        "place": place or "",
        "fine": ngettext("%(n)d as promised", "%(n)d as promised", fine) % {"n": fine},
        "count": len(found),
        "cells": [_cell(cell, wall, worst, viewer) for cell in found],
        "worst": [_worst(case, viewer, now) for case in cases[:WORST]],
        "more": max(0, len(cases) - WORST),
    }


def _cell(cell: Cell, wall: Wall, worst: dict[int, list[Case]], viewer: Viewer) -> list[Any]:
    """[key, title, start, end, learners, live, severity, state, what]: short, as there are many."""
    case = worst[cell.pk][0] if cell.pk in worst else None
    return [
        cell.key,
        f"{cell.title} {times.span(cell.starts_at, cell.ends_at, viewer.tz)}",
        int(cell.starts_at.timestamp()),
        int(cell.ends_at.timestamp()),
        wall.learners.get(cell.pk, 0),
        1 if cell.status == SessionStatus.LIVE else 0,
        case.severity if case else "",
        queue.state_of(case, mine=case.owner_id == viewer.member) if case else "",
        words.kind(case.kind) if case else "",
    ]


def _worst(case: Case, viewer: Viewer, now: datetime) -> dict[str, Any]:
    who = times.first(why.subject(case, [])) if case.person is not None else ""
    session = case.session.title if case.session else case.provider
    owner = queue.owner_of(case, viewer)
    return {
        "id": case.pk,
        "severity": case.severity,
        "state": queue.state_of(case, mine=case.owner_id == viewer.member),
        "title": words.kind(case.kind),
        "about": ", ".join(part for part in (who, session) if part),
        "since": times.iso(case.raised_at),
        "age": times.age(now - case.raised_at),
        "owner": owner.initials if owner else "",
        "owner_name": owner.name if owner else "",
        "me": bool(owner and owner.me),
        "href": reverse("web:case", args=[case.pk]),
    }
