"""Secrets at rest: what lies sealed in the database is opened by the installation's secret key alone."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotOpen(Exception):
    """It was sealed with a key that this installation does not have (any more)."""


def seal(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. Raises CannotOpen."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen("this was sealed with another secret key") from None


def _fernet() -> MultiFernet:
    """Seals with the secret key; opens with former ones too."""
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    # The key is random and long, so that a plain hash, told apart by a prefix, is enough.
    return base64.urlsafe_b64encode(hashlib.sha256(b"callboard sealed:" + key.encode()).digest())
