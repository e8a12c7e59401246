"""How the days of a promise are drawn: a tick for each with something due, what was not kept above it."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from callboard.web.bars import HIGH, STEP, Bar

register = template.Library()

WIDE = 9
FOOT = HIGH + 1
TICK = 3


@register.simple_tag
def kept_days(bars: Sequence[Bar]) -> SafeString:
    """A picture for those who see it; the same stands in words beside it, and in the table.

    Shapes of a kind are one path, since a page has hundreds of them.
    """
    paths: dict[str, list[str]] = {"some": [], "none": [], "missed": [], "late": []}
    links: list[str] = []
    for bar in bars:
        paths["some" if bar.some else "none"].append(f"M{bar.x} {FOOT}h{WIDE}v{TICK}h-{WIDE}z")
        if bar.missed:
            paths["missed"].append(f"M{bar.x} {HIGH}h{WIDE}v-{bar.missed}h-{WIDE}z")
        if bar.late:
            paths["late"].append(f"M{bar.x} {HIGH - bar.missed:.1f}h{WIDE}v-{bar.late}h-{WIDE}z")
        if bar.href:
            links.append(
                f'<a href="{escape(bar.href)}" tabindex="-1"><title>{escape(bar.title)}</title>'
                f'<rect class="kept-hit" x="{bar.x}" y="0" width="{STEP}" height="{FOOT + TICK}"/></a>'
            )
    shapes = "".join(
        f'<path class="kept-{name}" d="{"".join(path)}"/>' for name, path in paths.items() if path
    )
    return mark_safe(  # noqa: S308 - figures of ours, and text that was escaped
        f'<svg class="kept-days" viewBox="0 0 {len(bars) * STEP} {FOOT + TICK}" preserveAspectRatio="none"'
        f' aria-hidden="true" focusable="false">{shapes}{"".join(links)}</svg>'
    )
