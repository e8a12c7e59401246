"""Addresses, looked up once: for lists of hundreds, and what stands on every page."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def plain(name: str) -> str:
    """What `reverse` says of the name alone."""
    return _plain(name, get_script_prefix())


@lru_cache(maxsize=256)
def _plain(name: str, _prefix: str) -> str:
    return reverse(name)


def numbered(name: str, number: int) -> str:
    """What `reverse` says of the name with the number as its one argument."""
    before, after = _around(name, get_script_prefix())
    return f"{before}{number}{after}"


def keyed(name: str, key: str) -> str:
    """What `reverse` says of the name with one argument of which there are few: a kind, a slug of ours."""
    return _keyed(name, key, get_script_prefix())


@lru_cache(maxsize=256)
def _keyed(name: str, key: str, _prefix: str) -> str:
    return reverse(name, args=[key])


@lru_cache(maxsize=64)
def _around(name: str, _prefix: str) -> tuple[str, str]:
    before, _zero, after = reverse(name, args=[0]).rpartition("0")
    return before, after
