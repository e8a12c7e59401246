"""What templates draw with: icons of the sprite, severity marks, built assets, the brand's mark."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

register = template.Library()

DIST = Path(__file__).resolve().parent.parent / "static" / "dist"

SHAPES = {
    "now": '<path d="M7 1.2 12.8 7 7 12.8 1.2 7Z"/>',
    "soon": '<path d="M7 1.6 13 12.2H1Z"/>',
    "watch": '<circle cx="7" cy="7" r="4.8"/>',
    "incident": '<path d="M5 2 10 7 5 12 0 7Z"/><path class="chevrons" d="m9 2 5 5-5 5M12.5 2l5 5-5 5"/>',
}

SAID = {"now": _("now"), "soon": _("soon"), "watch": _("watch"), "incident": _("incident")}


class NotBuilt(RuntimeError):
    """The pages' styles and scripts have not been built: `make frontend`, or installing the package, does."""


@lru_cache(maxsize=1)
def _manifest() -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((DIST / "manifest.json").read_text())
        manifest["icons"] = json.loads((DIST / "icons.json").read_text())
    except FileNotFoundError:
        raise NotBuilt(
            f"{DIST} holds no build; run the package's build, or npm run build in frontend/"
        ) from None
    return manifest


def manifest() -> dict[str, Any]:
    """Vite's manifest of hashed names. Read once, but anew each time while DEBUG is on."""
    if settings.DEBUG:
        _manifest.cache_clear()
    return _manifest()


@register.simple_tag
def entry(name: str) -> SafeString:
    """The styles and the script of one of the build's entries (vite.config.ts)."""
    built = manifest()[f"src/{name}.ts"]
    styles = format_html_join(
        "", '<link rel="stylesheet" href="{}">', ((static(f"dist/{file}"),) for file in built.get("css", []))
    )
    script = format_html('<script type="module" src="{}"></script>', static(f"dist/{built['file']}"))
    return styles + script


def sprite() -> str:
    """The address of the icons' sprite, for scripts that draw them."""
    return _address("dist/" + manifest()["icons"]["file"])


@lru_cache(maxsize=256)
def _address(path: str) -> str:
    """A static file's address: asked for hundreds of times a page, and the same for as long as we run."""
    return static(path)


@register.simple_tag
def script_of(name: str) -> str:
    """The address of an entry's script."""
    return static(f"dist/{manifest()[f'src/{name}.ts']['file']}")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite: beside a word, hidden from readers; alone, with a label."""
    return _icon(f"{sprite()}#{name}", str(label))


@lru_cache(maxsize=1024)
def _icon(href: str, label: str) -> SafeString:
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', href)


@register.simple_tag
def fixed(name: str) -> SafeString:
    """A part that is words alone, the same for everybody who reads the language: drawn once in each."""
    language = get_language()
    return _drawn(name, language) if language and not settings.DEBUG else _draw(name)


@lru_cache(maxsize=256)
def _drawn(name: str, _language: str) -> SafeString:
    return _draw(name)


def _draw(name: str) -> SafeString:
    return cast("SafeString", get_template(name).render())


@register.simple_tag
def mark(severity: str, state: str = "solid", said: bool = True, tone: str = "") -> SafeString:
    """The shape of a severity. `state`: solid (nobody's), hollow (in hand, recovering), grey (over).

    "incident" is a shape too, in the `tone` of a severity.
    """
    label = str(SAID.get(severity, severity)) if said else ""
    if tone and said:
        label = f"{label}, {SAID.get(tone, tone)}"
    return _mark(severity, state, label, tone or severity)


@lru_cache(maxsize=256)
def _mark(severity: str, state: str, label: str, tone: str) -> SafeString:
    shape = SHAPES.get(severity, SHAPES["watch"])
    classes = f"mark tone-{tone}" + ("" if state == "solid" else f" is-{state}")
    if not label:
        return format_html(
            '<svg class="{}" viewBox="0 0 14 14" aria-hidden="true">{}</svg>',
            classes,
            mark_safe(shape),  # noqa: S308 - ours
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 14 14" role="img" aria-label="{}">{}</svg>',
        classes,
        label,
        mark_safe(shape),  # noqa: S308 - one of the constants above
    )


@register.simple_tag
def brand() -> SafeString:
    """The product's mark: a promise line of two kept and one due."""
    bars = "".join(f'<rect x="{x}" width="4.2" height="14" rx="1" fill="currentColor"/>' for x in (0, 6.2))
    due = '<rect x="12.9" y=".6" width="2.6" height="12.8" rx="1" fill="none" stroke="currentColor"/>'
    return mark_safe(f'<svg viewBox="0 0 17 14" aria-hidden="true">{bars}{due}</svg>')  # noqa: S308 - ours


@register.simple_tag
def promise_day() -> SafeString:
    """An ornament: a day's promises, kept until now and due after it. It stands for no figures."""
    heights = [
        6,
        6,
        5,
        6,
        7,
        8,
        12,
        20,
        34,
        46,
        52,
        44,
        30,
        18,
        10,
        9,
        14,
        28,
        42,
        52,
        48,
        50,
        38,
        22,
        12,
        8,
        6,
        5,
        6,
        5,
        6,
    ]
    heights += [8, 10, 16, 30, 44, 52]
    bars = "".join(
        f'<rect x="{place * 12}" y="{54 - height}" width="3" height="{height}"/>'
        for place, height in enumerate(heights)
    )
    last = len(heights) * 12 - 6
    dots = "".join(f'<circle cx="{last + 12 + place * 12}" cy="52" r="1.5"/>' for place in range(45))
    return mark_safe(  # noqa: S308 - ours
        f'<svg viewBox="0 0 990 54" preserveAspectRatio="xMidYMax meet">{bars}'
        f'<rect class="now" x="{last}" y="0" width="1.6" height="54"/>{dots}</svg>'
    )


@register.simple_tag
def promise_line(marks: tuple[str, ...], severity: str = "soon", label: str = "") -> SafeString:
    """A session's promises in due order: bar kept, half bar late, shape missed, dot due.

    `marks` are kept, late, missed, due or waived. Drawn 5 px apart, 10 px high.
    """
    return _promise_line(tuple(marks), severity, str(label))


@lru_cache(maxsize=4096)
def _promise_line(marks: tuple[str, ...], severity: str, label: str) -> SafeString:
    """Most lines of a page are alike, and so are those of the next one."""
    parts: list[SafeString] = []
    x = 0.0
    for state in marks:
        if state == "kept":
            parts.append(format_html('<rect class="kept" x="{}" y="0" width="2.6" height="10"/>', x))
            x += 5
        elif state == "late":
            parts.append(
                format_html(
                    '<rect class="late-top" x="{}" y="0" width="2.6" height="4.5"/>'
                    '<rect class="late-low" x="{}" y="4.5" width="2.6" height="5.5"/>',
                    x,
                    x,
                )
            )
            x += 5
        elif state == "missed":
            x += 1
            parts.append(_missed(severity, x))
            x += 12
        elif state == "due":
            parts.append(format_html('<circle class="due" cx="{}" cy="5" r="1.3"/>', x + 1.3))
            x += 6
    return format_html(
        '<svg class="promises tone-{}" viewBox="0 0 {} 10" width="{}" height="10" role="img" aria-label="{}">'
        "{}</svg>",
        severity,
        max(x, 1),
        max(x, 1),
        label,
        SafeString("".join(parts)),
    )


def _missed(severity: str, x: float) -> SafeString:
    if severity == "now":
        return format_html(
            '<path class="missed" d="M{} 0 {} 5 {} 10 {} 5Z"/>', x + 4.5, x + 9.5, x + 4.5, x - 0.5
        )
    if severity == "watch":
        return format_html('<circle class="missed ring" cx="{}" cy="5" r="3.4"/>', x + 4.5)
    return format_html('<path class="missed" d="M{} .6 {} 9.4 {} 9.4Z"/>', x + 4.5, x + 9.5, x - 0.5)
