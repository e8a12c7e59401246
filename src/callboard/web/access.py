"""Who a request comes from: the organization that a login chose, and the words and times it is told in.

The middleware opens no transaction that outlives it, so that a stream may stay open as long as it likes; a
page opens its organization's scope itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from callboard.lib.errors import CallboardError, Forbidden, Unauthorized
from callboard.people.access import CHOSEN, Access, access_of_user, memberships
from callboard.people.models import User
from callboard.people.operations import note_login

_KEPT = "callboard_access"


def access_of(request: HttpRequest) -> Access:
    """The access of whoever is signed in, read once per request.

    A choice that no longer holds falls back to the first organization. Raises Unauthorized, Forbidden.
    """
    kept: Access | None = getattr(request, _KEPT, None)
    if kept is None:
        if not isinstance(request.user, User):
            raise Unauthorized
        kept = _chosen(request, request.user)
        setattr(request, _KEPT, kept)
    return kept


def _chosen(request: HttpRequest, user: User) -> Access:
    wanted = request.session.get(CHOSEN)
    if isinstance(wanted, int):
        try:
            return access_of_user(user, wanted)
        except Forbidden:
            del request.session[CHOSEN]
    return access_of_user(user)


def choose(request: HttpRequest, organization: int) -> None:
    """Work for another of one's organizations from now on. Raises Forbidden where it is none of theirs."""
    if not isinstance(request.user, User) or organization not in {
        each.organization for each in memberships(request.user.pk)
    }:
        raise Forbidden(code="no_membership")
    request.session[CHOSEN] = organization
    if hasattr(request, _KEPT):
        delattr(request, _KEPT)


def _note_login(request: HttpRequest, user: Any) -> None:
    """When and from where this browser was last seen, for its owner to look at."""
    key = request.session.session_key
    try:
        address = get_adapter().get_client_ip(request)
    except (PermissionDenied, ImproperlyConfigured):
        return  # a socket has no address, and proxies may be fewer than was said: no reason to keep one out
    if key:
        note_login(user.pk, key, address, request.headers.get("User-Agent", ""))


class AccessMiddleware(MiddlewareMixin):
    """Tells whoever is signed in their language and zone, in every view that is not a stream."""

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_arguments: Any) -> None:
        timezone.deactivate()
        user = getattr(request, "user", None)
        if iscoroutinefunction(view) or user is None or not user.is_authenticated:
            return
        _note_login(request, user)
        try:
            access = access_of(request)
        except CallboardError:
            return  # the view says so, where it matters to it
        timezone.activate(ZoneInfo(access.zone))
        if access.locale in dict(settings.LANGUAGES):
            translation.activate(access.locale)
            request.LANGUAGE_CODE = translation.get_language()
