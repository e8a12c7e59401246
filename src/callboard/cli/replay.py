"""`callboard replay`: plays recorded sessions through the live engine, as if they happened now."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from callboard.cli.failures import BadInput
from callboard.cli.replaying.answer import answer_of
from callboard.cli.replaying.game import Game
from callboard.cli.replaying.sources import Source, open_source

EVERY = 500
"""Lines between two movements of the progress bar."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--speed", type=click.FloatRange(min=0, min_open=True), help="Times real time; without, at once."
)
@click.option("--into", metavar="URL", help="Send it to a running Callboard instead, through its API.")
@click.option("--key", metavar="KEY", help="The API key for --into.")
def replay(
    files: tuple[Path, ...], as_json: bool, speed: float | None, into: str | None, key: str | None
) -> int:
    """Play NDJSON of events, BigBlueButton's events.xml, tutoring transcripts, or browsers' dumps of WebRTC
    statistics, and say what was raised and why.
    """
    if (into is None) != (key is None):
        raise BadInput("--into and --key go together", code="usage")
    sources = [open_source(path) for path in files]
    if into is not None and key is not None:
        from callboard.cli.replaying.sending import send_all

        return send_all(sources, into, key, speed, as_json)
    began = time.perf_counter()
    games = play_all(sources, speed, as_json)
    elapsed = time.perf_counter() - began
    if as_json:
        json.dump(answer_of(games, elapsed), sys.stdout, ensure_ascii=False, separators=(",", ":"))
        sys.stdout.write("\n")
    else:
        from callboard.cli.replaying.words import summary

        summary(games, elapsed)
    return 0


def play_all(sources: list[Source], speed: float | None, as_json: bool) -> list[Game]:
    """Each file in a world of its own, with a progress bar on standard error where somebody looks."""
    games = []
    with bar(sum(source.lines for source in sources)) as step:
        for source in sources:
            game = Game(source)
            if speed is not None and not as_json:
                from callboard.cli.replaying.words import announce

                game.watch = announce
            game.play(pace(speed), step)
            for line in game.rejected:
                click.echo(f"{source.path}:{line.line}: {line.code}: {line.message}", err=True)
            games.append(game)
    return games


def pace(speed: float | None) -> Callable[[int], None] | None:
    """Sleeps so that event time passes `speed` times as fast as the clock on the wall; None: no sleep."""
    if speed is None:
        return None
    began: list[float] = []

    def wait(moment: int) -> None:
        if not began:
            began.append(time.monotonic() - moment / 1e6 / speed)
        left = began[0] + moment / 1e6 / speed - time.monotonic()
        if left > 0:
            time.sleep(left)

    return wait


class bar:  # noqa: N801 - a context manager that reads like a word
    """A progress bar on standard error, if that is a terminal."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.count = 0
        self.progress: object = None

    def __enter__(self) -> Callable[[], None]:
        if not sys.stderr.isatty():
            return lambda: None
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        progress = Progress(
            TextColumn("Replaying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        progress.start()
        task = progress.add_task("events", total=self.total)
        self.progress = progress

        def step() -> None:
            self.count += 1
            if self.count % EVERY == 0 or self.count == self.total:
                progress.update(task, completed=self.count)

        return step

    def __exit__(self, *_: object) -> None:
        if self.progress is not None:
            self.progress.stop()  # type: ignore[attr-defined]
