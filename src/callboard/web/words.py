"""The words of the screens for what the domains name by codes, and the icon beside each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from callboard.cases import registry

Text = str | Promise


@dataclass(frozen=True)
class Named:
    text: Text
    icon: str


KINDS: dict[str, Text] = {
    "room_not_ready": _("Room not ready"),
    "instructor_missing": _("Instructor not in"),
    "learner_missing": _("Learner not in"),
    "dropped": _("Dropped, not back"),
    "room_empty": _("Everyone has left"),
    "ended_early": _("Ended early"),
    "overrun": _("Still running"),
    "recording_not_started": _("Not being recorded"),
    "recording_stalled": _("Recording stopped"),
    "recording_missing": _("No recording file"),
    "recording_bad": _("Recording too short"),
    "bad_connection": _("Bad connection"),
    "inaudible": _("Instructor can’t be heard"),
    "stranger": _("Stranger in the room"),
    "provider_quiet": _("Provider not heard from"),
    "unstable": _("Keeps dropping out"),
    "consent_missing": _("No answer about consent"),
    "still_recorded": _("Recorded without consent"),
    "brief_not_delivered": _("Brief not delivered"),
    "note_not_drafted": _("Notes not drafted"),
    "note_not_reviewed": _("Notes not reviewed"),
    "note_not_sent": _("Notes not sent"),
}

PROMISES: dict[str, Text] = {
    "room_ready": _("Room ready"),
    "brief_delivered": _("Brief delivered"),
    "instructor_in": _("Instructor in"),
    "learner_in": _("Learner in"),
    "recording_running": _("Recording runs"),
    "lasted": _("Full length"),
    "file_arrived": _("File arrived"),
    "note_drafted": _("Notes drafted"),
    "note_reviewed": _("Notes reviewed"),
    "note_sent": _("Notes sent"),
    "consent_answered": _("Consent answered"),
}

WAIVED: dict[str, Text] = {
    "consent": _("since not everyone in it agrees"),
    "absent": _("since they will not come"),
}
"""For what a promise was waived."""

ACTIONS: dict[str, Named] = {
    "ask_consent": Named(_("Ask for consent again"), "mail"),
    "claim": Named(_("Claim"), "user-check"),
    "release": Named(_("Give back"), "rotate-ccw"),
    "snooze": Named(_("Snooze"), "alarm-clock"),
    "resolve": Named(_("Resolve"), "check"),
    "assign": Named(_("Hand over"), "user-plus"),
    "note": Named(_("Note"), "pencil"),
    "move": Named(_("Send to another queue"), "arrow-right"),
    "end_session": Named(_("End session"), "square"),
    "mark_absent": Named(_("Mark absent"), "user-x"),
    "restart_recording": Named(_("Restart recording"), "circle-dot"),
    "make_room": Named(_("Make a new room"), "refresh-cw"),
    "call": Named(_("Call"), "phone"),
    "reach_by_mail": Named(_("Mailed them their link"), "send"),
    "reach_on_page": Named(_("Told them on their open page"), "bell"),
    "reach_by_phone": Named(_("To be called: their number is beside their name"), "phone"),
    "ask_for_cover": Named(_("Cover is needed"), "replace"),
    "advise": Named(_("Gave advice in the room"), "message-square"),
    "hold": Named(_("Put back at the door"), "log-out"),
}

EVENTS: dict[str, Text] = {
    "session.planned": _("Planned"),
    "session.cancelled": _("Cancelled"),
    "room.ready": _("Room ready"),
    "room.started": _("Room opened"),
    "room.ended": _("Room closed"),
    "room.lost": _("Room lost"),
    "participant.joined": _("%(who)s in"),
    "participant.left": _("%(who)s left"),
    "recording.started": _("Recorder %(recorder)s started"),
    "recording.progress": _("Recorder %(recorder)s at %(seconds)s"),
    "recording.stopped": _("Recorder %(recorder)s stopped"),
    "recording.failed": _("Recorder %(recorder)s failed"),
    "recording.file": _("Recording’s file, %(seconds)s"),
    "track.published": _("%(who)s opened the %(source)s"),
    "track.unpublished": _("%(who)s closed the %(source)s"),
    "track.muted": _("%(who)s muted the %(source)s"),
    "track.unmuted": _("%(who)s unmuted the %(source)s"),
    "connection.report": _("Connection of %(who)s: %(figures)s"),
    "speech": _("%(who)s spoke"),
    "engagement": _("%(who)s used the %(source)s"),
    "check.asked": _("A check was asked"),
    "check.answered": _("%(who)s answered a check"),
    "provider.polled": _("Provider answered a poll"),
}

SOURCES: dict[str, Text] = {
    "microphone": _("microphone"),
    "camera": _("camera"),
    "screen": _("screen"),
}

ENTRIES: dict[str, Text] = {
    "raised": _("Raised"),
    "claimed": _("Claimed"),
    "released": _("Given back"),
    "returned": _("Back in the queue, its deadline passed"),
    "snoozed": _("Snoozed"),
    "woken": _("Woke up"),
    "woke": _("Woke up"),
    "resolved": _("Resolved"),
    "reopened": _("Opened again"),
    "recurred": _("Happened again"),
    "assigned": _("Handed over"),
    "noted": _("Noted"),
    "note": _("Noted"),
    "acted": _("Done"),
    "action": _("Done"),
    "cleared": _("Cleared by itself"),
    "withdrawn": _("Withdrawn"),
    "undone": _("Undone"),
    "escalated": _("Nobody took it in time"),
    "overdue": _("Not claimed in time"),
    "moved": _("Sent to another queue"),
    "gathered": _("Joined an incident"),
    "let_go": _("Let go by its incident: a case of its own"),
    "left_incident": _("No longer part of an incident"),
    "read": _("Looked at"),
}


DEED_STATES: dict[str, Text] = {
    "asked": _("asked"),
    "confirmed": _("confirmed"),
    "failed": _("failed"),
}


CARE: dict[str, Text] = {
    "replace_lost_rooms": _("When a server is down, move its sessions to another"),
    "reach_instructor": _("When the instructor is missing, mail them their link and tell their open page"),
    "tell_bad_audio": _("When somebody’s sound is bad, tell them in the room what to do"),
    "hold_strangers": _("Put strangers back at the door, where the provider lets them wait there"),
}
"""What the system does by itself in rooms."""


def care(code: str) -> str:
    return str(CARE.get(code, code))


def deed_state(code: str) -> str:
    return str(DEED_STATES.get(code, code))


def kind(code: str) -> str:
    return str(KINDS[code] if code in KINDS else registry.kind(code).title)


def promise(code: str) -> str:
    return str(PROMISES[code]) if code in PROMISES else _plain(code)


def action(code: str) -> Named:
    """The words of our own for an action, else those that it was registered with."""
    named = ACTIONS.get(code)
    if named is not None:
        return named
    registered = registry.action(code)
    return Named(registered.label, registered.icon) if registered else Named(_plain(code), "arrow-right")


def outcome(code: str) -> str:
    return str(registry.OUTCOMES[code]) if code in registry.OUTCOMES else _plain(code)


def entry(code: str) -> str:
    return str(ENTRIES[code]) if code in ENTRIES else _plain(code)


def _plain(code: str) -> str:
    """A code that has no words of its own yet: its letters, readable."""
    return capfirst(code.replace("_", " ").replace(".", ", "))
