"""A check of an organization's servers of rooms: each is asked as "Test connection" asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.lib import sealing
from callboard.lib.health import Check, Finding, bad, ok
from callboard.sessions.models import Server
from callboard.sessions.operations import servers

AT_ONCE = 8

Wanted = tuple[str, str, dict[str, str]]
"""A server by its short name, its kind, and its settings with secrets opened."""


def all_checks() -> tuple[Check, ...]:
    return (Check(name="rooms", title=lazy("Servers of rooms"), look=rooms, of_organization=True),)


def rooms() -> Callable[[], Iterator[Finding]]:
    """One that takes no new rooms is not asked. Several are asked at once, since each may take seconds."""
    return partial(_ask, list(Server.objects.order_by("kind", "position", "pk")))


def _ask(rows: Sequence[Server]) -> Iterator[Finding]:
    advice = _("Its address and keys stand under Settings, Providers; this machine must reach it.")
    wanted: list[Wanted] = []
    for server in rows:
        if not server.enabled:
            yield ok(_("It takes no new rooms, and was not asked."), subject=server.slug)
            continue
        try:
            wanted.append((server.slug, server.kind, server.values()))
        except sealing.CannotOpen as error:
            yield bad(str(error), advice, subject=server.slug)
    if not rows:
        yield ok(_("None is set up. Sessions need one, or a link of their own."))
    language = translation.get_language()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        trials = pool.map(lambda each: _asked(each, language), wanted)
        for (slug, _kind, _values), found in zip(wanted, trials, strict=True):
            yield (bad(found.words, advice, subject=slug) if found.failed else ok(found.words, subject=slug))


def _asked(wanted: Wanted, language: str | None) -> servers.Trial:
    """In a thread of its own, which begins without the language of whoever asks."""
    with translation.override(language):
        return servers.trial(wanted[1], wanted[2])
