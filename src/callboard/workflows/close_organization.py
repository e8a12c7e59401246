"""An organization is deleted with all that it has, seven days after that was asked for.

0. An admin asks, typing its name; for seven days any admin can keep it after all. Nothing changes meanwhile.
1. The list that outlives the database gets its id, so that a restored backup lets go of it again.
2. Keys open nothing any more, and ingest takes no evidence. Logins that open no other organization are blank,
   so that nobody comes in any more.
3. Its files are deleted, by row and by folder. 4. Its lines leave the log, and every engine's mind.
5. Its jobs go. 6. Its rows go, table by table, in small transactions, those first that refer to others.
7. What came meanwhile goes the same way, until nothing comes any more: a while after the keys were cut, and
   with nobody able to write of it. The blank logins, and last the organization itself, with the word that it
   was to go.
Each step is right to be done twice and noted when it is done; killed in between, or where one fails, the next
look (every five minutes, and the job that is put back in line) goes on where it was. One that fails does not
hold others up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from procrastinate.contrib.django import app

from callboard.lib import clock, crash, jobs, tenancy
from callboard.lib.backups import erasures as ledger
from callboard.lib.tenancy import TenantModel, organization_scope
from callboard.live.models import Event
from callboard.live.operations import purging
from callboard.people.leaving_models import Departure
from callboard.people.models import ConsentWord, Member, Organization, User
from callboard.people.operations import departures, erased_logins, keys
from callboard.people.queries import all_organizations, is_there
from callboard.sessions.models import Recording

AT_ONCE = 5_000
SETTLED = timedelta(minutes=1)
"""Longer than ingest remembers that an organization stands, and takes to commit what it has let in."""
FOLDERS = ("proofs", "copies", "exports", "recordings", "parts")

log = logging.getLogger(__name__)


@app.periodic(cron="*/5 * * * *", periodic_id="close_organization.look")
@jobs.job(retry=False, name="close_organization.look")
def look(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every five minutes: whose time has come, or whose deletion was cut short."""
    failed: Exception | None = None
    for organization in all_organizations():
        try:
            with organization_scope(organization):
                due = departures.begin_departure() is not None
            if due:
                close(organization, settled=SETTLED)
        except Exception as error:  # whatever it is, others are to go too
            log.warning("organization %s is not deleted yet: %s", organization, type(error).__name__)
            failed = failed or error
    if failed is not None:
        raise failed


def close(organization: int, *, settled: timedelta = timedelta(0)) -> bool:
    """Delete it, from the first step that is not noted on. False where it is not to go, or not to its end
    yet: `settled` is how long after its keys were cut nobody writes of it any more.
    """
    with tenancy.sweep():
        if not Organization.objects.filter(pk=organization).exists():
            return False
    with organization_scope(organization):
        departure = departures.begin_departure()
    if departure is None:
        return False
    for name, step in STEPS:
        with organization_scope(organization):
            departure.refresh_from_db()
        if name in departure.counts:
            continue
        told = step(organization)
        crash.point("close_organization.before_word")
        with organization_scope(organization):
            departures.departure_step(departure.pk, name, told)
        crash.point("close_organization.after_step")
    with organization_scope(organization):
        departure.refresh_from_db()
    if clock.now() < datetime.fromisoformat(departure.counts["keys"]) + settled:
        return False
    _end(organization, departure)
    log.info("organization %s is deleted", organization)
    return True


def _write_down(organization: int) -> str:
    with organization_scope(organization):
        row, departure = Organization.objects.get(), departures.departure()
    assert departure is not None
    reference = f"org-{row.pk}-{int(row.created_at.timestamp())}"
    ledger.keep(ledger.Entry(reference, departure.asked_at, ledger.Row(row.pk, row.created_at)))
    return reference


def _cut_keys(organization: int) -> str:
    """Answers when it was done."""
    with organization_scope(organization):
        keys.revoke_all()
    return clock.now().isoformat()


def _blank_logins(organization: int) -> list[int]:
    with organization_scope(organization):
        return erased_logins.blank_all(organization)


def _delete_files(organization: int) -> int:
    from callboard.lib.store import documents

    with organization_scope(organization):
        names = {
            *Recording.objects.filter(deleted_at=None)
            .exclude(location="")
            .values_list("location", flat=True),
            *ConsentWord.objects.exclude(proof="").values_list("proof", flat=True),
        }
    for folder in FOLDERS:
        names |= {name for name, _size in documents().names(f"{folder}/{organization}")}
    for name in sorted(names):
        documents().delete(name)
        crash.point("close_organization.file_deleted")
    return len(names)


def _purge(organization: int) -> int:
    if not settings.ENGINE_DATABASE_URL:
        raise RuntimeError("the log is emptied in the engine's role: set CALLBOARD_ENGINE_DATABASE_URL")
    return purging.purge(settings.ENGINE_DATABASE_URL, organization)


def _drop_jobs(organization: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status <> 'doing' AND (args->>'organization')::bigint = %s",
            [organization],
        )
        return int(cursor.rowcount)


def _drop_rows(organization: int) -> int:
    return sum(_empty(model, organization) for model in order())


STEPS: tuple[tuple[str, Callable[[int], Any]], ...] = (
    ("written_down", _write_down),
    ("keys", _cut_keys),
    ("logins", _blank_logins),
    ("files", _delete_files),
    ("log", _purge),
    ("jobs", _drop_jobs),
    ("rows", _drop_rows),
)


def order() -> Iterator[type[TenantModel]]:
    """Every tenant's table but the log and the word of the departure; first those no other refers to."""
    tenants = (model for model in apps.get_models() if issubclass(model, TenantModel))
    left = {model for model in tenants if model not in (Event, Departure)}
    while left:
        named: set[Any] = {
            field.related_model
            for model in left
            for field in model._meta.local_fields
            if isinstance(field, models.ForeignKey) and field.related_model is not model
        }
        free = sorted(left - named, key=lambda model: model._meta.label)
        if not free:
            raise RuntimeError("tables refer to each other in a circle")
        yield from free
        left -= set(free)


def _empty(model: type[TenantModel], organization: int) -> int:
    table, key, count = model._meta.db_table, model._meta.pk.column, 0
    own = [f.column for f in model._meta.local_fields if getattr(f, "related_model", None) is model]
    for column in own:
        with organization_scope(organization), connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{table}" SET "{column}" = NULL WHERE organization_id = %s '  # noqa: S608
                f'AND "{column}" IS NOT NULL',
                [organization],
            )
    while True:
        with organization_scope(organization), connection.cursor() as cursor:
            if model is Member:  # the word of the departure stays a while longer, said by nobody
                Departure.objects.update(asked_by=None, kept_by=None)
            cursor.execute(
                f'DELETE FROM "{table}" WHERE "{key}" IN '  # noqa: S608
                f'(SELECT "{key}" FROM "{table}" WHERE organization_id = %s LIMIT %s)',
                [organization, AT_ONCE],
            )
            gone = int(cursor.rowcount)
        count += gone
        crash.point("close_organization.some_rows")
        if gone < AT_ONCE:
            return count


def _end(organization: int, departure: Departure) -> None:
    """What came meanwhile; the logins that are nobody's; and in one transaction with the certainty that
    nothing is left, the departure and the organization.
    """
    while True:
        _delete_files(organization)
        _drop_jobs(organization)
        crash.point("close_organization.before_end")
        if _ended(organization, departure):
            break
        _purge(organization)
    crash.point("close_organization.ended")


def _ended(organization: int, departure: Departure) -> bool:
    """False where there are lines of evidence again, which are no foreign key's to refuse."""
    with organization_scope(organization):
        Organization.objects.select_for_update().get()  # whoever writes of it waits, and finds it gone
        if Event.objects.exists():
            return False
        blank = User.objects.filter(pk__in=departure.counts.get("logins", []), is_active=False)
        blank.filter(email__endswith=erased_logins.NOWHERE).delete()
        _drop_rows_written_meanwhile(organization)
        with connection.cursor() as cursor:  # the log is empty, and not the application's to delete from
            cursor.execute(
                "DELETE FROM callboard_people_departure WHERE organization_id = %s", [organization]
            )
            cursor.execute("DELETE FROM callboard_people_organization WHERE id = %s", [organization])
    return True


def _drop_rows_written_meanwhile(organization: int) -> None:
    """By a request that was under way when its table was emptied."""
    for model in order():
        with connection.cursor() as cursor:
            cursor.execute(
                f'DELETE FROM "{model._meta.db_table}" WHERE organization_id = %s',  # noqa: S608
                [organization],
            )


def close_again(entry: ledger.Entry) -> int:
    """After a restore: an organization that was deleted since goes again. 1 where it was there."""
    if not is_there(entry.organization.id, entry.organization.since):
        return 0
    with organization_scope(entry.organization.id):
        departures.begin_again()
    return int(close(entry.organization.id))
