"""Logins for tests of people: Aisha administers, Nora coordinates."""

from __future__ import annotations

from callboard.lib.tenancy import organization_scope
from callboard.people import operations
from callboard.people.access import Access, access_of_login
from callboard.people.models import Organization, Person, User

PASSWORD = "seven quiet harbours"


def login(email: str, name: str = "") -> User:
    return operations.create_login(email, name or email.split("@")[0].title(), PASSWORD)


def access(organization: Organization, role: str, email: str, person: Person | None = None) -> Access:
    """A new member's access."""
    user = login(email)
    with organization_scope(organization.pk):
        operations.add_member(user, role, person)
    return access_of_login(user.pk, organization.slug)
