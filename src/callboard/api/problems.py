"""Every failure as a problem document (RFC 9457): `code` for programs, `title` and `detail` for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from callboard.lib.errors import Busy, CallboardError, Unauthorized

MEDIA_TYPE = "application/problem+json"
CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    429: "busy",
    500: "internal",
    503: "unavailable",
}


def titles() -> dict[int, str]:
    return {
        400: _("This request cannot be read."),
        401: _("Say who you are."),
        403: _("This is not open to you."),
        404: _("There is no such thing here."),
        405: _("This cannot be done here."),
        409: _("Something else got there first."),
        413: _("This is too large."),
        422: _("Some of this cannot be right."),
        429: _("There is too much at once."),
        500: _("Something went wrong on our side."),
        503: _("Callboard cannot answer just now."),
    }


def problem(
    status: int, code: str = "", detail: str = "", members: Mapping[str, Any] | None = None
) -> HttpResponse:
    """A problem answer; `members` are its further members and cannot replace the standard ones."""
    body = {
        **(members or {}),
        "type": "about:blank",
        "title": titles().get(status, _("This did not work.")),
        "status": status,
        "code": code or CODES.get(status, "failed"),
        "detail": detail or titles().get(status, ""),
    }
    response = HttpResponse(msgspec.json.encode(body, enc_hook=str), status=status, content_type=MEDIA_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Callboard"'
    return response


def of_error(error: CallboardError) -> HttpResponse:
    response = problem(error.status, error.code, str(error), error.details)
    if isinstance(error, Busy):
        response["Retry-After"] = str(error.retry_after)
    return response


def of_validation(errors: list[dict[str, Any]]) -> HttpResponse:
    """What a validator found wrong, by field: "body.starts_at" is told as "starts_at"."""
    fields: dict[str, str] = {}
    broken = False
    for error in errors:
        place = [str(step) for step in error.get("loc", ())]
        broken = broken or error.get("type") == "json_invalid"
        name = ".".join(step for step in place[1:] if not step.isupper()) or ".".join(place)
        if place[:1] == ["body"] and len(place) > 2:
            name = ".".join(place[2:])
        fields[name] = str(error.get("msg", ""))
    if broken:
        return problem(400, "malformed", "; ".join(fields.values()))
    return problem(422, "invalid", members={"fields": fields})


def of_response(response: HttpResponseBase) -> HttpResponseBase:
    """A failure that someone else worded, as a problem."""
    if response.status_code < 400 or response.get("Content-Type", "").startswith(MEDIA_TYPE):
        return response
    told = problem(response.status_code)
    if response.has_header("Allow"):
        told["Allow"] = response["Allow"]
    return told


def unauthorized() -> HttpResponse:
    return of_error(Unauthorized())
