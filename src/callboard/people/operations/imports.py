"""Leading a file in: put in, columns chosen, checked, written; or discarded.

1. `put_in` looks at the file and keeps it, compressed, with what its columns most likely are.
2. `choose` changes that; `ask_check` has a job compare it with who and what is known, writing nothing.
3. `ask_write` has a job write it: in one transaction that also says that it is done, so that a job which is
   killed leaves nothing and runs again from the start, and one that had finished does nothing.
What is chosen after a check has to be checked anew.
"""

from __future__ import annotations

import zlib
from dataclasses import asdict
from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.lib import clock, crash, facts, outward, pubsub, sheets, tenancy
from callboard.lib.errors import CallboardError, Conflict, Invalid
from callboard.people.access import Access
from callboard.people.facts import ImportAsked
from callboard.people.import_models import Import, ImportStatus
from callboard.people.imports import Choices, Findings, Kind, Progress, kind, kinds
from callboard.people.models import Organization
from callboard.people.operations.progress import Teller
from callboard.people.queries import import_by_id

FAULTS_KEPT = 2_000
KEPT_WAITING = timedelta(days=7)
NAMES_KEPT = timedelta(days=30)
OPEN = (ImportStatus.NEW, ImportStatus.CHECKED, ImportStatus.FAILED)
AT_WORK = (ImportStatus.FETCHING, ImportStatus.CHECKING, ImportStatus.WRITING)
LOCK = 0x63620003
"""First half of the advisory lock by which an organization's imports write one after the other."""


def put_in(access: Access, name: str, content: bytes, file_name: str = "") -> Import:
    """Keep a file, looked at. Needs the organization's scope. Raises Forbidden, Invalid (`bad_file`)."""
    known = _kind(name)
    access.require(known.permission)
    if not content:
        raise sheets.BadFile(_("The file is empty."))
    look = known.look(content)
    made = Import.objects.create(
        kind=name,
        file_name=_cleaned(file_name),
        size=len(content),
        content=zlib.compress(content, 1),
        choices=look.choices,
        shown=look.shown,
        asked_by_id=access.user,
    )
    _tell(made)
    return made


def put_in_from(access: Access, name: str, url: str) -> Import:
    """Have a file fetched from an address, by a job, and looked at. Raises Forbidden, Invalid."""
    known = _kind(name)
    access.require(known.permission)
    url = url.strip()
    if len(url) > 500:
        raise Invalid(fields={"url": _("This is no web address.")})
    host = outward.parts(url).hostname or ""
    made = Import.objects.create(kind=name, file_name=host[:200], url=url, size=0, asked_by_id=access.user)
    return _ask(made, ImportStatus.FETCHING, here=False)


def fetch_again(access: Access, pk: int) -> Import:
    """Have a file that lies at an address fetched anew; what was chosen for it stays. Raises as `choose`."""
    row = _changeable(access, pk)
    if not row.url:
        raise Conflict(_("It was not fetched from an address."), code="not_now")
    return _ask(row, ImportStatus.FETCHING, here=False)


def choose(access: Access, pk: int, choices: Choices) -> Import:
    """Say what its columns are. Raises NotFound, Invalid, Conflict (`not_now`)."""
    row = _changeable(access, pk)
    return _choose(row, choices)


def _choose(row: Import, choices: Choices) -> Import:
    chosen = _kind(row.kind).checked(choices, row.choices)
    if chosen != row.choices or row.status != ImportStatus.CHECKED:
        row.choices, row.status, row.problem = chosen, ImportStatus.NEW, ""
        row.found, row.faults, row.fault_count = {}, [], 0
        row.save()
        _tell(row)
    return row


def ask_check(access: Access, pk: int, choices: Choices | None = None, *, here: bool = False) -> Import:
    """Have it compared with what is known, writing nothing; by a job, unless the caller will `run` it `here`.
    Raises as `choose`.
    """
    row = _changeable(access, pk)
    if Import.objects.filter(pk=pk, content=None).exists():  # it could not be fetched
        return _ask(row, ImportStatus.FETCHING, here=here)
    return _ask(_choose(row, choices if choices is not None else {}), ImportStatus.CHECKING, here=here)


def ask_write(access: Access, pk: int, *, skip: bool = False, here: bool = False) -> Import:
    """Have it written. `skip`: without the rows that are wrong. `here` as in `ask_check`.

    Raises NotFound, Conflict (`not_checked`, `has_faults`, `not_now`).
    """
    row = _changeable(access, pk)
    if row.status != ImportStatus.CHECKED:
        raise Conflict(_("Check it first."), code="not_checked")
    if row.fault_count and not skip:
        raise Conflict(_("Some rows are wrong. Put them right, or leave them out."), code="has_faults")
    row.skip = skip
    return _ask(row, ImportStatus.WRITING, here=here)


def discard(access: Access, pk: int) -> Import:
    """Let go of a file that has not been written; one that is being fetched or checked too, whose job then
    finds nothing left to say. Twice is once. Raises NotFound, Conflict (`not_now`).
    """
    row = _held(access, pk)
    if row.status == ImportStatus.DISCARDED:
        return row
    if row.status in (ImportStatus.WRITING, ImportStatus.DONE):
        raise Conflict(_REFUSALS[ImportStatus(row.status)], code="not_now", status=row.status)
    _end(row, ImportStatus.DISCARDED)
    return row


def run(organization: int, pk: int, progress: Progress | None = None) -> None:
    """The job: check it, or write it. Opens its own transactions; run twice, it finds it done."""
    with tenancy.organization_scope(organization):
        row = Import.objects.filter(pk=pk, status__in=AT_WORK).first()
    if row is None:
        return
    try:
        if row.status == ImportStatus.FETCHING:
            _fetched(organization, row, outward.fetch(row.url))
            return
        assert row.content is not None
        if progress is not None:
            _run(organization, row, bytes(row.content), progress)
            return
        with Teller(organization, pk) as teller:
            _run(organization, row, bytes(row.content), teller)
    except CallboardError as error:
        with tenancy.organization_scope(organization):
            held = Import.objects.select_for_update().filter(pk=pk, status=row.status).first()
            if held is not None:
                held.problem = str(error)[:500]
                _end(held, ImportStatus.FAILED)


def _fetched(organization: int, row: Import, content: bytes) -> None:
    look = _kind(row.kind).look(content)
    with tenancy.organization_scope(organization):
        held = Import.objects.select_for_update().filter(pk=row.pk, status=ImportStatus.FETCHING).first()
        if held is None:
            return
        if held.shown.get("header") != look.shown.get("header") or not held.choices:
            held.choices = look.choices
        held.shown, held.size, held.content = look.shown, len(content), zlib.compress(content, 1)
        held.status, held.found, held.faults, held.fault_count = ImportStatus.NEW, {}, [], 0
        held.save()
        _tell(held)


def _run(organization: int, row: Import, content: bytes, progress: Progress) -> None:
    known = _kind(row.kind)
    with tenancy.organization_scope(organization):
        choices = {
            **row.choices,
            "organization_zone": Organization.objects.get().zone,
            "file_name": row.file_name,
            "asked_by": row.asked_by_id,
        }
    understood = known.read(zlib.decompress(content), choices, progress)
    with tenancy.organization_scope(organization):
        _alone(organization)
        if not Import.objects.filter(pk=row.pk, status=row.status).exists():
            return  # another run of this job was first
        writes = row.status == ImportStatus.WRITING
        found = known.settle(understood, choices, progress, write=writes, skip=row.skip)
        if writes:
            crash.point("import.written")
        _settled(row, found, wrote=writes and (row.skip or not found.faults))
    if writes:
        crash.point("import.done")


def _settled(begun: Import, found: Findings, *, wrote: bool) -> None:
    """Say what was found. What was to be written and has faults after all is back to be looked at; of what
    was let go of meanwhile nothing is said.
    """
    row = Import.objects.select_for_update().defer("content").get(pk=begun.pk)
    if row.status != begun.status and not wrote:
        return
    row.found = {"counts": found.counts, "samples": found.samples}
    row.faults = [asdict(fault) for fault in found.faults[:FAULTS_KEPT]]
    row.fault_count = len(found.faults)
    row.done_rows = row.total_rows = 0
    if wrote:
        _end(row, ImportStatus.DONE)
        return
    row.status, row.step, row.checked_at = ImportStatus.CHECKED, "", clock.now()
    row.save()
    _tell(row)


def tidy() -> None:
    """Let go of files that nobody came back for in a week, and of names a month later. Needs the scope."""
    now = clock.now()
    old = Import.objects.filter(created_at__lt=now - KEPT_WAITING)
    old.filter(status__in=OPEN).update(status=ImportStatus.DISCARDED, content=None, ended_at=now)
    # After that, so that for a day it can be seen and tried again.
    old.filter(status__in=AT_WORK).update(
        status=ImportStatus.FAILED, problem=_("It did not come to its end.")
    )
    named = Import.objects.filter(created_at__lt=now - NAMES_KEPT).exclude(found={}, faults=[], shown={})
    named.exclude(status__in=AT_WORK).update(found={}, faults=[], shown={})


def _ask(row: Import, status: ImportStatus, *, here: bool) -> Import:
    row.status, row.problem, row.step, row.done_rows, row.total_rows = status, "", "", 0, 0
    row.save()
    if not here:
        facts.publish(ImportAsked(id=row.pk))
    _tell(row)
    return row


def _end(row: Import, status: ImportStatus) -> None:
    row.status, row.ended_at, row.step = status, clock.now(), ""
    if status != ImportStatus.FAILED:  # what failed can be tried again
        row.content = None
    row.save()
    _tell(row)


def _kind(name: str) -> Kind:
    known = kind(name)
    if known is None:
        raise Invalid(
            fields={
                "kind": _("There is no such kind of file. There are: %(names)s.")
                % {"names": ", ".join(k.name for k in kinds())}
            }
        )
    return known


def _held(access: Access, pk: int) -> Import:
    row = import_by_id(access, pk, lock=True)
    access.require(_kind(row.kind).permission)
    return row


_REFUSALS = {
    ImportStatus.FETCHING: lazy("It is being fetched."),
    ImportStatus.CHECKING: lazy("It is being checked."),
    ImportStatus.WRITING: lazy("It is being brought in."),
    ImportStatus.DONE: lazy("It has been brought in."),
    ImportStatus.DISCARDED: lazy("It has been discarded."),
}


def _changeable(access: Access, pk: int) -> Import:
    row = _held(access, pk)
    if row.status not in OPEN:
        raise Conflict(_REFUSALS[ImportStatus(row.status)], code="not_now", status=row.status)
    return row


def _alone(organization: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, organization % 2**31])


def _cleaned(file_name: str) -> str:
    bare = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in bare if each.isprintable())[:200]


def _tell(row: Import) -> None:
    pubsub.publish("import", id=row.pk)
