"""What stands round every page, as it is drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    key: str
    text: str
    icon: str
    href: str
    count: int | None = None
    now: int = 0


@dataclass(frozen=True)
class Group:
    title: str
    items: list[Item]


@dataclass(frozen=True)
class Frame:
    """`here` names the current item; `tabs` are what a phone shows at its foot; `several`: there are other
    organizations to change to.
    """

    organization: str
    name: str
    initials: str
    role: str
    clock: str
    city: str
    zone: str
    now: str
    shortcuts: bool
    here: str
    groups: list[Group]
    tabs: list[Item]
    staff: bool
    admin: bool = False
    several: bool = False
