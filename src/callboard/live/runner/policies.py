"""The rules that plans name, an organization's as they were then: see `live.policy.name_of`."""

from __future__ import annotations

import logging

from callboard.lib.tenancy import organization_scope
from callboard.live import rulebook
from callboard.live.engine.thresholds import DEFAULT, Rules, with_overrides
from callboard.live.policy import versions_in

log = logging.getLogger(__name__)


class Policies(dict[str, Rules]):
    """Read from the database when a plan first names one; a version never changes."""

    def __bool__(self) -> bool:
        return True

    def get(self, name: str | None, default: Rules | None = None) -> Rules:  # type: ignore[override]
        return self[name] if name else default or DEFAULT

    def __missing__(self, name: str) -> Rules:
        rules = self[name] = _read(name)
        return rules

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)


def _read(name: str) -> Rules:
    found = versions_in(name)
    if found is None:
        return DEFAULT
    organization, versions = found
    with organization_scope(organization):
        made = rulebook.named(versions)
    try:
        return with_overrides(made.values, name, made.number)
    except ValueError:
        log.exception("the rules %s cannot be read; the defaults are in force", name)
        return DEFAULT
