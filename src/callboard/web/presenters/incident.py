"""An incident as it is drawn: one strip in the queue; its cases, its place and its timeline on its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from callboard.cases import queries
from callboard.cases.models import Case, CaseEntry, Incident
from callboard.web import times, words
from callboard.web.presenters import queue
from callboard.web.reads.incident import Whole
from callboard.web.reads.queue import order
from callboard.web.strips import LATEST, Due, Next, Owner, Strip
from callboard.web.viewer import Viewer

PLACES = {
    "node": gettext_lazy("Node"),
    "instructor": gettext_lazy("Instructor"),
    "region": gettext_lazy("Region"),
    "provider": gettext_lazy("Provider"),
}


@dataclass(frozen=True)
class Member:
    """One of its cases. `apart`: let go as a case of its own."""

    id: int
    href: str
    severity: str
    state: str
    session: str
    who: str
    status: str
    owner: str
    at: str
    apart: bool
    over: bool


@dataclass(frozen=True)
class Line:
    at: str
    what: str
    said: str


@dataclass(frozen=True)
class Act:
    """A button for all of them. `count`: how many of the cases offer it."""

    name: str
    text: str
    icon: str
    key: str
    count: int
    href: str


@dataclass(frozen=True)
class IncidentView:
    id: int
    key: str
    title: str
    severity: str
    state: str
    place: str
    place_kind: str
    summary: str
    age: str
    since: str
    open: bool
    over: bool
    mine: bool
    owner: Owner | None
    owned_since: str
    due: Due | None
    standing: int
    total: int
    members: list[Member]
    lines: list[Line]
    acts: list[Act]
    outcomes: list[tuple[str, str]]
    colleagues: list[tuple[int, str]]
    href: str


@dataclass(frozen=True)
class Row:
    """An incident in the list of them."""

    href: str
    title: str
    place: str
    at: str
    length: str
    standing: int
    total: int
    owner: str
    over: bool


def rows(incidents: Sequence[Any], viewer: Viewer, now: datetime) -> list[Row]:
    """`incidents` as `reads.incident.listed` gives them."""
    found = []
    for each in incidents:
        kind, name = place_of(each)
        owner = queue.named(each.owner, viewer)
        found.append(
            Row(
                reverse("web:incident", args=[each.pk]),
                words.kind(each.kind),
                f"{kind} {name}",
                times.when(each.raised_at, viewer.tz, now),
                times.age((each.closed_at or now) - each.raised_at),
                each.standing,
                each.total,
                owner.name if owner else "",
                each.standing == 0,
            )
        )
    return found


def place_of(incident: Incident, names: dict[str, str] | None = None) -> tuple[str, str]:
    """What its cases share: ("Node", "eu-2"). An instructor's name stands for their id."""
    return shared(incident.key, names)


def shared(key: str, names: dict[str, str] | None = None) -> tuple[str, str]:
    """The same of an incident's key."""
    kind, _colon, name = key.partition(":")
    return str(PLACES.get(kind, kind)), (names or {}).get(name, name)


def strip(incident: Incident, held: Sequence[Case], viewer: Viewer, now: datetime, link: str) -> Strip:
    mine = incident.owner_id == viewer.member
    group = "nobody" if incident.owner_id is None else "yours" if mine else "others"
    severity = queries.worst(case.severity for case in held) or "watch"
    kind, name = place_of(incident)
    classes = ["strip", "is-incident", f"tone-{severity}", *(["is-others"] if group == "others" else [])]
    joiner = "&" if "?" in link else "?"
    titles = sorted({case.session.title for case in held if case.session is not None})
    more = ngettext("and %(n)s more", "and %(n)s more", len(titles) - 3) % {"n": len(titles) - 3}
    free = [case for case in held if case.owner_id is None]
    return Strip(
        key=f"i{incident.pk}",
        id=incident.pk,
        severity=severity,
        state="solid" if group != "others" else "hollow",
        title=_("%(title)s in %(n)s sessions")
        % {"title": words.kind(incident.kind), "n": len({case.session_id for case in held})},
        age=times.age(now - incident.raised_at),
        since=times.iso(incident.raised_at),
        session=", ".join(titles[:3]) + (f" {more}" if len(titles) > 3 else ""),
        marks=(),
        who=name,
        where=kind,
        next=None if not free else Next(_("Claim all"), "users"),
        owner=queue.named(incident.owner, viewer),
        due=due(held, now),
        group=group,
        classes=" ".join(classes),
        href=f"{link}{joiner}case=i{incident.pk}",
        page=reverse("web:incident", args=[incident.pk]),
        pane=reverse("web:incident_pane", args=[incident.pk]),
        version=int(incident.changed_at.timestamp()),
        incident=True,
        order=min((order(case) for case in held), default=(LATEST, 3, LATEST)),
    )


def due(held: Sequence[Case], now: datetime) -> Due | None:
    """The next deadline of any of its cases."""
    standing = [case for case in held if case.over_at is None]
    first = min(standing, key=order, default=None)
    return queue.due(first, now) if first is not None else None


def view(whole: Whole, viewer: Viewer, now: datetime) -> IncidentView:
    incident = whole.incident
    standing = [case for case in whole.cases if case.over_at is None and case.apart_at is None]
    mine = incident.owner_id == viewer.member
    over = not standing
    kind, name = place_of(incident, whole.names)
    severity = queries.worst(case.severity for case in (standing or whole.cases)) or "watch"
    return IncidentView(
        id=incident.pk,
        key=incident.key,
        title=words.kind(incident.kind),
        severity=severity,
        state="grey" if over else "solid" if incident.owner_id is None or mine else "hollow",
        place=name,
        place_kind=kind,
        summary=_summary(whole, standing, kind, name),
        age=times.exact((incident.closed_at or now) - incident.raised_at),
        since="" if over else times.iso(incident.raised_at),
        open=incident.owner_id is None and not over,
        over=over,
        mine=mine,
        owner=queue.named(incident.owner, viewer),
        owned_since=times.hms(incident.claimed_at, viewer.tz) if incident.claimed_at else "",
        due=due(standing, now),
        standing=len(standing),
        total=len(whole.cases),
        members=[_member(case, whole, viewer) for case in whole.cases],
        lines=_lines(whole.entries, viewer),
        acts=_acts(incident, standing, viewer),
        outcomes=[(each, words.outcome(each)) for each in whole.outcomes],
        colleagues=[(pk, each) for pk, each in whole.colleagues if pk != incident.owner_id],
        href=reverse("web:incident", args=[incident.pk]),
    )


def _summary(whole: Whole, standing: Sequence[Case], kind: str, name: str) -> str:
    sessions = len({case.session_id for case in whole.cases})
    said = _("%(n)s sessions share it: %(kind)s %(name)s.") % {"n": sessions, "kind": kind, "name": name}
    if not standing:
        return said + " " + _("None of their cases stands under it any more.")
    return (
        said
        + " "
        + ngettext("%(n)s case still stands.", "%(n)s cases still stand.", len(standing))
        % {"n": len(standing)}
    )


def _member(case: Case, whole: Whole, viewer: Viewer) -> Member:
    session = case.session
    seats = whole.seats.get(case.session_id or 0, [])
    who, _where = queue.concerned(case, seats, viewer, case.raised_at)
    return Member(
        id=case.pk,
        href=reverse("web:case", args=[case.pk]),
        severity=case.severity,
        state=queue.state_of(case, mine=case.owner_id == viewer.member),
        session=session.title if session else case.provider,
        who=who,
        status=_("On its own since %(at)s") % {"at": times.hm(case.apart_at, viewer.tz)}
        if case.apart_at is not None and case.over_at is None
        else str(case.get_status_display()),
        owner=(owner.name if (owner := queue.owner_of(case, viewer)) else ""),
        at=times.hms(case.raised_at, viewer.tz),
        apart=case.apart_at is not None,
        over=case.over_at is not None,
    )


def _lines(entries: Sequence[CaseEntry], viewer: Viewer) -> list[Line]:
    """What happened to its cases, what was done or seen in one go as one line."""
    groups: dict[tuple[str, str, str, int | None], list[CaseEntry]] = {}
    for entry in entries:
        moment = entry.batch or entry.at.replace(second=0, microsecond=0).isoformat()
        groups.setdefault((moment, entry.kind, entry.action, entry.actor_id), []).append(entry)
    found = []
    for (_moment, kind, action, _actor), lines in groups.items():
        first = lines[0]
        what = str(words.action(action).text) if action and kind == "acted" else words.entry(kind)
        said = ngettext("%(n)s case", "%(n)s cases", len(lines)) % {"n": len(lines)}
        states = Counter(str(line.data.get("state")) for line in lines if line.data.get("state"))
        if states:
            said += ": " + ", ".join(f"{words.deed_state(state)} {n}" for state, n in states.items())
        if first.actor is not None:
            said += " " + _("by %(name)s") % {"name": first.actor.user.name or first.actor.user.email}
        found.append(Line(times.hms(first.at, viewer.tz), what, said))
    return found


def _acts(incident: Incident, standing: Sequence[Case], viewer: Viewer) -> list[Act]:
    """What at least one of its cases offers and needs nothing said, most offered first."""
    offered: Counter[str] = Counter()
    for case in standing:
        offered.update(name for name in queue.plain_actions(case, viewer))
    return [
        Act(
            name,
            str(words.action(name).text),
            words.action(name).icon,
            str(number),
            count,
            reverse("web:incident_act", args=[incident.pk, name]),
        )
        for number, (name, count) in enumerate(offered.most_common(9), start=1)
    ]
