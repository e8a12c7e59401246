"""A process that holds an embedded server, for tests to share it with and to kill.

`python -m tests.lib.postgres.holder DATA_DIR` prints the superuser's URL once the server is up, and lets go
when its standard input closes.
"""

from __future__ import annotations

import sys

from callboard.lib.postgres.embedded import EmbeddedServer


def main() -> None:
    """Hold the server until the input closes."""
    with EmbeddedServer(sys.argv[1]) as server:
        print(server.url(), flush=True)  # noqa: T201
        sys.stdin.read()


if __name__ == "__main__":
    main()
