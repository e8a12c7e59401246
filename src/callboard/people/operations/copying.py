"""A copy of all that is held of one person: asked for, made by a job, handed out by a link that runs out.

All need the organization's scope, except reading a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from callboard.lib import clock, facts, ids, pubsub, signing, tenancy
from callboard.lib.errors import Conflict, NotFound
from callboard.people.access import Access
from callboard.people.facts import CopyAsked
from callboard.people.operations.editing import held, note
from callboard.people.operations.persons import check_standing
from callboard.people.records import ChangeKind, CopyStatus, PersonCopy

PURPOSE = "person-copy"
KEPT = timedelta(days=7)
ASKED_ANEW = timedelta(hours=1)
"""One that is being made for longer than this is taken for lost, and another may be asked for."""
GIVEN_UP = timedelta(days=1)
"""One that is being made for longer than this is not made any more."""


@dataclass(frozen=True)
class CopyTicket:
    """What a link names."""

    organization: int
    copy: int


def ask_copy(access: Access, person_id: int) -> PersonCopy:
    """Have it made; one that is being made already is that one. Raises NotFound, Forbidden, Conflict
    (`merged`: of whom they became it holds all).
    """
    person = held(access, person_id)
    check_standing(person)
    waiting = PersonCopy.objects.filter(
        person=person, status=CopyStatus.ASKED, asked_at__gt=clock.now() - ASKED_ANEW
    ).first()
    if waiting is not None:
        return waiting
    copy = PersonCopy.objects.create(person=person, asked_by_id=access.member)
    note(access, person, ChangeKind.COPIED, {}, {"copy": copy.pk})
    facts.publish(CopyAsked(copy=copy.pk))
    return copy


def places_of_copy(copy_id: int) -> str:
    """How the names of its files in the store begin, also of one whose row is gone."""
    return f"copies/{tenancy.current_organization()}/{copy_id}-"


def copy_place(copy: PersonCopy) -> str:
    """Where it goes in the store, under a name that nobody can guess: settled once and for all, before there
    is a file, so that none is ever there of which no row tells.
    """
    if not copy.location:
        copy.location = f"{places_of_copy(copy.pk)}{ids.new('cpy')}.zip"
        copy.save(update_fields=["location"])
    return copy.location


def copy_made(copy_id: int, size: int) -> bool:
    """It lies in its place, for a week. False where nobody waits for it any more, or whoever it is of is
    erased: the file is to be deleted.
    """
    now = clock.now()
    rows = PersonCopy.objects.select_for_update(no_key=True).select_related("person")
    found = rows.filter(pk=copy_id).first()
    if found is None or found.person.erased_at is not None:
        return False
    if found.status == CopyStatus.ASKED:
        found.status, found.size, found.ready_at, found.until = CopyStatus.READY, size, now, now + KEPT
        found.save(update_fields=["status", "size", "ready_at", "until"])
        _tell(copy_id)
    return found.status == CopyStatus.READY


def is_copy_ready(copy_id: int) -> bool:
    ready = PersonCopy.objects.filter(pk=copy_id, status=CopyStatus.READY)
    return ready.filter(person__erased_at=None).exists()


def copy_failed(copy_id: int) -> None:
    PersonCopy.objects.filter(pk=copy_id, status=CopyStatus.ASKED).update(status=CopyStatus.FAILED)
    _tell(copy_id)


def copies_past(now: datetime) -> list[PersonCopy]:
    """Those whose file is there still, or may be, and is not to be had any more: their time is over, or they
    were not made to the end.
    """
    over = Q(status=CopyStatus.READY, until__lte=now)
    lost = Q(status=CopyStatus.FAILED) | Q(status=CopyStatus.ASKED, asked_at__lte=now - GIVEN_UP)
    return list(PersonCopy.objects.filter(over | lost).exclude(location="")[:100])


def copy_gone(copy_id: int) -> None:
    """Its file is there no more."""
    rows = PersonCopy.objects.filter(pk=copy_id)
    rows.filter(status=CopyStatus.READY).update(status=CopyStatus.GONE, location="")
    rows.exclude(location="").update(status=CopyStatus.FAILED, location="")


def token_of(copy: PersonCopy) -> str:
    """What its link says; good as long as the file is kept."""
    until = copy.until or clock.now()
    return signing.sign_until(PURPOSE, until, tenancy.current_organization(), copy.pk)


def read_copy_ticket(token: str) -> CopyTicket:
    """Needs no scope. Raises lib.signing.BadToken, TokenExpired."""
    values = signing.read_until(PURPOSE, token)
    if len(values) != 2 or not all(value.isdigit() for value in values):
        raise signing.BadToken("this token names no copy")
    return CopyTicket(int(values[0]), int(values[1]))


def fetch_copy(access: Access, copy_id: int) -> PersonCopy:
    """The copy to hand out now, which is noted. Raises NotFound, Forbidden, Conflict (`no_file`)."""
    access.require("people.manage")
    copy = PersonCopy.objects.select_related("person").filter(pk=copy_id).first()
    if copy is None or copy.person.erased_at is not None:
        raise NotFound(_("There is no such copy."), code="copy_not_found")
    if copy.status != CopyStatus.READY or copy.until is None or copy.until <= clock.now():
        raise Conflict(_("It is not made yet, or deleted since. Ask for another."), code="no_file")
    note(access, copy.person, ChangeKind.FETCHED, {}, {"copy": copy.pk})
    return copy


def read_copy(copy: PersonCopy) -> bytes:
    """Its file. Raises NotFound where it is gone, Conflict (`store_down`)."""
    from callboard.lib.store import Missing, StoreFailed, documents  # for those who work on files alone

    try:
        store = documents()
        return store.read(copy.location, 0, store.size(copy.location))
    except Missing as error:
        raise NotFound(_("There is no such copy."), code="copy_not_found") from error
    except StoreFailed as error:
        raise Conflict(_("The place where files are kept does not answer."), code="store_down") from error


def _tell(copy_id: int) -> None:
    person = PersonCopy.objects.filter(pk=copy_id).values_list("person_id", flat=True).first()
    pubsub.publish("person", person=person)
