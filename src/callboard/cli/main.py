"""The command's front door: a table of commands, each imported only when it is called.

So `callboard replay` starts without Django, and `--help` without anything.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

import callboard
from callboard.cli import failures
from callboard.lib import environment

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("callboard.cli.demo:demo", "Bring up a simulated school, alive, and print how to get in."),
    "init": ("callboard.cli.init:init", "Make an organization and invite its first admin."),
    "serve": ("callboard.cli.serve:serve", "Run the whole product: web, engine, worker and database."),
    "worker": ("callboard.cli.worker:worker", "Run background jobs."),
    "engine": ("callboard.cli.engine:engine", "Run the live engine."),
    "rooms": ("callboard.cli.rooms:rooms", "Run a LiveKit server for an organization."),
    "recorder": ("callboard.cli.recorder:recorder", "Record rooms where the policy wants it."),
    "migrate": ("callboard.cli.migrate:migrate", "Bring the database up to this version."),
    "backup": ("callboard.cli.backup:backup", "Save everything to one file."),
    "restore": ("callboard.cli.restore:restore", "Bring a backup into an empty database."),
    "erasures": ("callboard.cli.erasures:erasures", "Print the list of who was erased, ids alone."),
    "doctor": ("callboard.cli.doctor:doctor", "Check the installation, and say what to put right."),
    "replay": ("callboard.cli.replay:replay", "Play recorded sessions through the engine."),
    "import": ("callboard.cli.bring_in:bring_in", "Bring in a file of people, sessions or a calendar."),
    "drill": ("callboard.cli.drill:drill", "Kill, race and audit, on a throwaway database."),
}


class Commands(click.Group):
    """A group whose commands are imported when they are called, and not for its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command's module and take the command from it."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table's own words."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(callboard.__version__, prog_name="callboard")
def group() -> None:
    """Callboard: live teaching operations for organisations that teach online."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    try:
        environment.read_files()
        result = group.main(args=list(arguments), prog_name="callboard", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        return failures.show(error, arguments)
    except environment.BadEnvironment as error:
        return failures.show(failures.BadInput(str(error), code="bad_environment"), arguments)
    except (click.Abort, KeyboardInterrupt):
        click.echo("callboard: interrupted", err=True)
        return failures.INTERRUPTED
    except BrokenPipeError:  # whoever read our output has gone; nothing is left to say to them
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return failures.FAILED
    return result if isinstance(result, int) else failures.DONE


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
