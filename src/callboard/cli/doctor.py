"""`callboard doctor`: check the installation, and say what to put right.

What must hold before the product can start is looked at here; everything else is registered with
`lib.health` by those who own it.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from callboard.cli import failures, runtime
from callboard.lib.health import Check, Finding, Result, State, bad, examine, look, ok
from callboard.lib.postgres import account, binaries

MARKS = {State.OK: "ok  ", State.WARN: "WARN", State.BAD: "BAD "}


@click.command()
@runtime.data_dir_option
@click.option("--stopped", is_flag=True, help="Leave out what only a running Callboard can show.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def doctor(data_dir: Path, stopped: bool, as_json: bool) -> int:
    """Check the installation. The exit code is 1 when something is to be put right."""
    results: list[Result] = []
    for result in _results(data_dir.expanduser().absolute(), running=not stopped):
        results.append(result)
        if not as_json:
            _say(result)
    passed = all(result.ok for result in results)
    if as_json:
        print(json.dumps({"checks": [_document(result) for result in results], "passed": passed}))
    return failures.DONE if passed else failures.FAILED


def _results(data_dir: Path, *, running: bool) -> Iterator[Result]:
    yield from look(
        [
            Check(name="python", title="Python", look=_python),
            Check(name="embedded", title="embedded PostgreSQL", look=_embedded),
            Check(name="data_folder", title="data folder", look=lambda: _data_folder(data_dir)),
        ]
    )
    try:
        with runtime.product(data_dir, migrated=False):
            slugs = _organizations()
            for result in examine(slugs, running=running):
                yield result if result.organization is None else _named(result, slugs[result.organization])
    except click.ClickException as error:
        name = "settings" if getattr(error, "code", "") == "unsafe" else "database"
        advice = "Put right what this says, and look again."
        yield Result(name, name, bad(error.format_message(), advice))


def _organizations() -> dict[int, str]:
    """Their slugs; none where the schema does not stand, which is a finding of its own."""
    from django.db import DatabaseError

    from callboard.lib.tenancy import sweep
    from callboard.people.models import Organization

    try:
        with sweep():
            return dict(Organization.objects.order_by("slug").values_list("pk", "slug"))
    except DatabaseError:
        return {}


def _named(result: Result, slug: str) -> Result:
    subject = f"{slug}: {result.finding.subject}" if result.finding.subject else slug
    return replace(result, finding=replace(result.finding, subject=subject))


def _python() -> Finding:
    return ok(f"{platform.python_version()} on {platform.platform(terse=True)}")


def _embedded() -> Iterator[Finding]:
    if os.environ.get("DATABASE_URL") or os.environ.get("CALLBOARD_DATABASE_URL"):
        yield ok("not used: a database of your own is given")
        return
    try:
        yield ok(f"{binaries.version()} in {binaries.bin_dir()}")
        yield ok(f"runs as {account.server_account().name}", subject="account")
    except Exception as error:
        yield bad(str(error), "Install it anew, or point DATABASE_URL to a server of your own.")


def _data_folder(data_dir: Path) -> Finding:
    place = next(each for each in (data_dir, *data_dir.parents) if each.exists())
    if os.access(place, os.W_OK):
        return ok(f"{place} can be written to")
    return bad(f"{place} cannot be written to by this account", f"Run as the account that owns {place}.")


def _say(result: Result) -> None:
    finding = result.finding
    subject = f" ({finding.subject})" if finding.subject else ""
    click.echo(f"{MARKS[finding.state]} {result.title}{subject}: {finding.text}")
    if finding.advice:
        click.echo(f"     {finding.advice}")


def _document(result: Result) -> dict[str, Any]:
    finding = result.finding
    return {
        "name": result.name,
        "subject": finding.subject,
        "state": finding.state.value,
        "ok": result.ok,
        "text": finding.text,
        "advice": finding.advice,
    }
