"""Which of the registered actions a case offers, best first."""

from __future__ import annotations

from callboard.cases.models import Case

BY_KIND: dict[str, tuple[str, ...]] = {
    "instructor_missing": ("mark_absent", "end_session"),
    "learner_missing": ("mark_absent",),
    "dropped": ("mark_absent",),
    "room_empty": ("end_session",),
    "overrun": ("end_session",),
    "stranger": ("end_session",),
    "recording_not_started": ("restart_recording",),
    "recording_stalled": ("restart_recording",),
    "inaudible": ("end_session",),
}


def names(case: Case) -> list[str]:
    return list(BY_KIND.get(case.kind, ()))


def outcomes(case: Case) -> list[str]:
    return ["fixed", "no_action", "lost", "false_alarm"]
