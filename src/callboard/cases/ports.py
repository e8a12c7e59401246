"""What cases need from those who know the kinds: the policies in force. Filled by wiring.

| port | asked for | filled by |
|---|---|---|
| RoutingPolicies | a queue and minutes of their own for cases of a kind, of a subject or a session | live |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Asked:
    """A case that is to be routed. `session` is the row's id, `subject` the session's."""

    kind: str
    severity: str
    session: int | None = None
    subject: str = ""


@dataclass(frozen=True)
class Routing:
    """What a policy says: `queue` by slug, minutes [to claim, to resolve]. None: it says nothing of it."""

    queue: str | None = None
    minutes: tuple[int, int] | None = None


class RoutingPolicies(Protocol):
    def routing(self, asked: Sequence[Asked]) -> Sequence[Routing]:
        """One answer for each that is asked, in their order, in a number of queries that does not grow with
        them. Called in the transaction that raises the cases, in an organization's scope."""
        ...


class NoPolicies:
    """Says nothing of anything: routes, queues and usual deadlines hold."""

    def routing(self, asked: Sequence[Asked]) -> Sequence[Routing]:
        return [Routing()] * len(asked)


@dataclass
class _Filled:
    routing: RoutingPolicies


filled = _Filled(NoPolicies())
"""What the port is filled with: `filled.routing`. Set by wiring, once."""
