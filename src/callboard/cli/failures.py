"""What failures look like: exit codes, words on standard error, and one JSON document where it was asked for.

Codes of every command: 0 done, 1 failed while working, 2 the input or the arguments are bad, 130 interrupted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


class BadInput(click.ClickException):
    """The input or the arguments are bad: what, where, and why. `code` is for programs."""

    exit_code = BAD_INPUT

    def __init__(
        self, message: str, *, code: str = "bad_input", file: str | None = None, line: int | None = None
    ) -> None:
        self.code, self.file, self.line = code, file, line
        super().__init__(message)

    def format_message(self) -> str:
        """`file:line: what and why`."""
        place = ":".join(str(each) for each in (self.file, self.line) if each is not None)
        return f"{place}: {self.message}" if place else self.message


class Failed(click.ClickException):
    """The work failed, by no fault of the input."""

    exit_code = FAILED

    def __init__(self, message: str, *, code: str = "failed") -> None:
        self.code = code
        super().__init__(message)


def show(error: click.ClickException, arguments: Sequence[str]) -> int:
    """Say what went wrong, in words on standard error and with --json on standard output too."""
    click.echo(f"callboard: {error.format_message()}", err=True)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
    if "--json" in arguments:
        document = {
            "code": getattr(error, "code", "usage"),
            "message": error.message,
            "file": getattr(error, "file", None),
            "line": getattr(error, "line", None),
        }
        json.dump({"error": document}, sys.stdout)
        sys.stdout.write("\n")
        sys.stdout.flush()
    return error.exit_code
