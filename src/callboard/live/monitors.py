"""The kinds of live case, as `cases` shows them: title, urgency, how one can end, and the rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.functional import lazy as lazily
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.cases.registry import CaseKind, register_kind
from callboard.live.engine.kinds import KINDS
from callboard.live.engine.thresholds import DEFAULT, Rules, with_overrides
from callboard.live.models import LivePolicy

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


def rule_text(kind: str) -> str:
    """The rule now in force for a kind, with its figures and version. Needs an organization's scope.

    "Instructor in by +2 min, version 14"; without a version where the organization has changed nothing.
    """
    if kind not in RULES:
        return ""
    policy = LivePolicy.objects.order_by("-version").first()
    text = str(RULES[kind]) % _Figures(_in_force(policy))
    if policy is None:
        return text
    return _("%(rule)s, version %(version)d") % {"rule": text, "version": policy.version}


def _in_force(policy: LivePolicy | None) -> Rules:
    if policy is None:
        return DEFAULT
    try:
        return with_overrides(policy.values, str(policy.version))
    except ValueError:
        return DEFAULT


class _Figures(dict[str, Any]):
    """The thresholds in words: 2 min, 90 s, 20%."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self._rules = rules

    def __getitem__(self, name: str) -> str:
        value = getattr(self._rules, name)
        if name in _SHARES:
            return f"{value:.0%}"
        if name in _PLAIN:
            return f"{value:g}"
        return span(value)


def span(us: int) -> str:
    """A length as rules state it."""
    whole = us // 1_000_000
    if whole >= 120 and whole % 60 == 0:
        return _("%(n)d min") % {"n": whole // 60}
    return _("%(n)d s") % {"n": whole}
