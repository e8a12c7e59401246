"""Tokens that name a row and cannot be made up: for addresses that open something without a sign-in.

A token says what it is for, then its values, then a signature of the installation's secret key. It hides
nothing: its values are ids, and whoever reads it may read them. Nothing of it is stored.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.core import signing

from callboard.lib import clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadToken(ValueError):
    """Cut short, changed, or made for another purpose or installation."""


class TokenExpired(BadToken):
    """It was good, and is not any more."""


def sign(purpose: str, *values: int | str) -> str:
    """A token of these values, fit for an address. `purpose` keeps one kind from passing as another."""
    parts = [str(value) for value in values]
    if any(":" in part or not part for part in parts):
        raise ValueError("a value in a token is not empty and has no colon")
    return _signer(purpose).sign(":".join(parts)).replace(":", ".")


def read(purpose: str, token: str) -> tuple[str, ...]:
    """The values of a token, as text. Raises BadToken."""
    try:
        value = _signer(purpose).unsign(token.replace(".", ":"))
    except signing.BadSignature:
        raise BadToken("this token is not one of ours") from None
    return tuple(value.split(":"))


def sign_until(purpose: str, until: datetime, *values: int | str) -> str:
    """A token that is good until a moment, to the second."""
    return sign(purpose, int((until - _EPOCH).total_seconds()), *values)


def read_until(purpose: str, token: str) -> tuple[str, ...]:
    """The values of a token that is still good. Raises BadToken, TokenExpired."""
    until, *values = read(purpose, token)
    if not until.isdigit():
        raise BadToken("this token has no end")
    if clock.now() >= datetime.fromtimestamp(int(until), UTC):
        raise TokenExpired("this token was good until a while ago")
    return tuple(values)


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"callboard.{purpose}")
