"""Making an organization and changing it, and the first login that may administer it."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from callboard.lib import facts, pubsub
from callboard.lib.errors import Conflict, Invalid
from callboard.lib.tenancy import organization_scope
from callboard.people.access import Access
from callboard.people.facts import ZoneChanged
from callboard.people.models import Member, Organization, Role
from callboard.people.operations import changes
from callboard.people.operations.checks import check_zone
from callboard.people.operations.members import add_member, create_login


def create_organization(name: str, slug: str = "", zone: str = "UTC", locale: str = "en") -> Organization:
    """A new tenant. Opens a transaction of its own.

    Raises Invalid for a zone that IANA does not know, Conflict (`slug_taken`).
    """
    name = name.strip()
    if not name:
        raise Invalid(fields={"name": _("An organization needs a name.")})
    check_zone(zone)
    slug = slug or slugify(name)[:50]
    if not slug or slug != slugify(slug):
        raise Invalid(fields={"slug": _("Use small letters, digits and hyphens.")})
    try:
        with transaction.atomic():
            # A row can only be written within its own organization, so its id comes first.
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [Organization._meta.db_table]
                )
                (identity,) = cursor.fetchone()
            with organization_scope(identity):
                return Organization.objects.create(
                    id=identity, slug=slug, name=name, zone=zone, locale=locale
                )
    except IntegrityError as error:
        raise Conflict(_("Another organization has this short name."), code="slug_taken") from error


def change_organization(access: Access, *, name: str, zone: str, locale: str) -> Organization:
    """What it is called, the clock on its walls, the language it is spoken to in.

    Needs an open transaction in the organization's scope. Raises Forbidden, Invalid by field.
    """
    access.require("settings.manage")
    name = name.strip()
    if not name or len(name) > 200:
        raise Invalid(fields={"name": _("An organization needs a name, of at most 200 characters.")})
    check_zone(zone)
    if locale not in dict(settings.LANGUAGES):
        raise Invalid(fields={"locale": _("There is no such language here.")})
    found = Organization.objects.select_for_update().get(pk=access.organization)
    moved, former = found.zone != zone, {"name": found.name, "zone": found.zone, "locale": found.locale}
    found.name, found.zone, found.locale = name, zone, locale
    found.save(update_fields=["name", "zone", "locale"])
    changes.note(changes.ORGANIZATION, "", former, {"name": name, "zone": zone, "locale": locale}, by=access)
    if moved:
        facts.publish(ZoneChanged(zone=zone))
    pubsub.publish("organization", id=found.pk)
    return found


def bootstrap_admin(
    email: str,
    password: str | None = None,
    *,
    organization: str,
    zone: str = "UTC",
    locale: str = "en",
    name: str = "",
) -> Member:
    """The first organization and its admin, as `callboard init` makes them. Opens its own transaction.

    Without a password the login has none, and gets in by a link that resets it. Raises Conflict where the
    organization's short name is taken, Invalid for what cannot be.
    """
    with transaction.atomic():
        made = create_organization(organization, zone=zone, locale=locale)
        user = create_login(email, name=name, password=password)
        with organization_scope(made.pk):
            return add_member(user, Role.ADMIN)
