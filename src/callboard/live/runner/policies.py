"""The rules that plans name: `organization:version`, an organization's thresholds as they were then."""

from __future__ import annotations

import logging

from callboard.lib.tenancy import organization_scope
from callboard.live.engine.thresholds import DEFAULT, Rules, with_overrides
from callboard.live.models import LivePolicy

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
    organization, _, version = name.partition(":")
    if not (organization.isdigit() and version.isdigit()):
        return DEFAULT
    with organization_scope(int(organization)):
        values = LivePolicy.objects.filter(version=int(version)).values_list("values", flat=True).first()
    try:
        return with_overrides(values or {}, name)
    except ValueError:
        log.exception("the rules %s cannot be read; the defaults are in force", name)
        return DEFAULT
