"""What is to be done about a session's recording, from what was asked and what was seen: pure.

Restart, then the spare, then a case: the case is the live rules', a minute after recording stopped; all of
this comes before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PROVIDER, OWN = "provider", "own"

STARTS_WITHIN = timedelta(seconds=15)
"""How long a provider's recorder may take from being asked until it is seen at work."""
SPARE_AFTER = timedelta(seconds=10)
"""How long after a restart was asked for the spare follows, if nothing has come of it."""
QUIET_AFTER = timedelta(seconds=45)
"""A recorder that has shown no progress for so long is taken for lost; the rule's case comes at 120 s."""
RESTARTS = 3
"""How often a provider is asked again for one and the same trouble."""
AGAIN_AFTER = timedelta(seconds=30)
"""When our own recorder is asked again, after it could not."""


@dataclass(frozen=True)
class Seen:
    """A recorder, as the evidence has it. `lost_at`: it stopped, failed, or went quiet then."""

    recorder: str
    lost_at: datetime | None = None
    quiet: bool = False


@dataclass(frozen=True)
class Asked:
    """A recorder that was asked for. `over`: nothing will come of it any more, since `at` or later."""

    by: str
    at: datetime
    over: bool = False


@dataclass(frozen=True)
class Picture:
    """A session that is live and is to be recorded, and may be.

    `provider`: its provider can be told to record; `own`: our own recorder can be let in. `mode`: off, spare
    or beside, by policy. `starting`: the provider says that one is about to.
    """

    live_since: datetime
    mode: str
    provider: bool
    own: bool
    seen: Sequence[Seen] = ()
    asked: Sequence[Asked] = field(default_factory=tuple)
    starting: bool = False


@dataclass(frozen=True)
class Step:
    """Ask one of them. `why`: live, restart, spare or beside."""

    by: str
    why: str


def steps(picture: Picture, now: datetime) -> list[Step]:
    """What to ask for now; empty where there is nothing to do but wait."""
    own = picture.own and picture.mode != "off" and _own_is_free(picture, now)
    if any(one.lost_at is None for one in picture.seen):
        return [Step(OWN, "beside")] if own and picture.mode == "beside" and not _own(picture) else []
    found = []
    first = not picture.seen and not _provider(picture)
    if picture.provider and first:
        found.append(Step(PROVIDER, "live"))
    elif picture.provider and _restart_due(picture, now):
        found.append(Step(PROVIDER, "restart"))
    if own and (why := _own_due(picture, now)):
        found.append(Step(OWN, why))
    return found


def _restart_due(picture: Picture, now: datetime) -> bool:
    asked = [one.at for one in _provider(picture)]
    tries = [at for at in asked if at >= _trouble_since(picture)]
    if len(tries) > RESTARTS:
        return False
    patience = STARTS_WITHIN * 2 if picture.starting else STARTS_WITHIN
    return not tries or now - max(tries) >= patience


def _own_due(picture: Picture, now: datetime) -> str:
    """Why our own recorder is to be asked now; empty where it is not."""
    if not picture.provider:
        return "live"
    if picture.mode == "beside":
        return "beside"
    if any(one.quiet for one in picture.seen):  # the better part of a minute is gone already
        return "spare"
    since = _trouble_since(picture)
    tries = [one for one in _provider(picture) if one.at >= since]
    if tries and all(one.over for one in tries):
        return "spare"
    restarts = [one.at for one in tries if picture.seen or one is not tries[0]]
    return "spare" if restarts and now - min(restarts) >= SPARE_AFTER else ""


def _own_is_free(picture: Picture, now: datetime) -> bool:
    """Whether it is not at it already, nor has just failed."""
    mine = _own(picture)
    return all(one.over for one in mine) and all(now - one.at >= AGAIN_AFTER for one in mine)


def _trouble_since(picture: Picture) -> datetime:
    """When recording was last known to go on, else when it should have begun."""
    return max([picture.live_since, *(one.lost_at for one in picture.seen if one.lost_at is not None)])


def _provider(picture: Picture) -> list[Asked]:
    return [one for one in picture.asked if one.by == PROVIDER]


def _own(picture: Picture) -> list[Asked]:
    return [one for one in picture.asked if one.by == OWN]
