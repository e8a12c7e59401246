"""`callboard drill NAME`: kill, race and audit on a throwaway database.

The database is always the embedded one in a folder of its own, whatever the environment says: a drill
never touches a database that holds anybody's work.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import click

from callboard import drills
from callboard.cli import failures, runtime
from callboard.drills._frame import Budget, Results, Stage
from callboard.lib.postgres import urls
from callboard.lib.postgres.embedded import EmbeddedServer
from callboard.lib.postgres.provision import DATABASE, VARIABLES


@click.command()
@click.argument("name", type=click.Choice(sorted(drills.REGISTRY)))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--seed", type=int, default=1, show_default=True, help="Decides when and where it kills.")
@click.option("--seconds", type=click.IntRange(min=15), default=30, show_default=True, help="Of wall time.")
def drill(name: str, as_json: bool, seed: int, seconds: int) -> int:
    """Kill, race and audit, on a throwaway database. The exit code is 0 when it passed."""
    budget = Budget(float(seconds), started=time.monotonic() - _age_of_process())
    results = _run(name, seed, budget)
    if as_json:
        print(json.dumps(results))
    else:
        for key, value in results.items():
            print(f"{key:>16}: {value}")
    return failures.DONE if results["passed"] else failures.FAILED


def _run(name: str, seed: int, budget: Budget) -> Results:
    os.environ.update(dict.fromkeys((*VARIABLES.values(), "DATABASE_URL"), ""))
    os.environ.setdefault("CALLBOARD_LOG_LEVEL", "WARNING")
    folder = Path(tempfile.mkdtemp(prefix="callboard-drill-"))
    server = EmbeddedServer(folder)
    try:
        with runtime.product(folder) as product:
            stage = Stage(
                data_dir=folder,
                logins=product.logins,
                admin_url=urls.with_database(server.url(), DATABASE),
                seed=seed,
                budget=budget,
                say=_say,
            )
            _say(f"drill {name}: ready after {budget.elapsed:.1f} s")
            with stage:
                results = drills.load(name)(stage)
    finally:
        server.destroy()
        if os.environ.get("CALLBOARD_KEEP_DRILL"):
            _say(f"drill {name}: its files stay in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    _say(f"drill {name}: {'passed' if results['passed'] else 'FAILED'} after {budget.elapsed:.1f} s")
    return results


def _age_of_process() -> float:
    """Seconds since this process began, so that starting Python counts too; 0 where it cannot be told."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        uptime = float(Path("/proc/uptime").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0.0
    return max(0.0, uptime - ticks / os.sysconf("SC_CLK_TCK"))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
