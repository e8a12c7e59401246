"""Public ids: short, unguessable, telling by their prefix what they name.

`ses_7h2k9qd4m1xw8b5t` - 16 characters of Crockford's base 32 (no i, l, o, u), 80 random bits.
"""

from __future__ import annotations

import base64
import re
import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 16
BYTES = LENGTH * 5 // 8
_CROCKFORDS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET)


def new(prefix: str) -> str:
    """A fresh id, as `prefix_` and 16 characters."""
    bits = base64.b32encode(secrets.token_bytes(BYTES)).decode()
    return f"{prefix}_{bits.translate(_CROCKFORDS)}"


def is_made(key: str) -> bool:
    """Whether it is one of these, and so no other's in the whole installation; integrators may choose ids."""
    return re.fullmatch(rf"[a-z]+_[{ALPHABET}]{{{LENGTH}}}", key) is not None


def session_key() -> str:
    return new("ses")


def person_key() -> str:
    return new("per")


def series_key() -> str:
    return new("srs")
