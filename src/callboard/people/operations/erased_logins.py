"""The logins of someone who is erased: nobody signs in by them again, and what they did stays done by nobody.

A login is global. One that opens another organization too stays as it is, and what it did here goes over to a
blank one; any other becomes blank itself. Needs the organization's scope.
"""

from __future__ import annotations

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import models

from callboard.lib import ids
from callboard.lib.tenancy import TenantModel
from callboard.people.access import belongs_elsewhere
from callboard.people.erasing import Subject
from callboard.people.models import Member, User

NOWHERE = "@erased.invalid"
"""Where a blank login's address ends: a name that no network ever has (RFC 2606)."""


def blank_logins(subject: Subject) -> int:
    """Twice is once. Answers how many were blanked."""
    count = 0
    for member in Member.objects.filter(pk__in=subject.members).select_related("user"):
        if member.user.email.endswith(NOWHERE):
            continue
        if belongs_elsewhere(member.user_id, subject.organization):
            _hand_over(member.user_id, _blank(User()).pk)
        else:
            _blank(member.user)
        count += 1
    return count


def blank_all(organization: int) -> list[int]:
    """Of an organization that goes: the logins that open no other are blank. Answers their ids."""
    found = []
    for member in Member.objects.select_related("user").order_by("pk"):
        if not belongs_elsewhere(member.user_id, organization):
            if not member.user.email.endswith(NOWHERE):
                _blank(member.user)
            found.append(member.user_id)
    return found


def _blank(user: User) -> User:
    user.email, user.name, user.zone, user.locale = f"{ids.new('gone')}{NOWHERE}", "", "", ""
    user.is_active, user.last_login, user.password = False, None, make_password(None)
    user.save()
    for login in UserSession.objects.filter(user=user):
        login.end()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    return user


def _hand_over(former: int, latter: int) -> None:
    for model, field in _references():
        manager: models.Manager[TenantModel] = model.objects
        manager.filter(**{field: former}).update(**{field: latter})


def _references() -> Iterator[tuple[type[TenantModel], str]]:
    """Every column of a tenant's table that names a login."""
    for model in apps.get_models():
        if issubclass(model, TenantModel):
            for field in model._meta.local_fields:
                if isinstance(field, models.ForeignKey) and field.related_model is User:
                    yield model, field.attname
