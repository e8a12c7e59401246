"""Keys with which programs enter. Only the hash is kept, so a key is shown once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from callboard.lib import clock, ids
from callboard.lib.errors import Invalid
from callboard.people import rules
from callboard.people.access import Access
from callboard.people.models import ApiKey
from callboard.people.operations import changes


def create_api_key(
    name: str, scopes: Iterable[str], *, by: Access | None = None, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A key for the organization in scope, and its secret, which cannot be had again. `by` None: the system.

    Raises Invalid for no name, no scope, or one that no key can hold; Forbidden for more than the asker may.
    """
    if by is not None:
        by.require("keys.manage")
    scopes = sorted(set(scopes))
    name = name.strip()
    if not name:
        raise Invalid(fields={"name": _("Name it after the program that will use it.")})
    if not scopes or rules.unknown_scopes(scopes):
        raise Invalid(fields={"scopes": _("Choose what the key may do.")})
    if by is not None:
        for scope in scopes:
            by.require(scope)
    if expires_at is not None and expires_at <= clock.now():
        raise Invalid(fields={"expires_at": _("This is past already.")})
    token = rules.KEY_PREFIX + "".join(secrets.choice(ids.ALPHABET) for _i in range(rules.KEY_LENGTH))
    key = ApiKey.objects.create(
        name=name[:100],
        hint=token[:8],
        key_hash=rules.secret_hash(token),
        scopes=scopes,
        created_by_id=by.user if by else None,
        expires_at=expires_at,
    )
    told = {"scopes": scopes, "expires_at": expires_at and expires_at.isoformat()}
    changes.note(changes.KEY, str(key.pk), {}, told, by)
    return key, token


def revoke_api_key(key_id: int, *, by: Access | None = None) -> bool:
    """Let a key of the organization in scope open nothing, from now on. False where it already did not."""
    if by is not None:
        by.require("keys.manage")
    revoked = bool(ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=clock.now()))
    if revoked:
        changes.note(changes.KEY, str(key_id), {"open": True}, {"open": False}, by)
    return revoked


def revoke_all() -> int:
    """No key of the organization in scope opens anything any more: it is being deleted."""
    return ApiKey.objects.filter(revoked_at=None).update(revoked_at=clock.now())
