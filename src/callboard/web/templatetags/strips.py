"""The strip of a case or an incident, written by hand: a queue has hundreds, and as a template they were the
larger part of what the page costs.
"""

from __future__ import annotations

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from callboard.web.strips import Due, Owner, Strip
from callboard.web.templatetags.callboard import icon, mark, promise_line

register = template.Library()


@register.simple_tag
def strip_of(strip: Strip, selected: str | int | None = None) -> SafeString:
    """One item of the list; the one that is `selected` can be reached by Tab."""
    chosen = strip.key == selected
    current = ' aria-current="true"' if chosen else ""
    key = escape(strip.key)
    return mark_safe(  # noqa: S308 - every text is escaped here, and the rest is markup of ours
        f'<li class="{escape(strip.classes)}" id="case-{key}" data-case="{key}"'
        f' data-pane="{escape(strip.pane)}" data-version="{strip.version}"'
        f"{current}>{_shape(strip)}"
        f'<div class="strip-main"><a class="strip-title" id="case-{key}-link" href="{escape(strip.href)}"'
        f' data-page="{escape(strip.page)}" tabindex="{0 if chosen else -1}"><b>{escape(strip.title)}</b>'
        f' <span class="dim">· <span{_since(strip)}>{escape(strip.age)}</span></span></a>'
        f'<div class="strip-sub"><span>{escape(strip.session)}</span>{_promises(strip)}</div></div>'
        f'<div class="strip-who"><b>{escape(strip.who)}</b><span>{escape(strip.where)}</span></div>'
        f'<div class="strip-next">{_next(strip)}</div><div class="strip-owner">{_owner(strip)}</div>'
        f"{_due(strip.due)}</li>"
    )


def _shape(strip: Strip) -> str:
    if strip.incident:
        return mark("incident", strip.state, True, strip.severity)
    shape = mark(strip.severity, strip.state)
    if strip.due is None:
        return shape
    label = f"{escape(_('Select'))} C-{strip.id}"
    return (
        f'{shape}<input type="checkbox" class="strip-pick" data-pick="{strip.id}" tabindex="-1"'
        f' aria-label="{label}">'
    )


def _since(strip: Strip) -> str:
    return f' data-since="{escape(strip.since)}"' if strip.since else ""


def _promises(strip: Strip) -> str:
    return promise_line(strip.marks, strip.severity, _("Its promises")) if strip.marks else ""


def _next(strip: Strip) -> str:
    if strip.next is None:
        return ""
    key = "c" if strip.incident else "1"
    return f'{icon(strip.next.icon)}<span>{escape(strip.next.text)}</span><kbd aria-hidden="true">{key}</kbd>'


def _owner(strip: Strip) -> str:
    owner: Owner | None = strip.owner
    if owner is not None:
        me = " is-me" if owner.me else ""
        label = escape(owner.name)
        return f'<span class="avatar{me}" role="img" aria-label="{label}">{escape(owner.initials)}</span>'
    if strip.due is None:
        return ""
    label = escape(_("nobody’s"))
    return f'<span class="avatar is-nobody" role="img" aria-label="{label}"></span>'


def _due(due: Due | None) -> str:
    if due is None:
        return '<div class="due"></div>'
    close = " is-close" if due.close else ""
    return (
        f'<div class="due{close}"><b data-until="{escape(due.at)}">{escape(due.text)}</b>'
        f"<span data-tail>{escape(due.tail)}</span></div>"
    )
