"""Every threshold of the live rules, by name: one place for monitor, screen and documentation.

`Rules` is a version of them all. An organization overrides what it wants (`with_overrides`), in seconds; the
engine works in microseconds.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from callboard.live.engine.moments import SECOND


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The values as people set them: seconds, shares and milliseconds."""

    room_ready_before_s: float = 900
    room_ready_late_plan_s: float = 120
    instructor_after_s: float = 120
    learner_after_s: float = 600
    dropped_after_s: float = 90
    empty_after_s: float = 60
    time_left_s: float = 300
    ended_after_empty_s: float = 300
    ended_early_share: float = 0.2
    overrun_after_s: float = 600
    recording_after_live_s: float = 60
    recorder_gone_s: float = 60
    recorder_stuck_s: float = 120
    file_after_s: float = 1800
    file_share: float = 0.9
    bad_for_s: float = 20
    good_for_s: float = 30
    loss: float = 0.05
    rtt_ms: float = 500
    jitter_ms: float = 60
    inaudible_after_s: float = 60
    audible_level: float = 0.001
    quiet_after_s: float = 90
    unstable_times: int = 3
    unstable_within_s: float = 600
    incident_sessions: int = 3
    incident_within_s: float = 120


class Rules(msgspec.Struct, frozen=True):
    """One version of the thresholds, times in microseconds."""

    room_ready_before: int
    room_ready_late_plan: int
    instructor_after: int
    learner_after: int
    dropped_after: int
    empty_after: int
    time_left: int
    ended_after_empty: int
    ended_early_share: float
    overrun_after: int
    recording_after_live: int
    recorder_gone: int
    recorder_stuck: int
    file_after: int
    file_share: float
    bad_for: int
    good_for: int
    loss: float
    rtt_ms: float
    jitter_ms: float
    inaudible_after: int
    audible_level: float
    quiet_after: int
    unstable_times: int
    unstable_within: int
    incident_sessions: int
    incident_within: int
    version: str = "default"


def rules_from(values: Thresholds, version: str = "default") -> Rules:
    figures: dict[str, float] = {}
    for name in Thresholds.__struct_fields__:
        value = getattr(values, name)
        if name.endswith("_s"):
            figures[name[:-2]] = round(value * SECOND)
        else:
            figures[name] = value
    return msgspec.convert({**figures, "version": version}, Rules)


def with_overrides(overrides: Mapping[str, float], version: str) -> Rules:
    """The defaults with an organization's own values; ValueError names what is unknown or no number."""
    try:
        return rules_from(msgspec.convert(dict(overrides), Thresholds), version)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


DEFAULT = rules_from(Thresholds())
