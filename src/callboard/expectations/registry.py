"""Which kinds of promise there are, as other packages registered them in their AppConfig.ready.

The same name again replaces it, so that registering twice is registering once.
"""

from __future__ import annotations

from collections.abc import Mapping

from callboard.expectations.policy import Kind

__all__ = ["Kind", "asked", "kind_of", "kinds", "register", "title"]

_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kinds() -> Mapping[str, Kind]:
    """All, by name, in the order of registration."""
    return _kinds


def kind_of(name: str) -> Kind | None:
    return _kinds.get(name)


def asked() -> list[str]:
    """Those that no plan makes: whoever asks for something does."""
    return [kind.name for kind in _kinds.values() if kind.about == "asked"]


def title(name: str) -> str:
    """In words; a kind that nobody registered (any more) by its name."""
    known = _kinds.get(name)
    return str(known.title) if known else name.replace("_", " ").capitalize()
