"""The systems that `make bench` compares with: redis-server, prometheus, alertmanager.

Those that are missing come from the system's packages where that is possible. A peer that is absent is
named, and its benchmark says null in its place; nothing fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PEERS = {
    "redis-server": "redis-server",
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
}
"""By program, the Debian package. None is left running: benchmarks start their own."""


def say(text: str) -> None:
    """Progress goes to standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def main() -> int:
    """Have the peers, as far as they can be had."""
    missing = [package for program, package in PEERS.items() if not shutil.which(program)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False)  # noqa: S607
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        subprocess.run(install, env=environment, stdout=sys.stderr, check=False)  # noqa: S603
    for program, package in PEERS.items():
        if not shutil.which(program):
            say(f"{program} is absent, so its comparison will be null. It comes with: apt install {package}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
