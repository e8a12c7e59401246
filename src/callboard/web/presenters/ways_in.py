"""How a person gets into their sessions: the links that lead there, and the devices that they confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.sessions.models import Participant, ParticipantRole, Session, SessionStatus
from callboard.sessions.operations import devices, links
from callboard.web import times
from callboard.web.viewer import Viewer

MOST = 3
COMING = (SessionStatus.SCHEDULED, SessionStatus.READY, SessionStatus.LIVE)


@dataclass(frozen=True)
class Link:
    title: str
    next: str
    url: str
    send: str
    replace: str


@dataclass(frozen=True)
class Part:
    """Somebody in a session, and their link to it."""

    name: str
    role: str
    href: str
    url: str
    send: str


@dataclass(frozen=True)
class Ways:
    """`devices` as (which, since when); `revoke` lets none of them in any more, "" where that may not be."""

    links: list[Link]
    devices: list[tuple[str, str]]
    revoke: str


def view(person: int, coming: list[Session], viewer: Viewer, now: datetime) -> Ways:
    """`coming`: their sessions to come, the next first. A series has one link, and so one line."""
    lines: dict[tuple[int | None, int], Session] = {}
    for session in coming:
        lines.setdefault((session.series_id, 0 if session.series_id else session.pk), session)
    return Ways(
        [
            Link(
                session.title,
                times.when(session.starts_at, viewer.tz, now),
                links.link_for(person, session.key),
                reverse("web:send_link", args=[person, session.key]),
                reverse("web:replace_link", args=[person, session.key]),
            )
            for session in list(lines.values())[:MOST]
        ],
        [
            (each.label or _("Browser"), times.when(each.confirmed_at, viewer.tz, now))
            for each in devices.of_person(person)
        ],
        reverse("web:revoke_devices", args=[person]) if viewer.access.may("people.manage") else "",
    )


def into(session: Session) -> list[Part]:
    """Of all who are in it, the instructor first; none where it is over or called off."""
    if session.status not in COMING:
        return []
    rows = list(Participant.objects.filter(session=session, active=True).select_related("person"))
    urls = links.links_of(session, [each.person_id for each in rows])
    return [
        Part(
            each.person.name,
            str(each.get_role_display()),
            reverse("web:person", args=[each.person_id]),
            urls[each.person_id],
            reverse("web:send_link", args=[each.person_id, session.key]),
        )
        for each in sorted(rows, key=lambda row: (row.role != ParticipantRole.INSTRUCTOR, row.person.name))
    ]
