"""The navigation's lists, written by hand: they stand on every page, and were a third of it as a template."""

from __future__ import annotations

from html import escape

from django import template
from django.utils.safestring import SafeString

from callboard.web.frames import Frame, Item
from callboard.web.templatetags.callboard import icon, mark

register = template.Library()


@register.simple_tag
def groups_of(frame: Frame) -> SafeString:
    """Its groups, each a list under its title."""
    return SafeString(
        "\n".join(
            f"<div>{_title(group.title)}\n<ul>"
            + "".join(f"<li>{_item(item, frame.here)}</li>" for item in group.items)
            + "</ul></div>"
            for group in frame.groups
        )
    )


@register.simple_tag
def tabs_of(frame: Frame) -> SafeString:
    """What a phone shows at its foot."""
    return SafeString(
        "".join(
            f'<a href="{escape(item.href)}"{_current(item, frame.here)}>'
            f"{icon(item.icon)}<span>{escape(item.text)}</span></a>"
            for item in frame.tabs
        )
    )


def _title(title: str) -> str:
    return f"<h2>{escape(title)}</h2>" if title else ""


def _item(item: Item, here: str) -> str:
    return (
        f'<a class="nav-item" id="nav-{escape(item.key)}" href="{escape(item.href)}"{_current(item, here)}>'
        f"{icon(item.icon)}<span>{escape(item.text)}</span>{_counts(item)}</a>"
    )


def _current(item: Item, here: str) -> str:
    return ' aria-current="page"' if item.key == here else ""


def _counts(item: Item) -> str:
    if item.count is None:
        return ""
    now = f"<b>{mark('now', 'solid', False)}{item.now}</b>" if item.now else ""
    return f'<span class="counts">{now}<span>{item.count}</span></span>'
