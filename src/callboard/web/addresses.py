"""Addresses of what is told apart by a number, for lists of hundreds: looking up costs more than drawing."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def numbered(name: str, number: int) -> str:
    """What `reverse` says of the name with the number as its one argument."""
    before, after = _around(name, get_script_prefix())
    return f"{before}{number}{after}"


@lru_cache(maxsize=64)
def _around(name: str, _prefix: str) -> tuple[str, str]:
    before, _zero, after = reverse(name, args=[0]).rpartition("0")
    return before, after
