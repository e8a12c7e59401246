"""`callboard import`: brings a file in, as the pages do: looked at, checked, then written, all or none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from callboard.cli import brought_in, failures, runtime


@click.command()
@click.argument("kind")
@click.argument("file")
@click.option("--organization", required=True, help="Its short name.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and write nothing.")
@click.option("--skip", is_flag=True, help="Leave out the rows that are wrong; else one writes nothing.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEADING=FIELD",
    help="What a column is, where it is not what it seems; an empty field leaves it out.",
)
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Another choice, as role=instructor."
)
@click.option(
    "--person",
    "persons",
    multiple=True,
    metavar="ADDRESS=WHO",
    help="Who an address of a calendar is, by id, address or name; - for nobody.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@runtime.data_dir_option
def bring_in(
    kind: str,
    file: str,
    organization: str,
    dry_run: bool,
    skip: bool,
    columns: tuple[str, ...],
    settings: tuple[str, ...],
    persons: tuple[str, ...],
    as_json: bool,
    data_dir: Path,
) -> int:
    """Bring FILE in, which holds KIND: people, sessions, oneroster or calendar.

    FILE may be a folder of CSVs for oneroster, and the address of a public feed.
    """
    with runtime.product(data_dir):
        from callboard.lib.errors import CallboardError
        from callboard.lib.tenancy import organization_scope
        from callboard.people.access import access_of_operator
        from callboard.people.import_models import Import
        from callboard.people.operations import imports

        try:
            content = _content(file)
            access = access_of_operator(organization)
            with organization_scope(access.organization):
                row = imports.put_in(access, kind, content, file)
                chosen = _choices(row, columns, settings, persons)
                imports.ask_check(access, row.pk, chosen, here=True)
            with Bar() as progress:
                imports.run(access.organization, row.pk, progress)
                with organization_scope(access.organization):
                    row = Import.objects.get(pk=row.pk)
                    writes = row.status == "checked" and not dry_run and (skip or not row.fault_count)
                    if writes:
                        imports.ask_write(access, row.pk, skip=skip, here=True)
                if writes:
                    imports.run(access.organization, row.pk, progress)
            with organization_scope(access.organization):
                row = Import.objects.get(pk=row.pk)
                if row.status in ("checked", "failed"):
                    imports.discard(access, row.pk)  # nobody will come back for it
        except CallboardError as error:
            line = error.details.get("line")
            raise failures.BadInput(_reasons(error), code=error.code, file=file, line=line) from error
    if row.status == "failed":
        raise failures.BadInput(row.problem, code="bad_file", file=file)
    # A dry run ends as the run would.
    refused = row.status != "done" and not (dry_run and (skip or not row.fault_count))
    brought_in.tell(row, file, refused=refused, as_json=as_json)
    return failures.BAD_INPUT if refused else failures.DONE


def _content(place: str) -> bytes:
    """The file; a folder as a zip of its CSVs, as one would upload it."""
    import io
    import zipfile

    from callboard.lib import outward

    if place.startswith(("https://", "http://", "webcal://")):
        return outward.fetch(place)
    file = Path(place)
    try:
        if not file.is_dir():
            return file.read_bytes()
    except OSError as error:
        raise failures.BadInput(f"it cannot be read: {error.strerror}", file=place) from error

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(file.glob("*.csv")):
            archive.write(each, each.name)
    return packed.getvalue()


def _choices(
    row: Any, columns: tuple[str, ...], settings: tuple[str, ...], persons: tuple[str, ...]
) -> dict[str, Any]:
    chosen: dict[str, Any] = dict(map(_pair, settings))
    known = sorted(row.choices.keys() - {"columns", "people"})
    for name in chosen:
        if name not in known:
            said = ", ".join(known) or "none"
            raise failures.BadInput(f"there is no choice {name!r} for such a file; there are: {said}")
    if persons:
        if "people" not in row.choices:
            raise failures.BadInput("--person is for calendars alone", code="usage")
        chosen["people"] = dict(map(_pair, persons))
    if columns:
        chosen["columns"] = _placed(row, columns)
    return chosen


def _placed(row: Any, columns: tuple[str, ...]) -> list[str]:
    """What each column is, those that were said put first."""
    from callboard.people.imports import kind

    if "columns" not in row.choices:
        raise failures.BadInput("such a file says itself what its columns are", code="usage")
    header = row.shown.get("header", [])
    found = kind(row.kind)
    fields = [choice for _group, those in (found.fields() if found else []) for choice, _name in those]
    placed = list(row.choices["columns"])
    for name, field in map(_pair, columns):
        if name not in header:
            raise failures.BadInput(f"there is no column {name!r}; there are: {', '.join(header)}")
        if field and field not in fields:
            raise failures.BadInput(f"there is no field {field!r}; there are: {', '.join(fields)}")
        placed = ["" if each == field else each for each in placed]
        placed[header.index(name)] = field
    return placed


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.rpartition("=")
    if not equals:
        raise failures.BadInput(f"{text!r} has no '='", code="usage")
    return name, value


def _reasons(error: Any) -> str:
    fields = getattr(error, "fields", {})
    words = "; ".join(str(text) for text in fields.values()) or str(error)
    return f"{words} As --column HEADING=FIELD." if "columns" in fields else words


class Bar:
    """A progress bar on standard error, if that is a terminal."""

    def __init__(self) -> None:
        self._progress: Any = None

    def __enter__(self) -> Callable[[str, int, int], None]:
        if not sys.stderr.isatty():
            return lambda _step, _done, _total: None
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        progress.start()
        task = progress.add_task("reading", total=None)
        self._progress = progress

        def step(name: str, done: int, total: int) -> None:
            progress.update(task, description=name, completed=done, total=total or None)

        return step

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()
