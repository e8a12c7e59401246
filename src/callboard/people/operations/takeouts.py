"""Everything that an organization has as one file: asked for, made by a job, handed out by a link that runs
out. All need the organization's scope, except reading a link.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from callboard.lib import clock, ids, pubsub, signing, tenancy
from callboard.lib.errors import Conflict, NotFound
from callboard.people.access import Access
from callboard.people.leaving_models import Takeout, TakeoutStatus
from callboard.people.operations import changes

PURPOSE = "takeout"
FOLDER = "exports"
KEPT = timedelta(days=3)
LOST = timedelta(hours=24)
"""One that is being made for longer is taken for lost, and another may be asked for."""


def ask_takeout(access: Access, *, files: bool = True) -> tuple[Takeout, bool]:
    """Have it made; one that is being made already is that one, and no other (False). Raises Forbidden."""
    access.require("data.manage")
    waiting = Takeout.objects.filter(status=TakeoutStatus.ASKED, asked_at__gt=clock.now() - LOST).first()
    if waiting is not None:
        return waiting, False
    made = Takeout.objects.create(files=files, asked_by_id=access.member)
    changes.note(changes.DATA, str(made.pk), {}, {"taken_out": "asked", "files": files}, access)
    pubsub.publish("organization", id=access.organization)
    return made, True


def places_of(takeout: Takeout) -> str:
    """How the names of its files in the store begin, also of one that was never finished."""
    return f"{FOLDER}/{tenancy.current_organization()}/{takeout.pk}-"


def new_place(takeout: Takeout) -> str:
    """A name that nobody can guess."""
    return f"{places_of(takeout)}{ids.new('tko')}.zip"


def how_far(takeout_id: int, step: str, done: int, total: int) -> None:
    Takeout.objects.filter(pk=takeout_id).update(step=step, done=done, total=total)
    pubsub.publish("organization", id=tenancy.current_organization())


def takeout_made(takeout_id: int, location: str, size: int, rows: int) -> None:
    now = clock.now()
    Takeout.objects.filter(pk=takeout_id, status=TakeoutStatus.ASKED).update(
        status=TakeoutStatus.READY, location=location, size=size, rows=rows, step="", ready_at=now,
        until=now + KEPT,
    )  # fmt: skip
    pubsub.publish("organization", id=tenancy.current_organization())


def takeout_failed(takeout_id: int) -> None:
    Takeout.objects.filter(pk=takeout_id, status=TakeoutStatus.ASKED).update(status=TakeoutStatus.FAILED)
    pubsub.publish("organization", id=tenancy.current_organization())


def takeouts_past(now: datetime) -> list[Takeout]:
    """Those whose time is over, and whose file is there still."""
    return list(Takeout.objects.filter(status=TakeoutStatus.READY, until__lte=now))


def takeouts_standing() -> list[Takeout]:
    """Those that are made or being made: they hold everybody."""
    return list(Takeout.objects.filter(status__in=[TakeoutStatus.READY, TakeoutStatus.ASKED]))


def takeout_gone(takeout_id: int) -> None:
    Takeout.objects.filter(pk=takeout_id).update(status=TakeoutStatus.GONE, location="")


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
