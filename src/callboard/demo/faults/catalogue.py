"""Every fault of a single session, by the kind of case that it leads to."""

from __future__ import annotations

from typing import Final

from callboard.demo.faults import arrivals, leaving, recorders, signals
from callboard.demo.faults.fault import Stager

STAGERS: Final[dict[str, tuple[Stager, ...]]] = {
    # What changes a whole session comes first: later ones find their place in what is left.
    "instructor_missing": (arrivals.instructor_late,),
    "learner_missing": (arrivals.learner_late,),
    "room_not_ready": (arrivals.no_room,),
    "ended_early": (leaving.ends_early,),
    "overrun": (leaving.runs_over,),
    "recording_not_started": (recorders.never_starts,),
    "unstable": (leaving.keeps_dropping, signals.keeps_breaking),
    "recording_stalled": (recorders.stalls,),
    "room_empty": (leaving.all_gone,),
    "dropped": (leaving.dropped,),
    "inaudible": (signals.dead_microphone, signals.no_microphone),
    "bad_connection": (signals.bad_connection,),
    "stranger": (leaving.stranger,),
    "room_lost": (arrivals.room_lost,),
    "recording_missing": (recorders.file_lost,),
    "recording_bad": (recorders.file_bad,),
}
"""`provider_quiet` is no single session's: see `places`."""
