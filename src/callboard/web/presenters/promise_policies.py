"""What is promised, on the settings page: each promise in a sentence, and how late is too late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.expectations import policy as promising
from callboard.expectations import registry
from callboard.live import policy as rules
from callboard.live import promised
from callboard.web import words
from callboard.web.presenters import rules as presenter
from callboard.web.presenters.rules import Field


@dataclass(frozen=True)
class PromiseRow:
    kind: str
    title: str
    text: str
    off: bool
    own: bool
    href: str


def rows(
    policy: promising.Policy,
    own: promising.Policy,
    live: Mapping[str, Any],
    own_live: Mapping[str, Any],
    query: str,
) -> list[PromiseRow]:
    """`policy` and `live` (the live rules) are what holds; `own` what the target itself says."""
    return [
        PromiseRow(
            name,
            words.promise(name),
            explained(name, policy, live),
            not promising.enabled(name, policy),
            name in own or threshold_of(name) in own_live,
            reverse("web:promise_policy", args=[name]) + query,
        )
        for name in registry.kinds()
    ]


def threshold_of(name: str) -> str | None:
    """The threshold of the live rules by which a promise is judged; None: minutes of its own."""
    judged = promised.JUDGED.get(name)
    return None if judged is None else judged.threshold


def explained(name: str, policy: promising.Policy, live: Mapping[str, Any]) -> str:
    """What is promised, in one sentence."""
    if name in promised.JUDGED:
        return promised.explained(name, live)
    kind = registry.kinds()[name]
    minutes = promising.minutes(kind, policy)
    said = {"title": words.promise(name), "n": f"{abs(minutes):g}"}
    if kind.anchor == "start":
        before = ngettext(
            "%(title)s: %(n)s minute before the start at the latest.",
            "%(title)s: %(n)s minutes before the start at the latest.",
            round(abs(minutes)),
        )
        after = ngettext(
            "%(title)s: %(n)s minute after the start at the latest.",
            "%(title)s: %(n)s minutes after the start at the latest.",
            round(abs(minutes)),
        )
        return (before if minutes < 0 else after) % said
    text = ngettext(
        "%(title)s: %(n)s minute after the end at the latest.",
        "%(title)s: %(n)s minutes after the end at the latest.",
        round(abs(minutes)),
    )
    return text % said


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The promises of which two policies say something else."""
    return [words.promise(name) for name in registry.kinds() if before.get(name) != after.get(name)]


def field(name: str, policy: promising.Policy, live: Mapping[str, Any], error: str) -> Field:
    """How late is too late. `live`: merged values of the live rules, or what was typed."""
    judged = promised.JUDGED.get(name)
    if judged is None:
        kind = registry.kinds()[name]
        said = policy.get(name, {}).get("minutes", kind.minutes)
        value = f"{said:g}" if isinstance(said, int | float) else str(said)
        usual = _("usually %(value)s") % {"value": f"{kind.minutes:g}"}
        label = _("Due after the start") if kind.anchor == "start" else _("Due after the end")
        return Field("minutes", label, value, _("min"), usual, error)
    usually = rules.usual()[judged.threshold]
    held = live.get(judged.threshold, usually)
    return Field(
        judged.threshold,
        str(judged.label),
        presenter.shown(judged.threshold, held) if isinstance(held, int | float) else str(held),
        presenter.scale(judged.threshold)[1],
        _("usually %(value)s") % {"value": presenter.shown(judged.threshold, usually)},
        error,
    )
