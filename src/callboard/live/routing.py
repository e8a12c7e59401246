"""Where the rules send their cases, and by when somebody has to act: what `cases` asks for."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.cases.ports import Asked, Routing
from callboard.live import rulebook
from callboard.sessions.models import Session


class PolicyRouting:
    """Fills `cases.ports.RoutingPolicies` from the policies in force."""

    def routing(self, asked: Sequence[Asked]) -> Sequence[Routing]:
        """One answer for each, in two statements; one where nobody asks of a session."""
        ids = {one.session for one in asked if one.session is not None}
        keys = dict(Session.objects.filter(pk__in=ids).values_list("pk", "key")) if ids else {}
        found = rulebook.many((one.subject, keys.get(one.session or 0, "")) for one in asked)
        return [_of(one, known) for one, known in zip(asked, found, strict=True)]


def _of(asked: Asked, known: rulebook.InForce) -> Routing:
    """Of the two spans of minutes, one that is left out is as the other."""
    setting = known.setting(asked.kind)
    claim, resolve = setting.claim_minutes, setting.resolve_minutes
    if claim is None and resolve is None:
        return Routing(setting.queue or None)
    claim = resolve if claim is None else claim
    resolve = claim if resolve is None else resolve
    assert claim is not None
    assert resolve is not None
    return Routing(setting.queue or None, (round(claim), round(resolve)))
