"""The kinds of promise that live evidence keeps or breaks. Their moments are those of live.engine.promises.

`minutes` stand until the engine has read the plan: from then on it says when each is due, by the rules in
force for that session.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from callboard.expectations.registry import Kind, register

KINDS = (
    Kind("room_ready", _("Room ready"), "session", "start", -15),
    Kind("instructor_in", _("Instructor in"), "instructor", "start", 2),
    Kind("learner_in", _("Learner in"), "learner", "start", 10),
    Kind("recording_running", _("Recording running"), "recording", "start", 1),
    Kind("lasted", _("Lasted as planned"), "session", "end", 0),
    Kind("file_arrived", _("Recording arrived"), "recording", "end", 30),
)


def register_kinds() -> None:
    """Called when Django is ready."""
    for kind in KINDS:
        register(kind)
