"""Secrets at rest: what lies sealed in the database is opened by the installation's secret key alone."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotOpen(Exception):
    """It was sealed with a key that this installation does not have (any more)."""


def seal(text: str, purpose: str = "sealed") -> str:
    """What is sealed for one purpose opens for no other."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str = "sealed") -> str:
    """The text again. Raises CannotOpen."""
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen("this was sealed with another secret key") from None


def _fernet(purpose: str) -> MultiFernet:
    """Seals with the secret key; opens with former ones too."""
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(_derived(purpose, key)) for key in keys])


def _derived(purpose: str, key: str) -> bytes:
    # The key is random and long, so that a plain hash, told apart by a prefix, is enough.
    return base64.urlsafe_b64encode(hashlib.sha256(f"callboard {purpose}:{key}".encode()).digest())
