"""The strip of a case or an incident, written by hand: a queue has hundreds, and as a template they were the
larger part of what the page costs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from callboard.web.strips import Due, Owner, Strip
from callboard.web.templatetags.callboard import icon, mark, promise_line

register = template.Library()


@dataclass(frozen=True)
class Said:
    """The words that every strip says again, translated once a list."""

    select: str
    promises: str
    nobody: str


@register.simple_tag
def strips_of(strips: Iterable[Strip], selected: str | int | None = None) -> SafeString:
    """The items of a list; the one that is `selected` can be reached by Tab."""
    said = Said(escape(_("Select")), _("Its promises"), escape(_("nobody’s")))
    return SafeString("".join(_strip(each, selected, said) for each in strips))


def _strip(strip: Strip, selected: str | int | None, said: Said) -> str:
    chosen = strip.key == selected
    current = ' aria-current="true"' if chosen else ""
    key = escape(strip.key)
    return (
        f'<li class="{escape(strip.classes)}" id="case-{key}" data-case="{key}"'
        f' data-pane="{escape(strip.pane)}" data-version="{strip.version}"'
        f"{current}>{_shape(strip, said)}"
        f'<div class="strip-main"><a class="strip-title" id="case-{key}-link" href="{escape(strip.href)}"'
        f' data-page="{escape(strip.page)}" tabindex="{0 if chosen else -1}"><b>{escape(strip.title)}</b>'
        f' <span class="dim">· <span{_since(strip)}>{escape(strip.age)}</span></span></a>'
        f'<div class="strip-sub"><span>{escape(strip.session)}</span>{_promises(strip, said)}</div></div>'
        f'<div class="strip-who"><b>{escape(strip.who)}</b><span>{escape(strip.where)}</span></div>'
        f'<div class="strip-next">{_next(strip)}</div><div class="strip-owner">{_owner(strip, said)}</div>'
        f"{_due(strip.due)}</li>"
    )


def _shape(strip: Strip, said: Said) -> str:
    if strip.incident:
        return mark("incident", strip.state, True, strip.severity)
    shape = mark(strip.severity, strip.state)
    if strip.due is None:
        return shape
    label = f"{said.select} C-{strip.id}"
    return (
        f'{shape}<input type="checkbox" class="strip-pick" data-pick="{strip.id}" tabindex="-1"'
        f' aria-label="{label}">'
    )


def _since(strip: Strip) -> str:
    return f' data-since="{escape(strip.since)}"' if strip.since else ""


def _promises(strip: Strip, said: Said) -> str:
    return promise_line(strip.marks, strip.severity, said.promises) if strip.marks else ""


def _next(strip: Strip) -> str:
    if strip.next is None:
        return ""
    key = "c" if strip.incident else "1"
    return f'{icon(strip.next.icon)}<span>{escape(strip.next.text)}</span><kbd aria-hidden="true">{key}</kbd>'


def _owner(strip: Strip, said: Said) -> str:
    owner: Owner | None = strip.owner
    if owner is not None:
        me = " is-me" if owner.me else ""
        label = escape(owner.name)
        return f'<span class="avatar{me}" role="img" aria-label="{label}">{escape(owner.initials)}</span>'
    if strip.due is None:
        return ""
    return f'<span class="avatar is-nobody" role="img" aria-label="{said.nobody}"></span>'


def _due(due: Due | None) -> str:
    if due is None:
        return '<div class="due"></div>'
    close = " is-close" if due.close else ""
    return (
        f'<div class="due{close}"><b data-until="{escape(due.at)}">{escape(due.text)}</b>'
        f"<span data-tail>{escape(due.tail)}</span></div>"
    )
