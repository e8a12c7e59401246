"""A LiveKit server for the tests of real rooms: found, or built once on this machine.

Where none can be had, this says why and fails nothing; on CI the tests that need it then fail, elsewhere
they skip.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from callboard.integrations.livekit import binary


def say(text: str) -> None:
    """Progress goes to standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def main(_arguments: Sequence[str]) -> int:
    """Have the program, if it can be had. Never fails."""
    tools = Path(__file__).resolve().parent.parent / ".tools"  # where uv is, if it is not on the PATH
    os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], f"{tools}/bin", f"{tools}/site/bin"])
    try:
        binary.have(say)
    except binary.ServerMissing as missing:
        say(f"No LiveKit server could be had: {missing}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
