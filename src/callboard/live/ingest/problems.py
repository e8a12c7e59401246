"""What went wrong, as RFC 9457's problem details with a stable `code`."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from callboard.lib.errors import Busy, CallboardError, Unauthorized


class Problem(Exception):
    """An answer that is no success. `headers` are further ones."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        headers: Mapping[bytes, bytes] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def body(self) -> dict[str, Any]:
        title = HTTPStatus(self.status).phrase
        return {"type": "about:blank", "title": title, "status": self.status, "code": self.code,
                "detail": self.detail, **self.more}  # fmt: skip


def of_error(error: CallboardError) -> Problem:
    headers: dict[bytes, bytes] = {}
    if isinstance(error, Busy):
        headers[b"retry-after"] = str(error.retry_after).encode()
    if isinstance(error, Unauthorized):
        headers[b"www-authenticate"] = b"Bearer"
    return Problem(error.status, error.code, str(error), headers, error.details)
