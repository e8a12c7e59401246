"""What every call goes through: who asks, one transaction in their organization, and problems for failures.

1. Find out who asks: a key (`Authorization: Bearer`), or a login's cookie together with its CSRF token.
2. Open one transaction in their organization's scope.
3. Give the answer kept under the request's Idempotency-Key, if there is one.
4. Call the view. A failure rolls everything back.
5. Keep the answer under the key, and commit.

A deadlock or a serialization failure is tried again from 2; nobody sees one. A call that waits for other
systems (`WAITS`) is given no transaction, and keeps nothing: it opens its own while it reads.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja.utils import check_csrf

from callboard.api import idempotency, problems, rates
from callboard.cases.operations.service import as_member
from callboard.lib.errors import CallboardError, Forbidden, Unauthorized
from callboard.lib.tenancy import organization_scope
from callboard.people.access import CHOSEN, Access, access_of_key, access_of_user
from callboard.people.models import User

TRIES = 5
AGAIN = ("40P01", "40001")
"""Deadlock detected, serialization failure."""
SAFE = ("GET", "HEAD", "OPTIONS")
WAITS = "waits"
"""The `url_name` of calls that only read, and wait for other systems."""

log = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]


class Asked(HttpRequest):
    """A request whose asker is known. `secret`: its answer must not be kept."""

    access: Access
    secret: bool


class _Refused(Exception):
    """Carries a failure out of the transaction, which is rolled back by it."""

    def __init__(self, response: HttpResponseBase) -> None:
        self.response = response


def access_of(request: HttpRequest) -> Access:
    """Who asks. Raises Unauthorized, Forbidden (`csrf`)."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized
        return access_of_key(token.strip())
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        raise Unauthorized
    if request.method not in SAFE and check_csrf(request) is not None:
        raise Forbidden(code="csrf")
    wanted = request.session.get(CHOSEN)
    try:
        return access_of_user(user, wanted if isinstance(wanted, int | str) else None)
    except Forbidden:
        return access_of_user(user)


def guarded(view: View, *, waits: bool = False) -> View:
    @functools.wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            access = access_of(request)
            rates.take(access)
            answered = _waiting if waits else _answered
            return problems.of_response(answered(view, request, access, args, kwargs))
        except CallboardError as error:
            return problems.of_error(error)
        except _Refused as refused:
            return problems.of_response(refused.response)
        except RequestDataTooBig:
            return problems.problem(413)
        except DataError:
            # What no table can hold: a NUL in a text, a number beyond all numbers.
            return problems.problem(422, "invalid")
        except (OperationalError, InterfaceError) as error:
            log.warning("the database did not answer: %s", type(error).__name__)
            connection.close()
            response = problems.problem(503)
            response["Retry-After"] = "1"
            return response
        except Exception:
            log.exception("a call of the API failed")
            return problems.problem(500)

    inner.csrf_exempt = True  # type: ignore[attr-defined]  # checked above, where a cookie is what lets in
    return inner


def _answered(
    view: View, request: HttpRequest, access: Access, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponseBase:
    key = idempotency.key_of(request)
    for attempt in range(1, TRIES + 1):
        try:
            return _once(view, request, access, key, args, kwargs)
        except OperationalError as error:
            if attempt == TRIES or getattr(error.__cause__, "sqlstate", None) not in AGAIN:
                raise
    raise AssertionError("the last attempt answers or raises")


def _waiting(
    view: View, request: HttpRequest, access: Access, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponseBase:
    request.access, request.secret = access, False  # type: ignore[attr-defined]
    return view(request, *args, **kwargs)


def _once(
    view: View,
    request: HttpRequest,
    access: Access,
    key: str | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> HttpResponseBase:
    with organization_scope(access.organization):
        if key is not None and (answer := idempotency.kept(access, request, key)) is not None:
            return answer
        request.access = as_member(access) if access.may("cases.act") else access  # type: ignore[attr-defined]
        request.secret = False  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        if response.status_code >= 400:
            raise _Refused(response)
        if key is not None:
            idempotency.keep(access, request, key, response, secret=request.secret)  # type: ignore[attr-defined]
        return response


def nothing_here(_request: HttpRequest, **_path: Any) -> HttpResponse:
    """For every address of the API that is none."""
    return problems.problem(404)


nothing_here.csrf_exempt = True  # type: ignore[attr-defined]
