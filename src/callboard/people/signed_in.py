"""Who is signed in, with the memberships that say what they may do, in one statement.

Every page asks both before anything else. As a login first and then, in a transaction of its own, its
memberships, it was six round trips and a third of the cheaper pages.
"""

from __future__ import annotations

from typing import Any, TypeVar

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection, models

from callboard.lib import tenancy
from callboard.people.models import Member, Organization, User

_Row = TypeVar("_Row", bound=models.Model)

_MODELS: tuple[type[models.Model], ...] = (User, Member, Organization)


class SignInBackend(AuthenticationBackend):  # type: ignore[misc, unused-ignore]
    """Signing in is django-allauth's; who comes back with a login's cookie is read here."""

    def get_user(self, user_id: int | str) -> User | None:
        return signed_in(int(user_id))


def signed_in(user_id: int) -> User | None:
    """The active login, with its `memberships` set, the oldest first. None where there is none."""
    rows = tenancy.read_as_user(user_id, _STATEMENT)
    if not rows:
        return None
    user = _made(User, rows[0])
    if not user.is_active:
        return None
    user.memberships = [_member(user, row) for row in rows if row[len(_names(User))] is not None]
    return user


def _member(user: User, row: tuple[Any, ...]) -> Member:
    at = len(_names(User))
    member = _made(Member, row[at:])
    member.user = user
    member.organization = _made(Organization, row[at + len(_names(Member)) :])
    return member


def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _made(model: type[_Row], values: tuple[Any, ...]) -> _Row:
    names = _names(model)
    return model.from_db(connection.alias, names, values[: len(names)])


def _columns() -> str:
    return ", ".join(
        f'"{model._meta.model_name}"."{field.column}"'
        for model in _MODELS
        for field in model._meta.concrete_fields
    )


_STATEMENT = f"""
SELECT {_columns()}
  FROM "{User._meta.db_table}" AS "user"
  LEFT JOIN "{Member._meta.db_table}" AS member
    ON member.user_id = "user".id AND member.deactivated_at IS NULL
  LEFT JOIN "{Organization._meta.db_table}" AS organization ON organization.id = member.organization_id
 WHERE "user".id = %(user)s
 ORDER BY member.created_at, member.id
"""  # noqa: S608 - names of our own tables
