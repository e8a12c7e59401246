"""`callboard doctor`: check the installation, and say what to put right."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from callboard.cli import failures, runtime
from callboard.lib.postgres import account, binaries, checks

ENOUGH_DISK = 1 << 30  # bytes


@dataclass(frozen=True)
class Finding:
    """One check: its name, whether it passed, and what was found or what to do."""

    name: str
    ok: bool
    text: str


@click.command()
@runtime.data_dir_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def doctor(data_dir: Path, as_json: bool) -> int:
    """Check the installation. The exit code is 1 when something is to be put right."""
    findings = [*_machine(data_dir), *_database(data_dir)]
    passed = all(finding.ok for finding in findings)
    if as_json:
        print(json.dumps({"checks": [asdict(finding) for finding in findings], "passed": passed}))
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.ok else 'BAD '} {finding.name}: {finding.text}")
    return failures.DONE if passed else failures.FAILED


def _machine(data_dir: Path) -> Iterator[Finding]:
    yield Finding("python", True, f"{platform.python_version()} on {platform.platform(terse=True)}")
    if not os.environ.get("DATABASE_URL"):
        yield _tried("embedded PostgreSQL", lambda: f"{binaries.version()} in {binaries.bin_dir()}")
        yield _tried("server account", lambda: f"runs as {account.server_account().name}")
    place = next(each for each in (data_dir.absolute(), *data_dir.absolute().parents) if each.exists())
    free = shutil.disk_usage(place).free
    yield Finding("disk", free >= ENOUGH_DISK, f"{free / (1 << 30):.1f} GiB free for {data_dir}")
    yield Finding("data folder", os.access(place, os.W_OK), f"{place} {_writable(place)}")


def _database(data_dir: Path) -> Iterator[Finding]:
    try:
        with runtime.product(data_dir, migrated=False) as product:
            with checks.connect(product.logins.app) as connection:
                version = connection.info.server_version
            yield Finding("database", True, f"PostgreSQL {version // 10_000}.{version % 10_000} answers")
            yield Finding("durability", True, "fsync, full_page_writes and synchronous_commit are on")
            pending = runtime.pending_migrations()
            words = "up to date" if not pending else f"{len(pending)} migrations to apply: callboard migrate"
            yield Finding("schema", not pending, words)
    except click.ClickException as error:
        yield Finding("database", False, error.format_message())


def _tried(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, check())
    except Exception as error:
        return Finding(name, False, str(error))


def _writable(place: Path) -> str:
    return "can be written to" if os.access(place, os.W_OK) else "cannot be written to by this account"
