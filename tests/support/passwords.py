"""Passwords hashed in no time, in the product's own format: a server that a test starts can check them."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """One round instead of a million."""

    iterations = 1
