"""Everything that an organization has as one file: asked for, made by a job, handed out by a link that runs
out. All need the organization's scope, except reading a link.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from callboard.lib import clock, ids, pubsub, signing, tenancy
from callboard.lib.errors import Conflict, NotFound
from callboard.people.access import Access
from callboard.people.leaving_models import Takeout, TakeoutStatus
from callboard.people.models import Organization
from callboard.people.operations import changes

PURPOSE = "takeout"
FOLDER = "exports"
KEPT = timedelta(days=3)
LOST = timedelta(hours=24)
"""One that is being made for longer is taken for lost, and another may be asked for."""


def ask_takeout(access: Access, *, files: bool = True) -> tuple[Takeout, bool]:
    """Have it made; one that is being made already is that one, and no other (False). Raises Forbidden."""
    access.require("data.manage")
    Organization.objects.select_for_update(no_key=True).get()  # two that ask at once have one made
    waiting = Takeout.objects.filter(status=TakeoutStatus.ASKED, asked_at__gt=clock.now() - LOST).first()
    if waiting is not None:
        return waiting, False
    made = Takeout.objects.create(files=files, asked_by_id=access.member)
    changes.note(changes.DATA, str(made.pk), {}, {"taken_out": "asked", "files": files}, access)
    pubsub.publish("organization", id=access.organization)
    return made, True


def places_of(takeout_id: int) -> str:
    """How the names of its files in the store begin, also of one whose row is gone."""
    return f"{FOLDER}/{tenancy.current_organization()}/{takeout_id}-"


def begin_takeout(takeout_id: int) -> Takeout | None:
    """The one that is waited for, with its place in the store, under a name that nobody can guess: settled
    once and for all, before there is a file. None where nobody waits for it any more.
    """
    waiting = Takeout.objects.select_for_update(no_key=True)
    found = waiting.filter(pk=takeout_id, status=TakeoutStatus.ASKED).first()
    if found is not None and not found.location:
        found.location = f"{places_of(takeout_id)}{ids.new('tko')}.zip"
        found.save(update_fields=["location"])
    return found


def how_far(takeout_id: int, step: str, done: int, total: int) -> None:
    Takeout.objects.filter(pk=takeout_id).update(step=step, done=done, total=total)
    pubsub.publish("organization", id=tenancy.current_organization())


def takeout_made(takeout_id: int, size: int, rows: int) -> bool:
    """It lies in its place. False where nobody waits for it any more: the file is to be deleted."""
    now = clock.now()
    Takeout.objects.filter(pk=takeout_id, status=TakeoutStatus.ASKED).update(
        status=TakeoutStatus.READY, size=size, rows=rows, step="", ready_at=now, until=now + KEPT
    )
    pubsub.publish("organization", id=tenancy.current_organization())
    return is_ready(takeout_id)


def is_ready(takeout_id: int) -> bool:
    return Takeout.objects.filter(pk=takeout_id, status=TakeoutStatus.READY).exists()


def takeout_failed(takeout_id: int) -> None:
    Takeout.objects.filter(pk=takeout_id, status=TakeoutStatus.ASKED).update(status=TakeoutStatus.FAILED)
    pubsub.publish("organization", id=tenancy.current_organization())


def fail_lost_takeouts(now: datetime) -> None:
    """Whatever stopped them: those that are being made for too long are not waited for any more."""
    for lost in Takeout.objects.filter(status=TakeoutStatus.ASKED, asked_at__lte=now - LOST):
        takeout_failed(lost.pk)


def takeouts_past(now: datetime) -> list[int]:
    """Those that nobody gets any more, and whose file is there still, or may be."""
    over = Q(status=TakeoutStatus.READY, until__lte=now)
    left = Q(status__in=[TakeoutStatus.FAILED, TakeoutStatus.GONE]) & ~Q(location="")
    return list(Takeout.objects.filter(over | left).order_by("pk").values_list("pk", flat=True))


def takeouts_standing() -> list[int]:
    """Those that are made or being made, or may have left a file: they hold everybody. One that has no place
    yet holds nobody.
    """
    standing = Takeout.objects.exclude(location="")
    return list(standing.order_by("pk").values_list("pk", flat=True))


def takeout_over(takeout_id: int) -> None:
    """Nobody gets it from now on, nor is it waited for; its file goes next."""
    standing = [TakeoutStatus.READY, TakeoutStatus.ASKED]
    Takeout.objects.filter(pk=takeout_id, status__in=standing).update(status=TakeoutStatus.GONE)


def takeout_gone(takeout_id: int) -> None:
    """Its file is there no more."""
    Takeout.objects.filter(pk=takeout_id).update(location="")


def token_of(takeout: Takeout) -> str:
    """What its link says; good as long as the file is kept."""
    until = takeout.until or clock.now()
    return signing.sign_until(PURPOSE, until, tenancy.current_organization(), takeout.pk)


def read_ticket(token: str) -> tuple[int, int]:
    """(organization, takeout) of a link. Needs no scope. Raises lib.signing.BadToken, TokenExpired."""
    values = signing.read_until(PURPOSE, token)
    if len(values) != 2 or not all(value.isdigit() for value in values):
        raise signing.BadToken("this token names no file")
    return int(values[0]), int(values[1])


def fetch_takeout(access: Access, takeout_id: int) -> Takeout:
    """The file to hand out now, which is written down. Raises NotFound, Forbidden, Conflict (`no_file`)."""
    access.require("data.manage")
    found = Takeout.objects.filter(pk=takeout_id).first()
    if found is None:
        raise NotFound(_("There is no such file."), code="takeout_not_found")
    if found.status != TakeoutStatus.READY or found.until is None or found.until <= clock.now():
        raise Conflict(_("It is not made yet, or deleted since. Ask for another."), code="no_file")
    changes.note(changes.DATA, str(found.pk), {}, {"taken_out": "fetched"}, access)
    return found
