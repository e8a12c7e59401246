"""Who may do what: permissions by role, what a key may hold, and whom one role may let in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

OWN = "own.read"
"""One's own sessions, or one's own child's, and no other's. What everybody who signs in may do."""

_READ = frozenset({"cases.read", "sessions.read", "people.read", "live.read"})
_COORDINATE = _READ | {"cases.act", "sessions.book", "people.manage", OWN}
_ADMINISTER = _COORDINATE | {"keys.manage", "settings.manage", "events.write", "people.erase", "data.manage"}

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    "admin": _ADMINISTER,
    "coordinator": _COORDINATE,
    "instructor": frozenset({OWN}),
    "guardian": frozenset({OWN}),
    "student": frozenset({OWN}),
    "service": frozenset(),
}

KEY_SCOPES = _ADMINISTER - {OWN}
"""What a key may hold. A key is nobody's own, so `own.read` would mean nothing."""

ROLES_OF_PEOPLE = frozenset({"instructor", "guardian", "student"})
"""Roles that see only what is theirs, and so must be a person of the organization."""

ROLES_TO_GRANT: dict[str, frozenset[str]] = {
    "admin": frozenset(ROLE_PERMISSIONS) - {"service"},
    "coordinator": ROLES_OF_PEOPLE,
    "service": ROLES_OF_PEOPLE,
}

INVITATION_DAYS = 7
INVITATION_LIFETIME = timedelta(days=INVITATION_DAYS)

KEY_PREFIX = "cb_"
KEY_LENGTH = 40
KEY_USE_NOTED = timedelta(minutes=1)
"""A key's last use is noted no finer than this, so that a busy key does not write at every call."""


PROOF_TYPES = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
}
"""What a paper form may be kept as, and how its file's name then ends."""
PROOF_BYTES = 10 * 1024 * 1024


def speaks_for_themselves(of_age_on: date | None, today: date, *, has_guardians: bool) -> bool:
    """Whether a person decides about themselves: from the day on that says so; where none is known, unless
    somebody answers for them.
    """
    return of_age_on <= today if of_age_on is not None else not has_guardians


def proof_type(content: bytes) -> str:
    """What a file is by its first bytes, of PROOF_TYPES; empty for anything else. Names and claims lie."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


def permissions_of(role: str) -> frozenset[str]:
    return ROLE_PERMISSIONS.get(role, frozenset())


def may_grant(role: str, granted: str) -> bool:
    """Whether someone of one role (a key: "service") may let in another of a role."""
    return granted in ROLES_TO_GRANT.get(role, frozenset())


def unknown_scopes(scopes: Iterable[str]) -> list[str]:
    """Those that no key can hold, sorted."""
    return sorted(set(scopes) - KEY_SCOPES)


def secret_hash(token: str) -> str:
    """What is kept of a key or an invitation: sha256, since the secret itself has 200 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
