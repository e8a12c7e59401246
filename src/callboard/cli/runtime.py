"""The product made ready for a command: database, environment, Django, schema.

Settings are read once, from the environment, when Django starts; so the environment comes first. The
settings module is named by a string: nobody imports `config`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from callboard.cli import failures, schema
from callboard.lib import environment, safety
from callboard.lib.backups.dump import is_unfinished
from callboard.lib.postgres.errors import DatabaseUnavailable, RightsMissing, UnsafeServer
from callboard.lib.postgres.home import Home
from callboard.lib.postgres.processes import LOOPBACK, free_port, port_is_free
from callboard.lib.postgres.provision import Logins, database, default_data_dir
from callboard.lib.processes.ready import wait_until

SETTINGS = "callboard.config.settings"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what is asked for, not what is done
FREE_WITHIN = 5.0  # seconds
AT_START = "CALLBOARD_MIGRATE_AT_START"

data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_data_dir,
    show_default="CALLBOARD_DATA_DIR, or the customary place for data",
    help="Where the embedded database and files are kept.",
)


@dataclass(frozen=True)
class Product:
    """What a command works with: where its data is, and the database's logins."""

    data_dir: Path
    logins: Logins


def configure_django() -> None:
    """Start Django on the settings; the environment must be complete."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()


@contextmanager
def product(data_dir: Path, *, migrated: bool = True) -> Iterator[Product]:
    """The database up and held, the environment set, Django started, and the schema brought up to date.

    Raises BadInput where the environment is unsafe or the given server is refused, Failed where there is no
    database. Nothing starts on a database into which a restore was cut short. How much of
    the schema is brought up to date, CALLBOARD_MIGRATE_AT_START says.
    """
    data_dir = data_dir.expanduser().absolute()
    with opened(data_dir) as logins:
        if is_unfinished(logins.app):
            raise failures.BadInput(
                "A restore into this database was cut short. Run callboard restore again.",
                code="unfinished",
            )
        start(data_dir, logins)
        if migrated:
            schema.bring_up_to_date(only_before=_only_before())
        yield Product(data_dir, logins)


@contextmanager
def opened(data_dir: Path) -> Iterator[Logins]:
    """The database up and held, in an environment that is safe; raises as `product` does."""
    refuse_unsafe()
    try:
        with database(data_dir) as logins:
            yield logins
    except (UnsafeServer, RightsMissing) as error:
        raise failures.BadInput(str(error), code="database_refused") from error
    except DatabaseUnavailable as error:
        raise failures.Failed(str(error), code="database_unavailable") from error


def listening_port(port: int, host: str = LOOPBACK) -> int:
    """The port to listen on: a free one for 0. Raises BadInput (`in_use`) where something listens on it: two
    web servers of ours would share it, and each browser meet now one, now the other. And (`cannot_listen`)
    where nothing could: the address is not this machine's, or the port asks for rights.
    """
    port = port or free_port()
    where = LOOPBACK if host in EVERYWHERE else host
    try:
        # One that is ending may still have it.
        free = wait_until(lambda: port_is_free(port, where), FREE_WITHIN)
    except OSError as error:
        raise failures.BadInput(
            f"Callboard cannot listen on {host}, port {port}: {error.strerror}.", code="cannot_listen"
        ) from error
    if not free:
        raise failures.BadInput(
            f"Something listens on port {port} already: Callboard that runs, perhaps. End it, or choose "
            "another port with --port.",
            code="in_use",
        )
    return port


def in_url(host: str) -> str:
    """Whom a browser or a probe on this machine asks for a server that listens there."""
    return LOOPBACK if host in EVERYWHERE else f"[{host}]" if ":" in host else host


def _only_before() -> bool:
    """Whether processes of an older version may be at work on the same database."""
    said = environment.text(AT_START, "all")
    if said not in {"all", "before"}:
        raise failures.BadInput(f"{AT_START} is {said!r}, and must be all or before.", code="bad_environment")
    return said == "before"


def refuse_unsafe() -> None:
    """Raises BadInput where the environment is unsafe."""
    unsafe = safety.problems(os.environ)
    if unsafe:
        raise failures.BadInput("\n".join(["Callboard does not start this way.", *unsafe]), code="unsafe")


def start(data_dir: Path, logins: Logins) -> None:
    """Set the environment for these logins and this folder, and start Django on it."""
    os.environ.update(logins.environment())
    os.environ["CALLBOARD_DATA_DIR"] = str(data_dir)
    if not os.environ.get("CALLBOARD_SECRET_KEY"):
        os.environ["CALLBOARD_SECRET_KEY"] = _secret_key(data_dir)
    os.environ.setdefault("CALLBOARD_RECORDINGS", str(data_dir / "recordings"))
    configure_django()


def _secret_key(data_dir: Path) -> str:
    """The key that signs logins: kept, so that a restart signs nobody out, and the same in every process."""
    home = Home(data_dir)
    home.make()
    with home.locked():
        return home.secret("secret_key")
