"""Links that sign in: each names a login of the simulated school, signed, and works while the demo is up."""

from __future__ import annotations

from django.core import signing

SALT = "callboard.demo.login"


def ticket(email: str) -> str:
    """Signed with the installation's own key, which a demo's data folder keeps."""
    return signing.dumps(email, salt=SALT, compress=False)


def opened(token: str) -> str:
    """The address of the login that it names. Raises signing.BadSignature."""
    email = signing.loads(token, salt=SALT)
    if not isinstance(email, str):
        raise signing.BadSignature
    return email
