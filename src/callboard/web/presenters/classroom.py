"""What the classroom's page is told: who is who, where to ask, and every word that its script may say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.live.ingest import passes
from callboard.sessions import queries
from callboard.sessions.operations import links
from callboard.web import times
from callboard.web.presenters.door import zone_of
from callboard.web.templatetags.callboard import sprite

INGEST = "/api/v1/events"


def view(door: links.Door, token: str, now: datetime) -> dict[str, Any]:
    """Plain values, handed to the page's script as JSON. Needs the organization's scope and a session."""
    session = door.session
    assert session is not None
    zone = zone_of(door)
    tz = times.zone(zone)
    instructor = queries.instructor(session)
    return {
        "title": session.title,
        "organization": door.organization.name,
        "who": instructor.person.name if instructor else "",
        "span": times.span(session.starts_at, session.ends_at, tz),
        "city": times.city(zone),
        "zone": zone,
        "now": times.iso(now),
        "starts_at": times.iso(session.starts_at),
        "ends_at": times.iso(session.ends_at),
        "session": session.key,
        "me": door.person.key,
        "name": door.person.name,
        "instructor": instructor.person.key if instructor else "",
        "role": door.role,
        "mark": passes.mark(door.person.key),
        "icons": sprite(),
        "paths": {
            "enter": reverse("web:door_enter", args=[token]),
            "door": reverse("web:door", args=[token]),
            "reports": INGEST,
        },
        "words": words(),
    }


def words() -> dict[str, str]:
    """By the names that the script asks for; %(…)s is filled in there."""
    return {
        # on the way in and out
        "entering": _("Opening the door…"),
        "waiting": _("Waiting for the room…"),
        "reconnecting": _("Your connection broke off. Reconnecting…"),
        "reconnected": _("You are back."),
        "moving": _("Moving you to another room…"),
        "moved": _("You are in another room now. Everyone is coming along."),
        "offline": _("Your device is not connected to the internet. You come back in as soon as it is."),
        "left": _("You have left."),
        "left_text": _("You can come back as long as the session runs."),
        "removed": _("You were taken out of this room."),
        "elsewhere": _("You are in this session on another device."),
        "elsewhere_text": _("Only one can be in at a time."),
        "ended": _("The session has ended."),
        "back": _("Come back in"),
        "here": _("Go on here"),
        "to_door": _("Back to the door"),
        # people and tiles
        "you": _("You"),
        "instructor": _("teaches"),
        "alone": _("Nobody else is here yet."),
        "screen_of": _("%(name)s's screen"),
        "your_screen": _("You are sharing your screen."),
        "muted": _("muted"),
        "hand_up": _("hand up"),
        "weak": _("weak connection"),
        "speaking": _("speaking"),
        "larger": _("Show %(name)s large"),
        "smaller": _("Show everyone alike"),
        "joined": _("%(name)s is here."),
        "gone": _("%(name)s left."),
        "raised": _("%(name)s raised a hand."),
        "people": _("%(n)s here"),
        # buttons
        "mute": _("Mute"),
        "unmute": _("Unmute"),
        "camera_on": _("Start camera"),
        "camera_off": _("Stop camera"),
        "share": _("Share screen"),
        "unshare": _("Stop sharing"),
        "hand": _("Raise hand"),
        "hand_down": _("Lower hand"),
        "chat": _("Chat"),
        "chat_new": _("Chat, %(n)s new"),
        "more": _("More"),
        "leave": _("Leave"),
        "sound": _("Turn the sound on"),
        "sound_text": _("Your browser holds the sound back until you say so."),
        "dismiss": _("Close"),
        # chat
        "write": _("Write to everyone"),
        "send": _("Send"),
        "no_chat": _("Nothing has been written."),
        "not_sent": _("Not sent. Try again."),
        "from_school": _("From the school"),
        # devices
        "devices": _("Devices"),
        "microphone": _("Microphone"),
        "camera": _("Camera"),
        "speaker": _("Speaker"),
        "mic_failed": _(
            "Your microphone did not start. Allow it in your browser, or close what else uses it"
        ),
        "camera_failed": _(
            "Your camera did not start. Allow it in your browser, or close what else uses it."
        ),
        "share_failed": _("Your screen could not be shared."),
        "unheard": _("Your microphone sends no sound. Is it the right one?"),
        # the connection
        "good": _("Connected"),
        "weak_own": _("Weak connection"),
        "off": _("Not connected"),
        "lower": _("Your connection is weak. The picture is coarser so that the sound stays."),
        "audio_only": _(
            "Your connection is very weak. Pictures are off so that you can still hear each other."
        ),
        "restored": _("Your connection is better. Pictures are back."),
        "pictures": _("Try pictures again"),
        "left_min": _("%(n)s min left"),
        "over_min": _("%(n)s min over"),
        "begins_in": _("begins in %(n)s min"),
    }
