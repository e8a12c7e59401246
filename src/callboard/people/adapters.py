"""How sign-in is ours: nobody signs up by themselves, and second factors' secrets are kept encrypted."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from callboard.lib import sealing

SECOND_FACTOR = "second factor"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc, unused-ignore]
    """A login comes from an invitation alone (people.operations.invitations)."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc, unused-ignore]
    """A copy of the database opens no second factor without the installation's secret key."""

    def encrypt(self, text: str) -> str:
        return sealing.seal(text, SECOND_FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text, SECOND_FACTOR)
