"""Which rules are in force for what: reads of the policies, within the organization in scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from callboard.lib import tenancy
from callboard.live import policy as rules
from callboard.live.engine.thresholds import DEFAULT, Rules, Setting, with_overrides
from callboard.live.models import LivePolicy

Target = tuple[str, str]
"""A session, as policies see it: its subject and its key."""


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


def many(targets: Iterable[Target]) -> list[InForce]:
    """For many sessions, in one statement."""
    wanted = list(targets)
    newest = _newest({subject for subject, _ in wanted}, {session for _, session in wanted})
    known: dict[tuple[LivePolicy | None, ...], InForce] = {}
    found = []
    for subject, session in wanted:
        keys = ((rules.ORGANIZATION, ""), (rules.SUBJECT, subject), (rules.SESSION, session))
        mine = tuple(newest.get(key) if key[1] or key[0] == rules.ORGANIZATION else None for key in keys)
        if mine not in known:
            known[mine] = _together(each for each in mine if each is not None)
        found.append(known[mine])
    return found


def _newest(subjects: set[str], sessions: set[str]) -> dict[tuple[str, str], LivePolicy]:
    rows = LivePolicy.objects.filter(
        Q(scope=rules.ORGANIZATION)
        | Q(scope=rules.SUBJECT, target__in=subjects - {""})
        | Q(scope=rules.SESSION, target__in=sessions - {""})
    )
    rows = rows.order_by("scope", "target", "-version").distinct("scope", "target")
    return {(row.scope, row.target): row for row in rows}


def _together(policies: Iterable[LivePolicy]) -> InForce:
    mine = tuple(policies)
    return InForce(mine, rules.merged(each.values for each in mine))


def named(versions: Iterable[int]) -> InForce:
    """Those made of these versions; what is not there is left out."""
    order = {scope: number for number, scope in enumerate(rules.SCOPES)}
    rows = LivePolicy.objects.filter(version__in=list(versions)).select_related("created_by")
    return _together(sorted(rows, key=lambda row: order[row.scope]))


def history(scope: str = rules.ORGANIZATION, target: str = "") -> Iterable[LivePolicy]:
    """Every version of one policy, the newest first."""
    return (
        LivePolicy.objects.filter(scope=scope, target=target)
        .select_related("created_by")
        .order_by("-version")
    )


def narrower() -> list[LivePolicy]:
    """The newest policy of each subject and session that says something of its own."""
    rows = LivePolicy.objects.exclude(scope=rules.ORGANIZATION).select_related("created_by")
    rows = rows.order_by("scope", "target", "-version").distinct("scope", "target")
    return [row for row in rows if row.values]
