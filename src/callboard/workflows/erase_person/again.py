"""After a restore: whoever was erased since the backup was taken is erased again, before anybody works."""

from __future__ import annotations

from callboard.lib.backups import erasures as ledger
from callboard.lib.backups.after import Restored
from callboard.lib.tenancy import organization_scope
from callboard.people.erasure_models import KeptRecordings
from callboard.people.models import Person
from callboard.people.operations import erasures
from callboard.people.queries import is_there
from callboard.workflows import close_organization
from callboard.workflows.erase_person.running import carry_through


def erase_again(restored: Restored) -> int:
    """By the list kept here, and by another where one is given. Answers how many people, and
    organizations that were deleted.

    An entry applies where the row with its id was made at its moment: an id may have become another's.
    """
    entries = {each.reference: each for each in ledger.kept()}
    if restored.erasures is not None:
        entries |= {each.reference: each for each in ledger.read(restored.erasures)}
    return sum(_apply(entry) for entry in sorted(entries.values(), key=lambda each: each.at))


def _apply(entry: ledger.Entry) -> int:
    if not entry.people:
        ledger.keep(entry)
        return close_organization.close_again(entry)
    if not is_there(entry.organization.id, entry.organization.since):
        return 0
    ledger.keep(entry)
    organization, kept = entry.organization.id, entry.kept_recordings or KeptRecordings.NONE
    begun = []
    with organization_scope(organization):
        for n, each in enumerate(entry.people):
            person = Person.objects.filter(pk=each.id, created_at=each.since, erased_at=None).first()
            if person is not None:
                reference = entry.reference if n == 0 else f"{entry.reference}-{n}"
                begun.append(erasures.erase_again(person, reference, kept).pk)
    for erasure in begun:
        carry_through(organization, erasure)
    return len(begun)
