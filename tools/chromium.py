"""A Chromium for the browser tests: one on the PATH, the system's package, else Playwright's own.

Where none can be had the browser tests skip; this says so in one line and fails nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PATIENCE = 300  # seconds for an installation


def say(text: str) -> None:
    """Progress goes to standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def found() -> bool:
    """Whether a Chromium is there: named in CALLBOARD_CHROMIUM, on the PATH, or Playwright's."""
    named = os.environ.get("CALLBOARD_CHROMIUM")
    if named or any(shutil.which(name) for name in NAMES):
        return True
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return False
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def tried(*command: str) -> bool:
    """Whether an installation went through."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main(_arguments: Sequence[str]) -> int:
    """Have a Chromium, if one can be had. Never fails."""
    if found():
        return 0
    say("Looking for a Chromium for the browser tests …")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        tried("apt-get", "update")
        tried("apt-get", "install", "-y", "--no-install-recommends", "chromium")
    if not found():
        tried(sys.executable, "-m", "playwright", "install", "chromium")
    if not found():
        say("No Chromium could be had, so the browser tests skip. Install one and set CALLBOARD_CHROMIUM.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
