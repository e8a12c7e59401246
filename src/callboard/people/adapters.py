"""How sign-in is ours: nobody signs up by themselves, and second factors' secrets are kept encrypted."""

from __future__ import annotations

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc, unused-ignore]
    """A login comes from an invitation alone (people.operations.invitations)."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc, unused-ignore]
    """A copy of the database opens no second factor without the installation's secret key."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> MultiFernet:
    """Encrypts with the secret key; decrypts with former ones too."""
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    # The key is random and long, so that a plain hash, told apart by a prefix, is enough.
    return base64.urlsafe_b64encode(hashlib.sha256(b"callboard second factor:" + key.encode()).digest())
