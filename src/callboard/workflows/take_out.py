"""Everything that an organization has becomes one file in open formats, that it can take elsewhere.

1. Asked for by an admin, which is written down; a job is put in line. While somebody is erased it waits.
2. One snapshot of the database, read on a connection of its own under row-level security: every table of the
   organization goes by, row by row, as JSON lines; four that people ask for as CSV too. Then the files, piece
   by piece. It is written to a file on disk, so memory stays as it is however much there is. What opens
   something (hashes of keys, sealed secrets, passwords) is left out.
3. The file goes into the store, to the place that was written down before, and is handed out by a link for
   three days. Each fetching is written down. Killed in between: made anew in the same place. Nobody waits for
   it any more when it lies there, for somebody was erased meanwhile or the organization is gone: deleted
   again. Not made within a day, whatever the reason: said.
4. Then it is deleted; and before, where somebody is erased meanwhile. First the word, then the file.
What each table and column is stands in schema.json, drawn from the models.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection, models
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from psycopg import sql

import callboard
from callboard.lib import clock, crash, jobs
from callboard.lib.jobs.retries import Persistent
from callboard.lib.tenancy import TenantModel, organization_scope
from callboard.people.access import Access
from callboard.people.leaving_models import Takeout
from callboard.people.operations import erasures, takeouts
from callboard.people.queries import all_organizations

AT_ONCE = 2_000
CHUNK = 1 << 20
SECRET = {"key_hash", "token_hash", "code_hash", "sealed", "password", "sought"}
"""Columns that open something, or say who is being erased."""
DERIVED = {"folded"}

CSVS: dict[str, str] = {
    "people": "SELECT key AS id, name, email, phone, zone, locale, external_id, archived_at, created_at "
    "FROM callboard_people_person WHERE organization_id = {organization} ORDER BY id",
    "sessions": "SELECT key AS id, title, subject, level, starts_at, ends_at, status, started_at, ended_at "
    "FROM callboard_sessions_session WHERE organization_id = {organization} ORDER BY starts_at, id",
    "attendance": "SELECT s.key AS session, s.starts_at, a.participant AS person, p.name, a.role, "
    "a.joined_at, a.left_at, a.joins, a.present_s, a.talk_s FROM callboard_live_attendance a "
    "JOIN callboard_sessions_session s ON s.id = a.session_id AND s.organization_id = a.organization_id "
    "LEFT JOIN callboard_people_person p ON p.key = a.participant AND p.organization_id = a.organization_id "
    "WHERE a.organization_id = {organization} ORDER BY s.starts_at, a.id",
    "cases": "SELECT c.id, c.kind, c.severity, c.status, s.key AS session, p.key AS person, c.raised_at, "
    "c.claimed_at, c.over_at, c.outcome, c.why FROM callboard_cases_case c "
    "LEFT JOIN callboard_sessions_session s ON s.id = c.session_id AND s.organization_id = c.organization_id "
    "LEFT JOIN callboard_people_person p ON p.id = c.person_id AND p.organization_id = c.organization_id "
    "WHERE c.organization_id = {organization} ORDER BY c.raised_at, c.id",
}
"""What people open in a spreadsheet."""

_NUMBER = re.compile(r"[+-]?[0-9 ().,/-]+")
"""A telephone number, which no spreadsheet takes for a formula that does something."""

README = """# {name}: everything that Callboard holds

Made {at} by Callboard {version}, as of that moment.

- `tables/NAME.jsonl`: every table, one JSON object a line. `schema.json` says what each table and each column
  is, and to which other a column refers (`refers_to`, by its `id`). Times are UTC, RFC 3339.
- `csv/`: people, sessions, attendance and cases once more, for a spreadsheet (UTF-8).
- `logins.jsonl`: whoever signs in, without passwords.
- `files/`: recordings and forms on paper, {files}.

Left out is what opens something: passwords, hashes of keys and links, sealed secrets of servers.
"""


def ask(access: Access, *, files: bool = True) -> Takeout:
    """Have it made. Needs an open transaction in the organization's scope. Raises Forbidden."""
    takeout, fresh = takeouts.ask_takeout(access, files=files)
    if fresh:
        jobs.defer(make, organization=access.organization, takeout=takeout.pk)
    return takeout


class ErasureRuns(Exception):
    """Somebody is being erased, of whom the tables may still tell: what is read now must not be kept."""


@jobs.job(retry=Persistent(3600), name="take_out.make")
def make(organization: int, takeout: int) -> None:
    """Make the file of one. Twice is once. Raises ErasureRuns, lib.store.StoreFailed: later, for a day."""
    from callboard.lib.store import StoreFailed, documents

    wanted = _begun(organization, takeout)
    if wanted is None:
        _delete_unless_ready(organization, takeout)
        return
    try:
        with tempfile.TemporaryDirectory(prefix="callboard-") as folder:
            file = Path(folder) / "everything.zip"
            rows = write(organization, file, files=wanted.files, tell=_teller(organization, takeout))
            crash.point("take_out.written")
            size = documents().put(wanted.location, file)
    except StoreFailed:
        if wanted.asked_at < clock.now() - takeouts.LOST:
            with organization_scope(organization):
                takeouts.takeout_failed(takeout)
            return
        raise
    crash.point("take_out.stored")
    with organization_scope(organization):
        waited_for = takeouts.takeout_made(takeout, size, rows)
    if not waited_for:
        _delete_under(organization, takeout)


def _begun(organization: int, takeout: int) -> Takeout | None:
    """The one that is waited for. Looked for erasures again once its place is written down: one that is asked
    for later finds that place. Raises ErasureRuns.
    """
    with organization_scope(organization):
        _check_erasures()
        wanted = takeouts.begin_takeout(takeout)
    with organization_scope(organization):
        _check_erasures()
    return wanted


def _check_erasures() -> None:
    if erasures.running():
        raise ErasureRuns


Tell = Callable[[str, int, int], None]


def _teller(organization: int, takeout: int) -> Tell:
    def tell(step: str, done: int, total: int) -> None:
        with organization_scope(organization):
            takeouts.how_far(takeout, step, done, total)

    return tell


def _delete_unless_ready(organization: int, takeout: int) -> None:
    """By a job that was killed before its last word, and has nothing to make any more."""
    with organization_scope(organization):
        ready = takeouts.is_ready(takeout)
    if not ready:
        _delete_under(organization, takeout)


def _delete_under(organization: int, takeout: int) -> None:
    """All that was ever put for it."""
    from callboard.lib.store import documents

    with organization_scope(organization):
        beginning = takeouts.places_of(takeout)
    documents().delete_beginning(beginning)


# -- the file


def exported() -> list[type[TenantModel]]:
    """Every table that belongs to an organization."""
    found = [model for model in apps.get_models() if issubclass(model, TenantModel)]
    return sorted(found, key=lambda model: model._meta.db_table)


def columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Those that are taken along."""
    fields = model._meta.local_concrete_fields
    return [each for each in fields if each.column not in SECRET | DERIVED and not _is_bytes(each)]


def _is_bytes(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.BinaryField)


def write(organization: int, file: Path, *, files: bool, tell: Tell) -> int:
    """Write the archive; answers how many rows it has."""
    tables, rows = exported(), 0
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive,
        _snapshot(organization) as reading,
    ):
        named = {"organization": organization}
        wanted = [str(name) for (name,) in reading.execute(_FILES, named)] if files else []
        total = len(tables) + len(CSVS) + len(wanted)
        name = reading.execute("SELECT name FROM callboard_people_organization").fetchone()
        archive.writestr("README.md", _readme(str(name[0]) if name else "", files=files))
        archive.writestr("schema.json", json.dumps(schema(), indent=1))
        for n, model in enumerate(tables):
            tell(model._meta.db_table, n, total)
            rows += _lines(reading, archive, f"tables/{_name(model)}.jsonl", _select(model, organization))
            crash.point("take_out.table")
        rows += _lines(reading, archive, "tables/organization.jsonl", _ORGANIZATION)
        rows += _lines(reading, archive, "logins.jsonl", _LOGINS)
        for n, (label, query) in enumerate(CSVS.items(), len(tables)):
            tell(label, n, total)
            _csv(reading, archive, f"csv/{label}.csv", query.format(organization=organization))
    with zipfile.ZipFile(file, "a", allowZip64=True) as archive:  # the snapshot holds nothing back any more
        for n, location in enumerate(wanted, len(tables) + len(CSVS)):
            if n % 20 == 0:
                tell("files", n, total)
            _file(archive, location)
    return rows


class _snapshot:  # noqa: N801 - reads as a phrase: with _snapshot(organization) as reading
    """A connection in the application's role that sees one organization as of one moment."""

    def __init__(self, organization: int) -> None:
        known = connection.get_connection_params()
        kept = {
            name: known[name] for name in ("dbname", "user", "password", "host", "port") if known.get(name)
        }
        self._connection = psycopg.connect(**kept)
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._connection.read_only = True
        self._organization = organization

    def __enter__(self) -> psycopg.Connection[Any]:
        self._connection.execute("SELECT set_config('app.organization', %s, true)", [str(self._organization)])
        self._connection.execute("SET LOCAL timezone = 'UTC'")
        return self._connection

    def __exit__(self, *_of: object) -> None:
        self._connection.close()


_ORGANIZATION = "SELECT id, slug, name, zone, locale, created_at FROM callboard_people_organization"
_LOGINS = """
SELECT u.id, u.email, u.name, u.zone, u.locale, u.is_active, u.created_at, u.last_login
FROM callboard_people_user u WHERE u.id IN (SELECT user_id FROM callboard_people_member) ORDER BY u.id
"""
_FILES = """
SELECT location FROM callboard_sessions_recording
WHERE organization_id = %(organization)s AND deleted_at IS NULL AND location <> ''
UNION SELECT proof FROM callboard_people_consentword
WHERE organization_id = %(organization)s AND proof <> '' ORDER BY 1
"""
"""Where recordings and forms on paper lie."""


def _select(model: type[TenantModel], organization: int) -> str:
    named = ", ".join(f'"{field.column}"' for field in columns(model))
    table, key = model._meta.db_table, model._meta.pk.column
    return f'SELECT {named} FROM "{table}" WHERE organization_id = {int(organization)} ORDER BY "{key}"'  # noqa: S608


def _lines(reading: psycopg.Connection[Any], archive: zipfile.ZipFile, name: str, query: str) -> int:
    count = 0
    with archive.open(name, "w", force_zip64=True) as out, reading.cursor(name="everything") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(sql.SQL("SELECT row_to_json(each)::text FROM ({}) AS each").format(_as_is(query)))
        for (line,) in cursor:
            out.write(line.encode() + b"\n")
            count += 1
    return count


def _csv(reading: psycopg.Connection[Any], archive: zipfile.ZipFile, name: str, query: str) -> None:
    with archive.open(name, "w", force_zip64=True) as out, reading.cursor(name="sheet") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(_as_is(query))
        text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
        sheet = csv.writer(text)
        sheet.writerow([column.name for column in cursor.description or ()])
        for row in cursor:
            sheet.writerow([_cell(value) for value in row])
        text.flush()
        text.detach()


def _cell(value: Any) -> Any:
    """A spreadsheet takes what begins so for a formula."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    risky = isinstance(value, str) and value[:1] in ("=", "+", "-", "@") and not _NUMBER.fullmatch(value)
    return f"'{value}" if risky else value


def _as_is(query: str) -> sql.SQL:
    return sql.SQL(query.replace("{", "{{").replace("}", "}}"))


def _file(archive: zipfile.ZipFile, location: str) -> None:
    """Piece by piece; one that is gone meanwhile is left out."""
    from callboard.lib.store import Missing, documents

    store = documents()
    try:
        size = store.size(location)
    except Missing:
        return
    about = zipfile.ZipInfo(f"files/{location}", clock.now().timetuple()[:6])
    with archive.open(about, "w", force_zip64=True) as out:  # stored: sound and pictures are packed already
        for start in range(0, size, CHUNK):
            out.write(store.read(location, start, min(size, start + CHUNK)))


def schema() -> dict[str, Any]:
    """What the tables and their columns are, from the models."""
    return {
        _name(model): {
            "about": " ".join((model.__doc__ or "").split()),
            "columns": {field.column: _about(field) for field in columns(model)},
        }
        for model in exported()
    }


def _about(field: models.Field[Any, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"type": field.get_internal_type(), "may_be_null": field.null}
    if isinstance(field, models.ForeignKey):
        told |= {"type": "id", "refers_to": _name(field.related_model)}
    if field.choices:
        told["one_of"] = [str(value) for value, _words in field.flatchoices]
    return told


def _name(model: Any) -> str:
    """ "people_person" for `callboard_people.Person`."""
    return str(model._meta.db_table).removeprefix("callboard_")


def _readme(name: str, *, files: bool) -> str:
    return README.format(
        name=name,
        at=clock.now().isoformat(timespec="seconds"),
        version=callboard.__version__,
        files=_("as they lie in the store") if files else _("not asked for"),
    )


# -- looked after by the clock


@app.periodic(cron="41 * * * *", periodic_id="take_out.forget")
@jobs.job(retry=False, name="take_out.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every hour: what was there for three days goes, and what is not made within a day is given up. A run
    that fails is made good by the next.
    """
    organizations = all_organizations()
    for organization in organizations:
        with organization_scope(organization):
            takeouts.fail_lost_takeouts(clock.now())
            past = takeouts.takeouts_past(clock.now())
        drop(organization, past)


def drop(organization: int, those: list[int]) -> int:
    """Say that nobody gets them, then delete their files; answers how many."""
    for takeout in those:
        with organization_scope(organization):
            takeouts.takeout_over(takeout)
        crash.point("take_out.over")
        _delete_under(organization, takeout)
        crash.point("take_out.deleted")
        with organization_scope(organization):
            takeouts.takeout_gone(takeout)
    return len(those)


def file_name(access: Access, takeout: Takeout) -> str:
    """What it is called once somebody keeps it."""
    return f"{access.organization_slug}-{takeout.asked_at:%Y-%m-%d}.zip"
