"""Failures that are expected: each has a code for programs, words for people, and an HTTP status.

Whatever is not one of these is a surprise, and may wake somebody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class CallboardError(Exception):
    """Base of all expected failures.

    `code` is stable and part of the API; `message` is translatable; `details` are further members of the
    problem answer (RFC 9457) and hold ids, never names.
    """

    code = "failed"
    status = 400
    message: Text = _("This did not work.")

    def __init__(self, message: Text | None = None, *, code: str | None = None, **details: Any) -> None:
        self.message = message if message is not None else type(self).message
        if code is not None:
            self.code = code
        self.details: Mapping[str, Any] = details
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


class Invalid(CallboardError):
    """The input cannot be meant: `fields` names what is wrong, by field."""

    code = "invalid"
    status = 422
    message = _("Some of this cannot be right.")

    def __init__(
        self,
        message: Text | None = None,
        *,
        code: str | None = None,
        fields: Mapping[str, Text] | None = None,
    ) -> None:
        self.fields = dict(fields or {})
        super().__init__(message, code=code, fields={name: str(text) for name, text in self.fields.items()})


class NotFound(CallboardError):
    code = "not_found"
    status = 404
    message = _("There is no such thing here.")


class Unauthorized(CallboardError):
    """Nobody is signed in, or the key is unknown, revoked or past its time: which of these is not told."""

    code = "unauthorized"
    status = 401
    message = _("Sign in, or send a valid key.")


class Forbidden(CallboardError):
    code = "forbidden"
    status = 403
    message = _("Your role does not include this.")


class Conflict(CallboardError):
    """Someone or something else was first; trying the same again will not help."""

    code = "conflict"
    status = 409
    message = _("Something else got there first.")


class Busy(CallboardError):
    """Nothing is wrong with the request; there is no room for it now. `retry_after` in seconds."""

    code = "busy"
    status = 429
    message = _("There is too much at once. Try again shortly.")

    def __init__(self, message: Text | None = None, *, code: str | None = None, retry_after: int = 1) -> None:
        self.retry_after = retry_after
        super().__init__(message, code=code, retry_after=retry_after)
