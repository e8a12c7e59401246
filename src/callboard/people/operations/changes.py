"""Writing down that a setting was changed: what from and what to, by whom. Other packages' settings too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from callboard.lib import clock
from callboard.people.access import Access
from callboard.people.models import SettingChange

ORGANIZATION: Final = "organization"
MEMBER: Final = "member"
INVITATION: Final = "invitation"
KEY: Final = "key"
QUEUE: Final = "queue"
ROUTES: Final = "routes"
SERVER: Final = "server"
RECORDINGS: Final = "recordings"
ROOMS: Final = "rooms"
RULES: Final = "rules"
PROMISES: Final = "promises"
DATA: Final = "data"
KINDS: Final = (
    ORGANIZATION, MEMBER, INVITATION, KEY, QUEUE, ROUTES, SERVER, RECORDINGS, ROOMS, RULES, PROMISES, DATA
)  # fmt: skip
"""What can be changed."""

Asker = Access | int | None
"""An access, a login's id, or nobody: the system."""

Values = Mapping[str, Any]


def note(what: str, about: str, before: Values, after: Values, by: Asker = None) -> SettingChange | None:
    """Write a change down; one that changes nothing is none. Must not be handed a secret.

    Needs the organization's scope and the transaction of the change. {} stands for what is not there.
    """
    names = sorted({name for name in {**before, **after} if before.get(name) != after.get(name)})
    if not names:
        return None
    return SettingChange.objects.create(
        at=clock.now(),
        login_id=login_of(by),
        key_id=by.key if isinstance(by, Access) else None,
        what=what,
        about=about[:200],
        before={name: before[name] for name in names if name in before},
        after={name: after[name] for name in names if name in after},
    )


def login_of(by: Asker) -> int | None:
    """The login behind an asker; None for a program and the system."""
    return by.user if isinstance(by, Access) else by
