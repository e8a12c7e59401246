"""What a person does to a case on a page, handed to the domains' operations."""

from __future__ import annotations

from collections.abc import Mapping

from callboard.lib.errors import NotFound
from callboard.people.models import Member


def do(member: Member, case: int, name: str, form: Mapping[str, str]) -> int | None:
    """Answers the id of the history entry that can be undone, where there is one."""
    raise NotFound


def undo(member: Member, case: int, entry: int) -> None:
    raise NotFound


def said(name: str) -> str:
    return name
