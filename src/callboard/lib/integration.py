"""What an integration says of itself: its settings, what it can do, how it is tried, where it is called back.

The settings page is drawn from this. An integration declares itself in its own folder and wiring registers
it; nothing else knows the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.urls import URLPattern
from django.utils.functional import Promise

Text = str | Promise
SettingKind = Literal["url", "text", "secret", "number", "choice"]


class IntegrationFailed(Exception):
    """The outside system did not do it, or not with these settings. The words are fit to be shown."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One thing that a person fills in. A secret is kept sealed, and never shown again."""

    name: str
    label: Text
    kind: SettingKind = "text"
    help: Text = ""
    required: bool = True
    default: str = ""
    choices: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Integration:
    """One outside system.

    `does` is a sentence. `capabilities` as in the port that it fills. `test` tries the settings given, by
    name, and answers one sentence ("LiveKit 1.11.0 answers; 3 rooms stand."), or raises IntegrationFailed.
    `urls` are its own addresses, served under `/hooks/<name>/`.
    """

    name: str
    title: Text
    does: Text
    settings: tuple[Setting, ...]
    capabilities: frozenset[str]
    test: Callable[[Mapping[str, str]], str]
    urls: tuple[URLPattern, ...] = field(default=())
    docs: str = ""

    def secrets(self) -> frozenset[str]:
        """The names of settings that are kept sealed."""
        return frozenset(setting.name for setting in self.settings if setting.kind == "secret")

    def lacking(self, values: Mapping[str, str]) -> tuple[Setting, ...]:
        """The required settings that these values leave out."""
        return tuple(one for one in self.settings if one.required and not values.get(one.name))


_known: dict[str, Integration] = {}


def register(integration: Integration) -> None:
    """The same name again replaces it."""
    _known[integration.name] = integration


def get(name: str) -> Integration | None:
    return _known.get(name)


def known() -> tuple[Integration, ...]:
    """All that are registered, in the order of registration."""
    return tuple(_known.values())
