"""`callboard demo`: a simulated school, alive; and `demo detection`: how well its faults are seen."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from callboard.cli import runtime

SIZES = ("small", "school", "large")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document once it answers.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0: a free one.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where its database is kept. Else: a place of the demo's own, or a fresh one if that is in use.",
)
@click.option("--size", type=click.Choice(SIZES), default="school", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed, the same school.")
@click.option(
    "--pace", type=click.FloatRange(0, 10), default=1.0, show_default=True, help="How often things go wrong."
)
@click.option(
    "--rooms",
    type=click.Choice(("simulated", "livekit")),
    default="simulated",
    show_default=True,
    help="livekit: one lesson is held in a real room, which two browser tabs can join.",
)
@click.pass_context
def demo(
    context: click.Context, as_json: bool, port: int, data_dir: Path | None, size: str, seed: int,
    pace: float, rooms: str,
) -> None:  # fmt: skip
    """Bring up a simulated school, alive, until it is interrupted."""
    if context.invoked_subcommand is not None:
        return
    from callboard.cli import demo_school

    demo_school.bring_up(
        as_json=as_json, port=port, data_dir=data_dir, size=size, seed=seed, pace=pace, rooms=rooms
    )


@demo.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--days", type=click.IntRange(1, 30), default=1, show_default=True, help="School days to play.")
@click.option(
    "--provider-faults/--no-provider-faults",
    default=True,
    show_default=True,
    help="Once more with webhooks lost and receivers away.",
)
@click.pass_context
def detection(context: click.Context, as_json: bool, seed: int, days: int, provider_faults: bool) -> None:
    """Play days in virtual time, and say how well the engine saw what was put wrong."""
    runtime.configure_django()
    from callboard.demo.detection.run import run

    say = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=say, transient=True) as bars:
        task = bars.add_task("Playing", total=1.0)
        told, verdicts = run(
            seed, days, lambda share: bars.update(task, completed=share), faulty=provider_faults
        )
    for verdict, how in zip(verdicts, ("", ", with the providers' faults"), strict=False):
        for fault, due in verdict.unseen:
            say.print(f"Not seen{how}: {due.kind} of {fault.id}", highlight=False)
        for case in verdict.unexplained:
            say.print(f"False{how}: {case.kind} in {case.subject} at {case.raised_at}", highlight=False)
    if as_json:
        print(json.dumps(told))
    else:
        _show(told)
    if not told["passed"]:
        context.exit(1)


def _show(told: dict[str, object]) -> None:
    table = Table(title=f"{told['sessions']} sessions, {told['faults']} faults", box=box.SIMPLE_HEAD)
    columns = {
        "expected": "exp.", "found": "found", "missed": "missed", "false": "false",
        "precision": "prec.", "recall": "recall", "delay_p50_s": "p50 s", "delay_p99_s": "p99 s",
    }  # fmt: skip
    table.add_column("kind", no_wrap=True)
    for title in columns.values():
        table.add_column(title, justify="right")
    kinds = told["kinds"]
    assert isinstance(kinds, dict)
    for kind, figures in kinds.items():
        table.add_row(kind, *(str(figures[name]) for name in columns))
    out = Console()
    out.print(table)
    out.print("Passed." if told["passed"] else "Not passed.")


@demo.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--sessions", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True)
@click.option(
    "--own", type=click.Choice(["off", "spare", "beside"]), default="spare", show_default=True,
    help="What our own recorder does.",
)  # fmt: skip
@click.pass_context
def recordings(context: click.Context, as_json: bool, seed: int, sessions: int, own: str) -> None:
    """Record lessons in virtual time with recorders that fail, and say what of them was lost."""
    from callboard.demo.recordings.run import run

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("Recording", total=1.0)
        told = run(sessions, seed, own, lambda share: bars.update(task, completed=share))
    if as_json:
        print(json.dumps(told))
    else:
        for name, value in told.items():
            click.echo(f"{name}: {value}")
    if not told["passed"]:
        context.exit(1)


@demo.command(hidden=True)
@runtime.data_dir_option
def provider(data_dir: Path) -> None:
    """Run the simulated provider of a demo that is being brought up."""
    with runtime.product(data_dir, migrated=False):
        from callboard.demo.provider import service

        service.run(
            service.Setting(
                day=data_dir / "day.json",
                organization=int(os.environ["CALLBOARD_DEMO_ORGANIZATION"]),
                product_url=os.environ["CALLBOARD_BASE_URL"],
                events_key=os.environ["CALLBOARD_DEMO_KEY"],
                port=urlsplit(os.environ["CALLBOARD_DEMO_PROVIDER"]).port or 0,
                token=os.environ["CALLBOARD_DEMO_TOKEN"],
            )
        )
