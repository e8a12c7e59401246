"""Why a case was raised, as a sentence.

A case holds a key and parameters; whoever shows it puts names for ids and local times for stamps, in the
reader's language. Here is the English of it, with ids and UTC, for terminals and for programs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from callboard.live.engine.moments import SECOND, stamp

SENTENCES: Final = {
    "room_not_ready": "There is no ready room; it was due at {due}.",
    "instructor_missing": "{participant} was due in at {due} at the latest and has not been in.",
    "learner_missing": "{participant} was due in at {due} at the latest and has not been in.",
    "dropped": "{participant} left at {left} and is not back, while others are there.",
    "room_empty": "Everyone has left, the last at {left}; {remaining} of the plan remain.",
    "ended_early": "It ended at {ended} with {missing} of the planned {planned} missing.",
    "overrun": "People are still in, and it was planned to end at {ends}.",
    "recording_not_started": "A recording is wanted, it has been live since {live}, and no recorder has run.",
    "recording_stopped": "Recorder {recorder} ended at {since} and none other has run since.",
    "recording_stuck": "Recorder {recorder} has shown no progress since {since}, and none other runs.",
    "recording_missing": "It was recorded and ended at {ended}, and no file has arrived.",
    "recording_silent": "The file of recorder {recorder} is silent.",
    "recording_short": "The file of recorder {recorder} has {got} of {recorded} recorded.",
    "bad_connection": "{participant}'s connection ({direction}) has been bad for {length}.",
    "no_microphone": "{participant} has had no microphone for {length} of being live.",
    "dead_microphone": "{participant}'s microphone is open, and nothing has come through for {length}.",
    "room_lost": "The server that held the room is gone, and the room with it.",
    "room_lost_at": "{node} is gone, and the room with it.",
    "stranger": "{participant} is in the room and not on its roster.",
    "provider_quiet": "Nothing has come from {provider} since {since}, and it holds live sessions.",
    "unstable": "This is the third time within ten minutes: {kind}, last at {last}.",
}


def sentence(key: str, params: Mapping[str, Any]) -> str:
    """The English sentence, ids and UTC in it."""
    return SENTENCES[key].format(**params)


def length(us: int) -> str:
    """A length in words that stay short: 45 s, 12 min."""
    whole = us // SECOND
    return f"{whole} s" if whole < 120 else f"{round(whole / 60)} min"


def when(at: int) -> str:
    return stamp(at)
