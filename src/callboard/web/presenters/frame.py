"""The frame round every page: navigation with its counts, the clock, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.cases.queries import filters
from callboard.people.models import Role
from callboard.web import times
from callboard.web.presenters.looking import link_of
from callboard.web.reads.counts import counts as counted
from callboard.web.viewer import Viewer


@dataclass(frozen=True)
class Item:
    key: str
    text: str
    icon: str
    href: str
    count: int | None = None
    now: int = 0


@dataclass(frozen=True)
class Group:
    title: str
    items: list[Item]


@dataclass(frozen=True)
class Frame:
    """`here` names the current item; `tabs` are what a phone shows at its foot; `several`: there are other
    organizations to change to.
    """

    organization: str
    name: str
    initials: str
    role: str
    clock: str
    city: str
    zone: str
    now: str
    shortcuts: bool
    here: str
    groups: list[Group]
    tabs: list[Item]
    staff: bool
    admin: bool = False
    several: bool = False


def frame(viewer: Viewer, now: datetime, here: str) -> Frame:
    groups, tabs = _staff(viewer, now) if viewer.is_staff else _own(viewer)
    zone_name = viewer.tz.key
    return Frame(
        organization=viewer.access.organization_name,
        name=viewer.name,
        initials=times.initials(viewer.name),
        role=viewer.role_name,
        clock=times.hms(now, viewer.tz),
        city=times.city(zone_name),
        zone=zone_name,
        now=times.iso(now),
        shortcuts=viewer.access.shortcuts,
        here=here,
        groups=groups,
        tabs=tabs,
        staff=viewer.is_staff,
        admin=viewer.is_admin,
        several=viewer.access.several,
    )


def _staff(viewer: Viewer, now: datetime) -> tuple[list[Group], list[Item]]:
    counts = counted(now, viewer.member)
    queue = Item("queue", _("Queue"), "list-checks", reverse("web:queue"), counts.open, counts.now)
    wall = Item("wall", _("Live wall"), "layout-grid", reverse("web:wall"), counts.live)
    sessions = Item("sessions", _("Sessions"), "calendar-days", reverse("web:sessions"))
    people = Item("people", _("People"), "users", reverse("web:people"))
    promises = Item("promises", _("Promises"), "scale", reverse("web:promises"))
    settings = Item("settings", _("Settings"), "settings", reverse("web:settings"))
    queues = [
        Item(f"queue-{slug}", name, _QUEUE_ICONS.get(slug, "radio"), f"{queue.href}?queue={slug}", waiting)
        for slug, name, waiting in counts.queues
    ]
    views = [
        Item("mine", _("Mine"), "user", f"{queue.href}?view=mine", counts.mine),
        Item("mentions", _("Mentions"), "message-square", reverse("web:mentions"), counts.mentions or None),
        Item("incidents", _("Incidents"), "layers", reverse("web:incidents"), counts.incidents or None),
        Item("snoozed", _("Snoozed"), "alarm-clock", f"{queue.href}?view=snoozed", counts.snoozed),
        Item("starting", _("Starting soon"), "clock", f"{sessions.href}?when=soon", counts.starting),
    ]
    views.append(Item("hand-over", _("Hand over"), "log-out", reverse("web:hand_over")))
    touches = Item("touches", _("Touches"), "fingerprint-pattern", reverse("web:touches"))
    groups = [Group("", [queue, wall, sessions, promises, touches, people, settings])]
    if len(queues) > 1:
        groups.append(Group(_("Queues"), queues))
    groups.append(Group(_("Views"), views))
    saved = [
        Item(f"filter-{kept.pk}", kept.name, "search", link_of(kept))
        for kept in filters(viewer.access).select_related(None)[:20]
    ]
    if saved:
        groups.append(Group(_("Filters"), saved))
    return groups, [queue, wall, sessions, people]


_QUEUE_ICONS = {"live": "radio", "live-floor": "radio", "floor": "radio", "recordings": "circle-dot",
                "cover": "replace", "rooms": "video-off", "notes": "notebook"}  # fmt: skip


def _own(viewer: Viewer) -> tuple[list[Group], list[Item]]:
    home = reverse("web:family") if viewer.role == Role.GUARDIAN else reverse("web:today")
    items = [
        Item("today", _("Today"), "sun", home),
        Item("lessons", _("Lessons"), "calendar-days", reverse("web:lessons")),
        Item("you", _("You"), "user", reverse("web:you")),
    ]
    return [Group("", items)], items
