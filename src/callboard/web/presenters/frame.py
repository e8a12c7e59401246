"""The frame round every page: navigation with its counts, the clock, who is signed in."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from callboard.people.models import Role
from callboard.web import times
from callboard.web.addresses import plain
from callboard.web.frames import Frame, Group, Item
from callboard.web.reads.counts import counts as counted
from callboard.web.viewer import Viewer


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
    queue = Item("queue", _("Queue"), "list-checks", plain("web:queue"), counts.open, counts.now)
    wall = Item("wall", _("Live wall"), "layout-grid", plain("web:wall"), counts.live)
    sessions = Item("sessions", _("Sessions"), "calendar-days", plain("web:sessions"))
    people = Item("people", _("People"), "users", plain("web:people"))
    promises = Item("promises", _("Promises"), "scale", plain("web:promises"))
    settings = Item("settings", _("Settings"), "settings", plain("web:settings"))
    queues = [
        Item(f"queue-{slug}", name, _QUEUE_ICONS.get(slug, "radio"), f"{queue.href}?queue={slug}", waiting)
        for slug, name, waiting in counts.queues
    ]
    views = [
        Item("mine", _("Mine"), "user", f"{queue.href}?view=mine", counts.mine),
        Item("mentions", _("Mentions"), "message-square", plain("web:mentions"), counts.mentions or None),
        Item("incidents", _("Incidents"), "layers", plain("web:incidents"), counts.incidents or None),
        Item("snoozed", _("Snoozed"), "alarm-clock", f"{queue.href}?view=snoozed", counts.snoozed),
        Item("starting", _("Starting soon"), "clock", f"{sessions.href}?when=soon", counts.starting),
    ]
    views.append(Item("hand-over", _("Hand over"), "log-out", plain("web:hand_over")))
    touches = Item("touches", _("Touches"), "fingerprint-pattern", plain("web:touches"))
    groups = [Group("", [queue, wall, sessions, promises, touches, people, settings])]
    if len(queues) > 1:
        groups.append(Group(_("Queues"), queues))
    groups.append(Group(_("Views"), views))
    saved = [
        Item(f"filter-{pk}", name, "search", f"{queue.href}?{urlencode(query)}")
        for pk, name, query in counts.filters
    ]
    if saved:
        groups.append(Group(_("Filters"), saved))
    return groups, [queue, wall, sessions, people]


_QUEUE_ICONS = {"live": "radio", "live-floor": "radio", "floor": "radio", "recordings": "circle-dot",
                "cover": "replace", "rooms": "video-off", "notes": "notebook"}  # fmt: skip


def _own(viewer: Viewer) -> tuple[list[Group], list[Item]]:
    home = plain("web:family") if viewer.role == Role.GUARDIAN else plain("web:today")
    items = [
        Item("today", _("Today"), "sun", home),
        Item("lessons", _("Lessons"), "calendar-days", plain("web:lessons")),
        Item("you", _("You"), "user", plain("web:you")),
    ]
    return [Group("", items)], items
