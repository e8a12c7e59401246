"""A person's logins, as shown: which browser, roughly where, when last."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from callboard.people.operations.logins import Login
from callboard.web import times
from callboard.web.viewer import Viewer

# In this order: each calls itself by the names of those after it too.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
    ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class LoginRow:
    pk: int
    browser: str
    place: str
    since: str
    seen: str
    current: bool


def logins(rows: Iterable[Login], viewer: Viewer, now: datetime) -> list[LoginRow]:
    return [
        LoginRow(
            pk=each.pk,
            browser=browser(each.agent),
            place=place(each.address),
            since=times.when(each.since, viewer.tz, now),
            seen=times.when(each.seen_at, viewer.tz, now),
            current=each.current,
        )
        for each in rows
    ]


def browser(agent: str) -> str:
    """`Firefox on Linux`: what a person calls it."""
    name = next((said for mark, said in BROWSERS if mark in agent), "")
    system = next((said for mark, said in SYSTEMS if mark in agent), "")
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or _("An unknown program")


def place(address: str) -> str:
    """The network, not the very line: enough to know one's home from elsewhere."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.is_loopback:
        return _("this machine")
    length = 24 if known.version == 4 else 48
    return str(ipaddress.ip_network((known, length), strict=False))
