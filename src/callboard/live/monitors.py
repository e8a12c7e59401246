"""The kinds of live case, as `cases` shows them: title, urgency, how one can end, and the rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.functional import lazy as lazily
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.cases.registry import CaseKind, register_kind
from callboard.live import policy as rules
from callboard.live import rulebook
from callboard.live.engine.kinds import KINDS
from callboard.live.engine.thresholds import DEFAULT, Rules, with_overrides

Shown = tuple[str | Promise, str, tuple[str, ...]]

_CAME = ("fixed", "no_action", "absent", "rebooked", "false_alarm", "other")
_ENDED = ("no_action", "rebooked", "fixed", "false_alarm", "other")
_RECORDED = ("fixed", "no_action", "lost", "false_alarm", "other")
_HELPED = ("fixed", "no_action", "false_alarm", "lost", "other")

SHOWN: Mapping[str, Shown] = {
    "room_not_ready": (lazy("Room not ready"), "door-closed", _HELPED),
    "instructor_missing": (lazy("Instructor not in"), "user-x", _CAME),
    "learner_missing": (lazy("Learner not in"), "user-minus", _CAME),
    "dropped": (lazy("Dropped, not back"), "unplug", _CAME),
    "room_empty": (lazy("Everyone has left"), "users", _ENDED),
    "ended_early": (lazy("Ended early"), "square", _ENDED),
    "overrun": (lazy("Still running"), "timer", _HELPED),
    "recording_not_started": (lazy("Not being recorded"), "circle-dot", _RECORDED),
    "recording_stalled": (lazy("Recording stopped"), "circle-pause", _RECORDED),
    "recording_missing": (lazy("No recording file"), "file-x", _RECORDED),
    "recording_bad": (lazy("Recording too short or silent"), "file-warning", _RECORDED),
    "bad_connection": (lazy("Bad connection"), "wifi-off", _HELPED),
    "inaudible": (lazy("Instructor can’t be heard"), "mic-off", _HELPED),  # noqa: RUF001
    "stranger": (lazy("Stranger in the room"), "shield-alert", _HELPED),
    "provider_quiet": (lazy("Provider not heard from"), "radio-tower", _HELPED),
    "room_lost": (lazy("Room lost"), "server-off", _HELPED),
    "unstable": (lazy("Keeps dropping out"), "activity", _HELPED),
}

RULES: Mapping[str, str | Promise] = {
    "room_not_ready": lazy("Room ready %(room_ready_before)s before the start"),
    "instructor_missing": lazy("Instructor in by +%(instructor_after)s"),
    "learner_missing": lazy("Learner in by +%(learner_after)s"),
    "dropped": lazy("Back within %(dropped_after)s of leaving"),
    "room_empty": lazy("Nobody in for %(empty_after)s"),
    "ended_early": lazy("Ended with over %(ended_early_share)s of the plan missing"),
    "overrun": lazy("People in %(overrun_after)s after the planned end"),
    "recording_not_started": lazy("A recorder runs within %(recording_after_live)s of going live"),
    "recording_stalled": lazy("Recorder gone for %(recorder_gone)s, or no progress for %(recorder_stuck)s"),
    "recording_missing": lazy("The file arrives within %(file_after)s of the end"),
    "recording_bad": lazy("The file has sound and at least %(file_share)s of what was recorded"),
    "bad_connection": lazy(
        "For %(bad_for)s: loss over %(loss)s, round trip over %(rtt_ms)s ms, or jitter over %(jitter_ms)s ms"
    ),
    "inaudible": lazy("Live for %(inaudible_after)s without a sound from an open microphone, or without one"),
    "stranger": lazy("Only those on the roster are in the room"),
    "provider_quiet": lazy("Something is heard of a provider every %(quiet_after)s"),
    "room_lost": lazy("The server that holds the room is there"),
    "unstable": lazy("%(unstable_times)s times within %(unstable_within)s"),
}
EXPLAINED: Mapping[str, str | Promise] = {
    "room_not_ready": lazy(
        "Raised when there is no ready room %(room_ready_before)s before the start, or "
        "%(room_ready_late_plan)s after a later booking. Clears when it is ready."
    ),
    "instructor_missing": lazy(
        "Raised when the instructor is not in %(instructor_after)s after the start. Clears when they come."
    ),
    "learner_missing": lazy(
        "Raised when a learner is not in %(learner_after)s after the start. Clears when they come."
    ),
    "dropped": lazy(
        "Raised when someone who was in is not back %(dropped_after)s after leaving, while others are there "
        "and over %(time_left)s are left. Clears when they are back."
    ),
    "room_empty": lazy(
        "Raised when everyone has been out for %(empty_after)s and over %(time_left)s are left. Clears when "
        "someone is back."
    ),
    "ended_early": lazy(
        "Raised when a session ends with over %(ended_early_share)s of its planned length missing. One that "
        "is empty for %(ended_after_empty)s has ended."
    ),
    "overrun": lazy(
        "Raised when people are still in %(overrun_after)s after the planned end. Clears when they leave."
    ),
    "recording_not_started": lazy(
        "Raised when a session that is to be recorded has been live for %(recording_after_live)s and no "
        "recorder has run. Clears when one runs."
    ),
    "recording_stalled": lazy(
        "Raised when, in a live session, a recorder has been gone for %(recorder_gone)s or shows no progress "
        "for %(recorder_stuck)s, and none other runs. Clears when one makes progress."
    ),
    "recording_missing": lazy(
        "Raised when a session was recorded and no file has come %(file_after)s after its end. Clears when "
        "it comes."
    ),
    "recording_bad": lazy(
        "Raised when the file is silent, or shorter than %(file_share)s of what was recorded. Never clears "
        "by itself."
    ),
    "bad_connection": lazy(
        "Raised when for %(bad_for)s someone loses over %(loss)s, or answers take over %(rtt_ms)s ms, or "
        "they jitter by over %(jitter_ms)s ms. Clears after %(good_for)s at half of each."
    ),
    "inaudible": lazy(
        "Raised when a session has been live for %(inaudible_after)s and the instructor has no microphone, "
        "or an open one whose level stays under %(audible_level)s. Clears when they are heard, or muted."
    ),
    "stranger": lazy("Raised when someone who is not on the roster is in the room. Clears when they leave."),
    "provider_quiet": lazy(
        "Raised when nothing has come from a provider with live sessions for %(quiet_after)s. Clears when "
        "anything comes."
    ),
    "room_lost": lazy(
        "Raised when the server that holds the room is gone. Clears when there is a room again, or anyone "
        "joins."
    ),
    "unstable": lazy(
        "Raised in place of the case when the same happens to the same person or session %(unstable_times)s "
        "times within %(unstable_within)s. Clears after as long in peace."
    ),
    rules.INCIDENT: lazy(
        "Cases of one kind in %(incident_sessions)s sessions within %(incident_within)s, on one node, with "
        "one instructor, in one region or of one provider, are one incident."
    ),
}
"""Each rule as the settings say it."""

THRESHOLDS: Mapping[str, str | Promise] = {
    "room_ready_before_s": lazy("Ready before the start by"),
    "room_ready_late_plan_s": lazy("After a late booking, ready within"),
    "instructor_after_s": lazy("Not in after"),
    "learner_after_s": lazy("Not in after"),
    "dropped_after_s": lazy("Not back after"),
    "time_left_s": lazy("Only with more left than"),
    "empty_after_s": lazy("Empty for"),
    "ended_after_empty_s": lazy("Over when empty for"),
    "ended_early_share": lazy("Missing more than"),
    "overrun_after_s": lazy("Still in after"),
    "recording_after_live_s": lazy("Live without a recorder for"),
    "recorder_gone_s": lazy("Recorder gone for"),
    "recorder_stuck_s": lazy("No progress for"),
    "file_after_s": lazy("No file after"),
    "file_share": lazy("Shorter than"),
    "bad_for_s": lazy("Bad for"),
    "good_for_s": lazy("Good again after"),
    "loss": lazy("Loss over"),
    "rtt_ms": lazy("Round trip over"),
    "jitter_ms": lazy("Jitter over"),
    "inaudible_after_s": lazy("Not heard for"),
    "audible_level": lazy("Heard from a level of"),
    "quiet_after_s": lazy("Nothing heard for"),
    "unstable_times": lazy("How often"),
    "unstable_within_s": lazy("Within"),
    "incident_sessions": lazy("Sessions"),
    "incident_within_s": lazy("Within"),
}

_SHARES = frozenset({"ended_early_share", "file_share", "loss"})
_PLAIN = frozenset({"rtt_ms", "jitter_ms", "unstable_times", "audible_level", "incident_sessions"})


def register_kinds() -> None:
    """Called when Django is ready."""
    for name, (title, icon, outcomes) in SHOWN.items():
        register_kind(CaseKind(name, title, KINDS[name].severity, icon, outcomes, _usual(name)))


def _by_default(kind: str) -> str:
    return str(RULES[kind]) % _Figures(DEFAULT)


_usual = lazily(_by_default, str)
"""The rule with the usual figures, in the reader's language."""


def rule_text(kind: str, made: str | None = None, subject: str = "", session: str = "") -> str:
    """The rule of a kind, with its figures and version. Needs an organization's scope.

    Of the rules that a case was raised by (`made`: their name, empty for the usual ones), else of those now
    in force for a subject or a session. "Instructor in by +2 min, version 14"; without a version where nobody
    has changed anything.
    """
    if kind not in RULES:
        return ""
    if made is None:
        found = rulebook.in_force(subject, session)
    else:
        known = rules.versions_in(made)
        found = rulebook.InForce() if known is None else rulebook.named(known[1])
    return _told(kind, found, _Figures(found.rules()))


def rule_texts(kinds: Iterable[str], found: rulebook.InForce) -> dict[str, str]:
    """The rules of several kinds, of what is in force."""
    figures = _Figures(found.rules())
    return {kind: _told(kind, found, figures) for kind in kinds if kind in RULES}


def _told(kind: str, found: rulebook.InForce, figures: _Figures) -> str:
    text = str(RULES[kind]) % figures
    if not found.policies:
        return text
    return _("%(rule)s, version %(version)d") % {"rule": text, "version": max(found.versions)}


def explained(kind: str, values: Mapping[str, Any]) -> str:
    """When a rule raises a case, and what clears it, in sentences with the figures of merged values."""
    return said(EXPLAINED[kind], values)


def said(text: str | Promise, values: Mapping[str, Any]) -> str:
    """A sentence with the figures of merged values."""
    try:
        figures = _Figures(with_overrides(values, ""))
    except ValueError:
        figures = _Figures(DEFAULT)
    return str(text) % figures


class _Figures(dict[str, Any]):
    """The thresholds in words: 2 min, 90 s, 20%."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self._rules = rules

    def __getitem__(self, name: str) -> str:
        value = getattr(self._rules, name)
        if name in _SHARES:
            return f"{value:.1%}".replace(".0%", "%")
        if name in _PLAIN:
            return f"{value:g}"
        return span(value)


def span(us: int) -> str:
    """A length as rules state it."""
    whole = us // 1_000_000
    if whole >= 120 and whole % 60 == 0:
        return _("%(n)d min") % {"n": whole // 60}
    return _("%(n)d s") % {"n": whole}
