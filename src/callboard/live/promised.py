"""The kinds of promise that live evidence keeps or breaks. Their moments are those of live.engine.promises.

`minutes` stand until the engine has read the plan: from then on it says when each is due, by the rules in
force for that session.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from callboard.expectations.registry import Kind, register
from callboard.live import monitors

KINDS = (
    Kind("room_ready", _("Room ready"), "session", "start", -15),
    Kind("instructor_in", _("Instructor in"), "instructor", "start", 2),
    Kind("learner_in", _("Learner in"), "learner", "start", 10),
    Kind("recording_running", _("Recording running"), "recording", "start", 1),
    Kind("lasted", _("Lasted as planned"), "session", "end", 0),
    Kind("file_arrived", _("Recording arrived"), "recording", "end", 30),
)


class Judged(NamedTuple):
    """By which `threshold` a promise is late or broken, and the `rule` that raises a case by it."""

    rule: str
    threshold: str
    label: str | Promise
    text: str | Promise


JUDGED: Mapping[str, Judged] = {
    "room_ready": Judged(
        "room_not_ready",
        "room_ready_before_s",
        _("Ready before the start by"),
        _("The room is ready %(room_ready_before)s before the start."),
    ),
    "instructor_in": Judged(
        "instructor_missing",
        "instructor_after_s",
        _("Late after"),
        _("The instructor is in %(instructor_after)s after the start at the latest."),
    ),
    "learner_in": Judged(
        "learner_missing",
        "learner_after_s",
        _("Late after"),
        _("Each learner is in %(learner_after)s after the start at the latest."),
    ),
    "recording_running": Judged(
        "recording_not_started",
        "recording_after_live_s",
        _("Late after"),
        _("What is to be recorded is recorded %(recording_after_live)s after it went live at the latest."),
    ),
    "lasted": Judged(
        "ended_early",
        "ended_early_share",
        _("Broken when more is missing than"),
        _("A session lasts as planned: at most %(ended_early_share)s of its length is missing."),
    ),
    "file_arrived": Judged(
        "recording_missing",
        "file_after_s",
        _("Late after"),
        _("The recording’s file is there %(file_after)s after the end at the latest."),  # noqa: RUF001
    ),
}
"""How late is too late: what is promised and what raises a case go by the same figure."""


def register_kinds() -> None:
    """Called when Django is ready."""
    for kind in KINDS:
        register(kind)


def explained(kind: str, values: Mapping[str, Any]) -> str:
    """What is promised, in a sentence with the figures of merged values of the live rules."""
    return monitors.said(JUDGED[kind].text, values)
