"""What follows once a button has acted: scripts get 204 and an event with the words, others a page."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def done(
    request: HttpRequest,
    text: str,
    *,
    undo: str = "",
    case: int = 0,
    name: str = "",
    back: str = "",
    failed: bool = False,
) -> HttpResponse:
    """`undo` is the address that takes it back; `back` where those without scripts go, else whence they
    came."""
    if not request.headers.get("HX-Request"):
        messages.info(request, text)
        return redirect(back or _whence(request))
    told: dict[str, Any] = {
        "callboard:done": {"text": text, "undo": undo, "case": case, "name": name, "failed": failed}
    }
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps(told)
    return response


def _whence(request: HttpRequest) -> str:
    came = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure())
    return came if safe else "/queue/"
