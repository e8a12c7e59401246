"""`callboard serve`: the whole product in one command.

1. The database: the embedded server, or the one DATABASE_URL points to. Refused or unreachable: says why.
2. The schema is brought up to date. It fails: nothing starts.
3. Web, engine and worker start, and start again when they crash.
4. It says where it answers, once it does; and while it is empty, by which link it is set up. SIGINT or
   SIGTERM stops everything within 10 seconds: requests at work are answered, and streams of events end.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from callboard.cli import failures, runtime
from callboard.lib.postgres.processes import LOOPBACK
from callboard.lib.processes import programs, ready
from callboard.lib.processes.supervisor import Supervisor

ANSWERS_WITHIN = 120.0  # seconds; on a busy machine a start takes long, and to give up would begin it anew


@click.command()
@runtime.data_dir_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: a free one.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Web processes.")
def serve(data_dir: Path, host: str, port: int, workers: int) -> None:
    """Run web, engine, worker and, unless DATABASE_URL is set, the database."""
    runtime.refuse_unsafe()
    port = runtime.listening_port(port, host)
    reached = runtime.in_url(host)
    url = f"http://{'localhost' if reached == LOOPBACK else reached}:{port}"
    os.environ.setdefault("CALLBOARD_BASE_URL", url)
    with runtime.product(data_dir) as product:
        collect_static(product.data_dir)
        parts = [programs.web(host, port, workers=workers), programs.engine(), programs.worker()]
        parts.append(programs.recorder())
        supervisor = Supervisor(parts)
        supervisor.heed_signals()
        with supervisor:
            probe = f"http://{reached}:{port}/health/live"
            if not ready.wait_until(
                lambda: ready.answers(probe), ANSWERS_WITHIN, unless=lambda: supervisor.interrupted
            ):
                if supervisor.interrupted:
                    return
                raise failures.Failed(f"Callboard did not answer on {probe} within {ANSWERS_WITHIN:.0f} s.")
            click.echo(f"Callboard answers on {os.environ['CALLBOARD_BASE_URL']}", err=True)
            _say_first_run()
            supervisor.wait()


def _say_first_run() -> None:
    """Where nothing is there yet: the link that makes the first organization."""
    from callboard.people.operations import first_run_token, is_empty

    if is_empty():
        address = f"{os.environ['CALLBOARD_BASE_URL'].rstrip('/')}/setup/{first_run_token()}/"
        click.echo(f"It is empty. Set up your organization, within a day: {address}", err=True)


def collect_static(data_dir: Path) -> None:
    """Gather the pages' styles and scripts in one folder, from which the web server hands them out itself."""
    from django.conf import settings
    from django.core.management import call_command

    folder = data_dir / "static"
    os.environ["CALLBOARD_STATIC_ROOT"] = str(folder)
    settings.STATIC_ROOT = str(folder)
    call_command("collectstatic", interactive=False, verbosity=0)
