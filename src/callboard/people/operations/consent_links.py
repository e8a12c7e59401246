"""Links to the page of consents: one per person who speaks for somebody. All need the organization's scope.

Like a join link, it finds and proves nothing: what is said there takes a sign-in or a confirmed device.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from callboard.lib import clock, signing, tenancy
from callboard.lib.errors import NotFound
from callboard.people import queries
from callboard.people.models import ConsentLink, Person

PURPOSE = "consent"


def consent_path(person: Person) -> str:
    """The address without the host; made where there is none."""
    link, _made = ConsentLink.objects.get_or_create(person=person)
    return f"/c/{signing.sign(PURPOSE, tenancy.current_organization(), link.pk, link.generation)}"


def consent_url(person: Person) -> str:
    return settings.BASE_URL.rstrip("/") + consent_path(person)


def replace_consent_link(person: Person) -> str:
    """A new address; the former ones open nothing any more."""
    made, _fresh = ConsentLink.objects.get_or_create(person=person)
    link = ConsentLink.objects.select_for_update().get(pk=made.pk)
    link.generation += 1
    link.save(update_fields=["generation"])
    return consent_url(person)


def consent_link_sent(person: Person) -> None:
    ConsentLink.objects.filter(person=person).update(sent_at=clock.now())


def organization_of_consent_link(token: str) -> int:
    """Whose link it is, by its signature alone. Raises NotFound (`link_unknown`)."""
    return _read(token)[0]


def open_consent_link(token: str) -> Person:
    """Whose page it is. Needs its organization's scope. Raises NotFound (`link_unknown`, `link_replaced`)."""
    organization, pk, generation = _read(token)
    if organization != tenancy.current_organization():
        raise _unknown()
    found = (
        ConsentLink.objects.select_related("person__merged_into")
        .filter(pk=pk, person__erased_at=None)
        .first()
    )
    if found is None:
        raise _unknown()
    if found.generation != generation:
        raise NotFound(_("This link was replaced by a newer one."), code="link_replaced")
    return queries.became(found.person)


def consent_link_used(person: Person) -> None:
    ConsentLink.objects.filter(person=person).update(used_at=clock.now())


def _read(token: str) -> tuple[int, int, int]:
    try:
        organization, pk, generation = signing.read(PURPOSE, token)
        return int(organization), int(pk), int(generation)
    except ValueError:  # BadToken is one
        raise _unknown() from None


def _unknown() -> NotFound:
    return NotFound(_("This link leads nowhere."), code="link_unknown")
