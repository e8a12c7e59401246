"""The member that a key acts as: a service account of its own, so that histories say which program it was.

Its login is off, so nobody can sign in as it.
"""

from __future__ import annotations

import dataclasses

from django.db import IntegrityError, transaction

from callboard.people.access import Access
from callboard.people.models import Member, Role, User


def as_member(access: Access) -> Access:
    """The same access, with the member that its key acts as; made at the first time.

    Needs an open transaction in the organization's scope. What belongs to a person stays as it is.
    """
    if access.key is None or access.member is not None:
        return access
    email = f"key-{access.key}@service.invalid"
    member = Member.objects.filter(user__email=email).values_list("pk", flat=True).first()
    if member is None:
        member = _made(email, access.name)
    return dataclasses.replace(access, member=member)


def _made(email: str, name: str) -> int:
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, None, name=name, is_active=False)
            return Member.objects.create(user=user, role=Role.SERVICE).pk
    except IntegrityError:  # another request of the same key was first
        return Member.objects.get(user__email=email).pk
