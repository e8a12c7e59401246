"""Every threshold of the live rules, by name: one place for monitor, screen and documentation.

`Rules` is a version of them all. An organization overrides what it wants (`with_overrides`), in seconds; the
engine works in microseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from callboard.live.engine.kinds import Severity
from callboard.live.engine.moments import SECOND

OFF: Final = "off"
"""Stands for the severity of a case that nobody is told of."""


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


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an organization says of one kind of case beside its thresholds; None: as usual.

    `queue` and the minutes (to claim it, to resolve it) are for `cases`: the engine does not look at them.
    """

    on: bool = True
    severity: Severity | None = None
    queue: str | None = None
    claim_minutes: float | None = None
    resolve_minutes: float | None = None


class Rules(msgspec.Struct, frozen=True, array_like=True):
    """One version of the thresholds, times in microseconds. `off`: kinds that nobody is told of; `severities`
    of those that have another than usual; `number`: which of the organization's versions it is made of last.
    """

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
    off: tuple[str, ...] = ()
    severities: dict[str, str] = msgspec.field(default_factory=dict)
    number: int = 0

    def said(self, kind: str) -> str:
        """The severity with which a case of this kind is raised: "" as usual, OFF where nobody is told."""
        return OFF if kind in self.off else self.severities.get(kind, "")


def rules_from(
    values: Thresholds,
    version: str = "default",
    settings: Mapping[str, Setting] | None = None,
    number: int = 0,
) -> Rules:
    figures: dict[str, Any] = {}
    for name in Thresholds.__struct_fields__:
        value = getattr(values, name)
        if name.endswith("_s"):
            figures[name[:-2]] = round(value * SECOND)
        else:
            figures[name] = value
    given = settings or {}
    off = tuple(sorted(kind for kind, setting in given.items() if not setting.on))
    severities = {kind: setting.severity for kind, setting in given.items() if setting.severity is not None}
    return Rules(**figures, version=version, off=off, severities=dict(severities), number=number)


def with_overrides(overrides: Mapping[str, Any], version: str, number: int = 0) -> Rules:
    """The defaults with an organization's own values; ValueError names what is unknown or no number.

    Beside thresholds, `overrides` may hold "rules": a `Setting` by kind of case.
    """
    values = dict(overrides)
    try:
        settings = msgspec.convert(values.pop("rules", {}), dict[str, Setting])
        return rules_from(msgspec.convert(values, Thresholds), version, settings, number)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


DEFAULT = rules_from(Thresholds())
