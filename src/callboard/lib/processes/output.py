"""Where a program's output goes: standard error, with its name before each line for people, or a file."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import IO

_one_line_at_a_time = threading.Lock()


def to_stderr(name: str, stream: IO[bytes]) -> threading.Thread:
    """Copy a stream to standard error until it ends; each line prefixed, unless lines are for programs."""
    prefix = "" if os.environ.get("CALLBOARD_LOG_FORMAT") == "json" else f"{name:>10} | "

    def copy() -> None:
        for line in stream:
            text = line.decode(errors="replace").rstrip("\n")
            with _one_line_at_a_time:
                print(f"{prefix}{text}", file=sys.stderr, flush=True)  # noqa: T201
        stream.close()

    thread = threading.Thread(target=copy, name=f"output of {name}", daemon=True)
    thread.start()
    return thread


def file_for(folder: Path, name: str) -> IO[bytes]:
    """The program's log, appended to."""
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / f"{name}.log").open("ab")
