"""What somebody does to a session while it runs: everyone is sent out, a recorder is started or stopped.

Each gives the script that agrees with the former up to now.
"""

from __future__ import annotations

from dataclasses import replace

from callboard.demo.play.script import SECOND, Script, Take
from callboard.demo.play.spans import without

NEVER = 1 << 53
FILE_AFTER = 45 * SECOND


def closed(script: Script, now: int) -> Script:
    """The room ends now, and takes everyone out."""
    if script.closed is not None and script.closed <= now:
        return script
    parts = tuple(replace(part, stays=without(part.stays, (now, NEVER))) for part in script.parts)
    takes = tuple(
        _ended(take, now, now + FILE_AFTER) if take.end > now else take
        for take in script.takes
        if take.start < now
    )
    return replace(script, parts=parts, takes=takes, closed=now, ready=_passed(script.ready, now))


def recording(script: Script, now: int, recorder: str) -> Script:
    """A recorder starts now; those that run give way. The same recorder asked for again is there already."""
    if any(take.recorder == recorder for take in script.takes):
        return script
    script = not_recording(script, now)
    until = max((end for _, end in script.live()), default=script.ends)
    if script.closed is not None:
        until = min(until, script.closed)
    if until <= now + SECOND:
        return script
    take = Take(recorder, now, until, file_at=max(until, script.closed or 0) + FILE_AFTER)
    return replace(script, takes=(*script.takes, take))


def not_recording(script: Script, now: int) -> Script:
    """Whatever records stops now."""
    takes = tuple(
        _ended(take, now, (take.file_at or script.ends)) if take.end > now else take
        for take in script.takes
        if take.start < now
    )
    return replace(script, takes=takes)


def room_made(script: Script, now: int) -> Script:
    """Its room stands from now on, where it did not before."""
    return script if _passed(script.ready, now) is not None else replace(script, ready=now)


def _ended(take: Take, now: int, file_at: int) -> Take:
    return replace(take, end=now, how="stopped", file_at=None if take.file_at is None else file_at)


def _passed(moment: int | None, now: int) -> int | None:
    return moment if moment is not None and moment <= now else None
