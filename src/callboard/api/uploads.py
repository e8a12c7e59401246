"""Files as the body of a call: larger than any JSON may be, and read once."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from callboard.lib.sheets import MOST_BYTES

FILES = frozenset(("text/csv", "text/calendar", "text/plain", "application/zip", "application/octet-stream"))


def body(request: HttpRequest) -> bytes:
    """The body. Raises RequestDataTooBig: a file beyond lib.sheets.MOST_BYTES, else what Django allows."""
    if request.content_type in FILES and not hasattr(request, "_body"):
        content = request.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise RequestDataTooBig
        request._body = content  # what Django's own `body` then answers, for whoever asks after us
    return request.body
