"""What goes wrong with recordings: never begun, stalled, lost, or not worth keeping."""

from __future__ import annotations

import random
from dataclasses import replace

from callboard.demo.faults.fault import RULES, Due, Staged, ms, of
from callboard.demo.play.cast import free_slot
from callboard.demo.play.script import MINUTE, SECOND, Script, Take
from callboard.demo.play.spans import Span, touches

PROGRESS = 30 * SECOND


def never_starts(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """No recorder runs when it goes live; one does after minutes, or none at all."""
    live = script.live()
    if len(script.takes) != 1 or not live or script.takes[0].start < window[0]:
        return None
    since, until = live[0]
    due = since + ms(RULES.recording_after_live_s)
    if not window[0] < due < window[1] or until < due + 4 * MINUTE:
        return None
    if touches(script.taken, (since, due + MINUTE)):
        return None
    first = script.takes[0]
    start = due + rng.randint(30 * SECOND, 3 * MINUTE)
    takes = () if rng.random() < 0.3 else (replace(first, start=start, end=max(first.end, start + SECOND)),)
    script = replace(script, takes=takes).taking((since, start + MINUTE))
    return script, of(script, "recorder_never_starts", due, Due.at("recording_not_started", None, due))


def stalls(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """The recorder fails, or goes on and records nothing; another one follows minutes later."""
    if not script.takes or script.takes[-1].stuck is not None:
        return None
    length = 5 * MINUTE
    at = free_slot(script, rng, window, length)
    take = script.takes[-1]
    if at is None or not take.start + 2 * PROGRESS < at < take.end - length:
        return None
    if rng.random() < 0.5:
        due = at + ms(RULES.recorder_gone_s)
        broken = replace(take, end=at, how="failed", file_at=None)
    else:
        last_good = take.start + (at - take.start) // PROGRESS * PROGRESS
        # It stands still right after it was last heard of, so that what it said then was still more.
        broken = replace(take, stuck=last_good, end=take.end, file_at=take.file_at, share=1.0)
        due = last_good + ms(RULES.recorder_stuck_s)
    relief = Take(
        recorder=f"{take.recorder[:-1]}{len(script.takes) + 1}",
        start=due + rng.randint(20 * SECOND, 2 * MINUTE),
        end=take.end,
        file_at=(take.file_at or script.ends) + 20 * SECOND,
    )
    script = replace(script, takes=(*script.takes[:-1], broken, relief)).taking((at - PROGRESS, at + length))
    return script, of(script, "recorder_stalls", at, Due.at("recording_stalled", None, due))


def file_lost(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """It was recorded, and the file never comes, or comes an hour later."""
    ended = script.closed
    if ended is None or not script.takes or (0, 0) in script.taken:
        return None
    due = ended + ms(RULES.file_after_s)
    if not window[0] < ended < window[1]:
        return None
    late = due + rng.randint(2 * MINUTE, 20 * MINUTE) if rng.random() < 0.3 else None
    takes = [replace(take, file_at=None) for take in script.takes]
    takes[-1] = replace(takes[-1], file_at=late)
    script = replace(script, takes=tuple(takes)).taking((0, 0))  # the file is used up
    return script, of(script, "file_lost", ended, Due.at("recording_missing", None, due))


def file_bad(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """The file comes, and is silent or far too short."""
    if len(script.takes) != 1 or script.takes[0].file_at is None or (0, 0) in script.taken:
        return None
    take = script.takes[0]
    if take.file_at is None or not window[0] < take.file_at < window[1] or take.end - take.start < 3 * MINUTE:
        return None
    if rng.random() < 0.5:
        bad = replace(take, silent=True)
    else:
        bad = replace(take, share=round(rng.uniform(0.3, 0.8), 2))
    script = replace(script, takes=(bad,)).taking((0, 0))
    return script, of(script, "file_bad", take.file_at, Due.at("recording_bad", None, take.file_at))
