"""Looking through a kind: what is to be announced, and what is to be withdrawn."""

from __future__ import annotations

from datetime import timedelta

from callboard.lib import clock, crash
from callboard.lib.tenancy import organization_scope
from callboard.sessions import recording_queries, retention, retention_queries
from callboard.sessions.operations import announcing
from callboard.workflows.retention.things import Kind

AT_ONCE = 1_000


def keep_of(kind: str) -> timedelta | None:
    days = retention_queries.kept_days()[kind]
    return None if days is None else timedelta(days=days)


def look_through(organization: int, kind: Kind) -> tuple[int, int]:
    """Announce and withdraw, in small transactions; answers how many. Right to be cut off and done again."""
    withdrawn = _keep_up(organization, kind)
    return _announce(organization, kind), withdrawn


def _keep_up(organization: int, kind: Kind) -> int:
    count, after = 0, -1
    while True:
        with organization_scope(organization):
            units = announcing.standing(kind.name, after, AT_ONCE)
            keep, held = keep_of(kind.name), retention_queries.held()
            if keep is None or held.everything:
                announcing.withdraw(units)
                count += len(units)
            elif units:
                until = clock.now() + retention.NOTICE - keep
                moments = kind.moments(until, held, [each.ref for each in units])
                count += announcing.keep_up(units, moments, keep)
        if len(units) < AT_ONCE:
            return count
        after = units[-1].ref


def _announce(organization: int, kind: Kind) -> int:
    count, after = 0, -1
    while True:
        with organization_scope(organization):
            keep, held = keep_of(kind.name), retention_queries.held()
            if keep is None or held.everything:
                return count
            until = clock.now() + retention.NOTICE - keep
            found = kind.find(until, held, after, AT_ONCE)
            count += announcing.announce(kind.name, keep, _version(kind), found)
        crash.point("retention.announced_some")
        if len(found) < AT_ONCE:
            return count
        after = found[-1].ref


def _version(kind: Kind) -> int:
    if kind.name == retention.RECORDINGS:
        return recording_queries.policy().version
    return retention_queries.policy().version


def begin(organization: int, kind: Kind) -> bool:
    """Begin with some whose time has come; withdraw those that are to be kept, or were a week ago: these are
    announced anew. False: there are none.
    """
    with organization_scope(organization):
        units = announcing.due(kind.name, kind.at_once)
        if not units:
            return False
        keep, held = keep_of(kind.name), retention_queries.held_lately()
        if keep is None or held.everything:
            announcing.withdraw(units)
            return True
        refs = [each.ref for each in units]
        may = set(kind.moments(clock.now() - keep, held, refs)) - set(kind.unsettled(refs))
        announcing.begin([each for each in units if each.ref in may])
        announcing.withdraw([each for each in units if each.ref not in may])
    crash.point("retention.begun")
    return True
