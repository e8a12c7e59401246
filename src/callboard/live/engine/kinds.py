"""The kinds of live case, in one table: what each is called, how urgent it is, and whom it is about."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Severity = Literal["now", "soon", "watch"]


class Kind(NamedTuple):
    """`about`: session, instructor, learner, person, identity or provider; `clears`: by what, or None."""

    name: str
    title: str
    severity: Severity
    about: str
    clears: str | None


_TABLE = (
    Kind("room_not_ready", "Room not ready", "watch", "session", "it is ready"),
    Kind("instructor_missing", "Instructor not in", "now", "instructor", "they come"),
    Kind("learner_missing", "Learner not in", "soon", "learner", "they come"),
    Kind("dropped", "Dropped out", "soon", "person", "they are back"),
    Kind("room_empty", "Everyone has left", "now", "session", "someone is back"),
    Kind("ended_early", "Ended early", "soon", "session", None),
    Kind("overrun", "Running over", "watch", "session", "they leave"),
    Kind("recording_not_started", "Recording not started", "soon", "session", "one runs"),
    Kind("recording_stalled", "Recording stopped", "soon", "session", "one makes progress"),
    Kind("recording_missing", "Recording has not arrived", "soon", "session", "it arrives"),
    Kind("recording_bad", "Recording is bad", "watch", "session", None),
    Kind("bad_connection", "Bad connection", "watch", "person", "it is good again"),
    Kind("inaudible", "Instructor can't be heard", "soon", "instructor", "heard, or muted"),
    Kind("stranger", "Stranger in the room", "now", "identity", "they leave"),
    Kind("provider_quiet", "Provider has gone quiet", "now", "provider", "anything comes"),
    Kind("room_lost", "Room lost", "now", "session", "there is a room again"),
    Kind("unstable", "Keeps happening", "watch", "person", "ten minutes of calm"),
)
KINDS: Final = {kind.name: kind for kind in _TABLE}

UNSTABLE_KINDS: Final = frozenset({"dropped", "bad_connection", "room_empty", "recording_stalled"})
"""Of these the third within ten minutes becomes one `unstable`."""
