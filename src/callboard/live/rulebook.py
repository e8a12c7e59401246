"""Which rules are in force for what: reads of the policies, within the organization in scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from callboard.lib import tenancy
from callboard.lib.together import Row
from callboard.live import policy as rules
from callboard.live.engine.thresholds import DEFAULT, Rules, Setting, with_overrides
from callboard.live.models import LivePolicy
from callboard.people.operations import changes
from callboard.sessions.policies import Target, Versions

VERSIONS: Final = Versions(LivePolicy, changes.RULES)


@dataclass(frozen=True)
class InForce:
    """The policies in force for something, the widest first, and what they come to together."""

    policies: tuple[LivePolicy, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def versions(self) -> list[int]:
        return [policy.version for policy in self.policies]

    @property
    def name(self) -> str | None:
        """What plans call them; None where nobody has said anything."""
        return rules.name_of(tenancy.current_organization(), self.versions)

    def rules(self) -> Rules:
        """For the engine. What cannot be read (any more) is as usual."""
        try:
            return with_overrides(self.values, self.name or DEFAULT.version, self.number)
        except ValueError:
            return DEFAULT

    @property
    def number(self) -> int:
        return next((each.version for each in self.policies if each.scope == rules.ORGANIZATION), 0)

    def setting(self, kind: str) -> Setting:
        given = self.values.get("rules", {}).get(kind, {})
        return Setting(**{name: given[name] for name in Setting.__struct_fields__ if name in given})

    def figures(self) -> dict[str, float]:
        """Every threshold."""
        return {**rules.usual(), **{name: v for name, v in self.values.items() if name != "rules"}}


def in_force(subject: str = "", session: str = "") -> InForce:
    """For an organization; for a subject of it; for a session (with its subject)."""
    return many([(subject, session)])[0]


OWN: Final = VERSIONS.own()
"""For lib.together, beside a page's other reads."""


def own(rows: Iterable[Row]) -> InForce:
    """What is in force for an organization, from what OWN found."""
    return _together(VERSIONS.read(rows))


def many(targets: Iterable[Target]) -> list[InForce]:
    """For many sessions, in one statement."""
    found = VERSIONS.in_force(targets)
    known = {mine: _together(mine) for mine in set(found)}
    return [known[mine] for mine in found]


def _together(policies: Iterable[LivePolicy]) -> InForce:
    mine = tuple(policies)
    return InForce(mine, rules.merged(each.values for each in mine))


def named(versions: Iterable[int]) -> InForce:
    """Those made of these versions; what is not there is left out."""
    order = {scope: number for number, scope in enumerate(rules.SCOPES)}
    rows = LivePolicy.objects.filter(version__in=list(versions)).select_related("created_by")
    return _together(sorted(rows, key=lambda row: order[row.scope]))
