"""Links that sign in, or let into a room: each names a login of the simulated school or a join link's token,
signed, and works while the demo is up.
"""

from __future__ import annotations

from django.core import signing

SALT = "callboard.demo.login"
JOIN = "callboard.demo.join"


def ticket(email: str) -> str:
    """Signed with the installation's own key, which a demo's data folder keeps."""
    return signing.dumps(email, salt=SALT, compress=False)


def opened(token: str) -> str:
    """The address of the login that it names. Raises signing.BadSignature."""
    email = signing.loads(token, salt=SALT)
    if not isinstance(email, str):
        raise signing.BadSignature
    return email


def join_ticket(token: str) -> str:
    """Of a join link's token: whoever has it is believed to be its person, from the browser that they use."""
    return signing.dumps(token, salt=JOIN, compress=False)


def opened_join(ticket: str) -> str:
    """The join link's token. Raises signing.BadSignature."""
    token = signing.loads(ticket, salt=JOIN)
    if not isinstance(token, str):
        raise signing.BadSignature
    return token
