"""Requests that may be sent again: the same key and the same request get the same answer, done once.

The answer is kept in the transaction of its effect, so that neither is there without the other. Two that come
at once wait for each other. Only what succeeded is kept: a refused request changed nothing and may be tried
again. After a day the key may be used anew.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from callboard.api import uploads
from callboard.api.models import IdempotentAnswer
from callboard.lib import clock
from callboard.lib.errors import Conflict, Invalid
from callboard.people.access import Access

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(days=1)
LONGEST = 200


def key_of(request: HttpRequest) -> str | None:
    """The request's key, where it is one that changes something. Raises Invalid where it is too long."""
    key = request.headers.get(HEADER)
    if not key or request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    if len(key) > LONGEST:
        raise Invalid(fields={HEADER: _("At most 200 characters.")})
    return key


def kept(access: Access, request: HttpRequest, key: str) -> HttpResponse | None:
    """The answer given before. Needs the open transaction; whoever comes second waits here for the first.

    Raises Invalid `idempotency_mismatch` where the key was another request's, Conflict `already_done` where
    the answer held a secret.
    """
    asker = _asker(access)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{access.organization} {asker} {key}"]
        )
    answer = IdempotentAnswer.objects.filter(asker=asker, key=key).first()
    if answer is None:
        return None
    if answer.created_at < clock.now() - KEPT_FOR:
        answer.delete()
        return None
    if answer.request_hash != _hash(request):
        raise Invalid(_("This key was used for another request. Use a new one."), code="idempotency_mismatch")
    if answer.body is None:
        raise Conflict(_("This was done, and its answer is not given twice."), code="already_done")
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json; charset=utf-8")
    response["Idempotency-Replayed"] = "true"
    return response


def keep(
    access: Access, request: HttpRequest, key: str, response: HttpResponseBase, *, secret: bool = False
) -> None:
    """Keep an answer that succeeded."""
    body = response.content.decode() if isinstance(response, HttpResponse) and not secret else None
    IdempotentAnswer.objects.create(
        asker=_asker(access),
        key=key,
        request_hash=_hash(request),
        status=response.status_code,
        body=body,
    )


def forget_old() -> int:
    """Delete what is older than a day, in the organization in scope."""
    return IdempotentAnswer.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]


def _asker(access: Access) -> str:
    return f"key:{access.key}" if access.key is not None else f"member:{access.member}"


def _hash(request: HttpRequest) -> str:
    told = f"{request.method} {request.get_full_path()}\n".encode() + uploads.body(request)
    return hashlib.sha256(told).hexdigest()
