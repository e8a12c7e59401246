"""What the door of a session says to whoever stands before it, in their own time and in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.lib import clock
from callboard.sessions import queries
from callboard.sessions.models import ParticipantRole, Session
from callboard.sessions.operations import links
from callboard.web import times
from callboard.web.knocking import Caller

BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)

WAITS = frozenset({"early", "not_ready"})
"""States that pass by themselves: the page asks again."""


@dataclass(frozen=True)
class DoorView:
    """`heading` and `lines` say what is; `count_to` is the moment that is waited for, as ISO 8601."""

    state: str
    organization: str
    title: str
    heading: str
    when: str
    who: str
    lines: list[str]
    count_to: str
    now: str
    zone: str
    first: str
    name: str
    known: bool
    other: str
    staff_href: str
    lets_in: bool
    waits: bool
    here: str
    paths: dict[str, str]
    words: dict[str, str]


def shown_state(caller: Caller) -> str:
    return caller.door.state


def zone_of(door: links.Door) -> str:
    """In which zone the door tells times: the person's, else the organization's."""
    return door.person.zone or door.organization.zone


def view(caller: Caller, token: str, now: datetime) -> DoorView:
    """Needs the organization's scope."""
    door, session = caller.door, caller.door.session
    zone = zone_of(door)
    tz = times.zone(zone)
    here = reverse("web:door", args=[token])
    sign_in = f"{reverse('account_login')}?{urlencode({'next': here})}"
    names = ("door_code", "door_confirm", "door_state", "door_enter", "room")
    return DoorView(
        state=door.state,
        organization=door.organization.name,
        title=session.title if session else door.organization.name,
        heading=_heading(door),
        when=_when(session, tz) if session else "",
        who=_who(session, door) if session else "",
        lines=[
            line for line in (_moved(door, tz, now), *_lines(door, tz, now), _following(door, tz)) if line
        ],
        count_to=times.iso(door.opens_at) if door.state == "early" else "",
        now=times.iso(now),
        zone=times.city(zone),
        first=times.first(door.person.name),
        name=door.person.name,
        known=caller.known,
        other=caller.other,
        staff_href=reverse("web:session", args=[session.key]) if session and caller.staff else "",
        lets_in=door.lets_in,
        waits=door.state in WAITS,
        here=here,
        paths={name: reverse(f"web:{name}", args=[token]) for name in names} | {"sign_in": sign_in},
        words=check_words(),
    )


def refusal(caller: Caller, state: str = "") -> dict[str, Any]:
    """Why nobody is let in now, for a classroom that asked. `wait`: asking again may help."""
    door, now = caller.door, clock.now()
    tz = times.zone(zone_of(door))
    state = state or door.state
    text = " ".join(_lines(door, tz, now)) if state == door.state else _not_ready()
    heading = _heading(door) if state == door.state else ""
    return {"state": state, "title": heading or text, "text": text, "wait": state in WAITS}


def wrong_code(left: int) -> str:
    if not left:
        return _("This code is not good any more. Ask for another.")
    return ngettext(
        "That is not the code. You can try %(n)d more time.",
        "That is not the code. You can try %(n)d more times.",
        left,
    ) % {"n": left}


def too_many(seconds: int) -> str:
    return _("A code was sent just now. You can ask for another in %(age)s.") % {
        "age": times.age(timedelta(seconds=seconds))
    }


def who_are_you() -> str:
    return _("This device is not confirmed any more.")


def device(agent: str) -> str:
    """What a person would call their browser, from what it says of itself: "Chrome, Android"."""
    browser = next((name for mark, name in BROWSERS if mark in agent), _("Browser"))
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser}, {system}" if system else browser


def _heading(door: links.Door) -> str:
    title = {"title": door.session.title if door.session else ""}
    if door.state == "replaced":
        if door.role == ParticipantRole.INSTRUCTOR:
            return _("Someone else teaches %(title)s now.") % title
        return _("You are not on the list of %(title)s any more.") % title
    headings = {
        "over": _("%(title)s is over."),
        "cancelled": _("%(title)s is cancelled."),
        "replaced_link": _("This link was replaced."),
        "nothing": _("Nothing is booked for you here."),
    }
    return headings.get(door.state, "%(title)s") % title


def _lines(door: links.Door, tz: ZoneInfo, now: datetime) -> list[str]:
    whose = {"organization": door.organization.name}
    session = door.session
    if door.state == "replaced_link":
        return [_("A newer one was sent to you. Open the latest, or ask %(organization)s for it.") % whose]
    if session is None:
        return [_("If you expected a session, ask %(organization)s.") % whose]
    if door.state == "replaced":
        return [_("You need not come. If that surprises you, ask %(organization)s.") % whose]
    if door.state == "cancelled":
        return [_("You need not do anything.")]
    if door.state == "over":
        ended = session.ended_at or session.ends_at
        return [_("It ended at %(at)s.") % {"at": times.when(ended, tz, now)}]
    if door.state == "early":
        opens = times.when(door.opens_at or session.starts_at, tz, now)
        return [_("The door opens at %(at)s. Leave this page open: it goes on by itself.") % {"at": opens}]
    if door.state == "not_ready":
        return [_not_ready()]
    until = session.starts_at - now
    if until >= timedelta(minutes=1):
        return [_("It begins in %(age)s. Come in when you like.") % {"age": times.age(until)}]
    if door.state == "late":
        return [_("It began %(age)s ago. Come straight in.") % {"age": times.age(-until)}]
    return [_("It begins now.")]


def _not_ready() -> str:
    return _("The room is not ready yet. Leave this page open: it goes on by itself.")


def _moved(door: links.Door, tz: ZoneInfo, now: datetime) -> str:
    session = door.session
    if session is None or session.moved_from is None or door.state not in {"early", "open"}:
        return ""
    if now >= session.starts_at:
        return ""
    return _("It was moved: planned for %(former)s, it is now on %(day)s at %(at)s.") % {
        "former": f"{times.long_day(session.moved_from, tz)}, {times.hm(session.moved_from, tz)}",
        "day": times.long_day(session.starts_at, tz),
        "at": times.hm(session.starts_at, tz),
    }


def _following(door: links.Door, tz: ZoneInfo) -> str:
    if door.following is None:
        return ""
    return _("The next one is on %(day)s at %(at)s. This link leads there too.") % {
        "day": times.long_day(door.following.starts_at, tz),
        "at": times.hm(door.following.starts_at, tz),
    }


def _when(session: Session, tz: ZoneInfo) -> str:
    return f"{times.long_day(session.starts_at, tz)}, {times.span(session.starts_at, session.ends_at, tz)}"


def _who(session: Session, door: links.Door) -> str:
    """Learners are told who teaches; whoever teaches, whom."""
    rows = queries.participants(session)
    if door.role == ParticipantRole.INSTRUCTOR:
        names = [times.first(each.person.name) for each in rows if each.role != ParticipantRole.INSTRUCTOR]
    else:
        names = [each.person.name for each in rows if each.role == ParticipantRole.INSTRUCTOR]
    return _("with %(names)s") % {"names": times.names(names)} if names else ""


def check_words() -> dict[str, str]:
    """What the check of the devices says."""
    return {
        "asking": _("Waiting for your permission. Your browser asks at the top of the page."),
        "unchecked": _("Not checked yet."),
        "camera_works": _("It works."),
        "camera_dark": _("The picture is black. Is the lens covered?"),
        "denied": _("Blocked. Allow it in your browser: the sign beside the address, then reload this page."),
        "missing_camera": _("None found. You can come in without; others will not see you."),
        "missing_microphone": _("None found. Plug one in, or come in and use the chat."),
        "busy": _("Another program uses it. Close that, then try again."),
        "insecure": _(
            "Your browser allows this over a secure connection only. Ask the school for the right link."
        ),
        "failed": _("It did not start. Try again, or come in without."),
        "say": _("Say something: the bar should move."),
        "heard": _("We hear you."),
        "silent": _("Nothing heard yet. Is it muted, or the wrong one?"),
        "try_sound": _("Play a sound to try it."),
        "played": _("Did you hear it? If not, turn the volume up or choose another speaker."),
        "network_asking": _("Measuring…"),
        "network_good": _("Good: %(ms)d ms, %(mbit)s Mbit/s"),
        "network_slow": _(
            "Slow: %(ms)d ms, %(mbit)s Mbit/s. Go nearer to the router, or close other programs."
        ),
        "network_server": _("The rooms cannot be reached from here. A firewall may be in the way."),
        "network_off": _("Not reached. Check that you are connected."),
        "no_webrtc": _("This browser cannot make calls. Use a current Chrome, Firefox, Edge or Safari."),
        "retry": _("Try again"),
        "without": _("Come in without a check"),
        "opens_now": _("The door is open."),
    }
