"""Get a machine with Python 3.11 and make ready: find or install uv, then let it install the project.

Standard library alone. Used by the Makefile: `python tools/bootstrap.py sync [uv's arguments]` installs,
`python tools/bootstrap.py run COMMAND…` runs uv itself.

1. An uv on the PATH that works.
2. One that an earlier run put into `.tools`.
3. A virtual environment `.tools`, with uv in it; needs venv with ensurepip.
4. uv in a folder `.tools/site`; needs pip.
5. Neither is there: say the one line to type, exit 2.
"""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
TOOLS = CHECKOUT / ".tools"
OLDEST = (3, 11)
BAD_INPUT = 2


def say(text: str) -> None:
    """Progress goes to standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def works(command: Sequence[str]) -> bool:
    """Whether the command runs and succeeds."""
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)  # noqa: S603
    except OSError:
        return False
    return done.returncode == 0


def find_uv() -> str | None:
    """An uv that works: on the PATH, or put here by an earlier run."""
    for place in (shutil.which("uv"), TOOLS / "bin" / "uv", TOOLS / "site" / "bin" / "uv"):
        if place and works([str(place), "--version"]):
            return str(place)
    return None


def install_uv() -> str | None:
    """Install uv into `.tools`, without touching anything else on the machine."""
    python = sys.executable
    if works([python, "-c", "import venv, ensurepip"]):
        say("Installing uv into .tools …")
        if works([python, "-m", "venv", str(TOOLS)]):
            pip = [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"]
            subprocess.run(pip, check=False)  # noqa: S603 - its own words say what went wrong
            found = find_uv()
            if found:
                return found
    if works([python, "-m", "pip", "--version"]):
        say("Installing uv into .tools/site …")
        target = ["--quiet", "--target", str(TOOLS / "site"), "uv"]
        subprocess.run([python, "-m", "pip", "install", *target], check=False)  # noqa: S603
        return find_uv()
    return None


def the_line_to_type() -> str:
    """What gives this machine's Python a way to install packages."""
    if shutil.which("apt-get"):
        return "sudo apt install python3-venv"
    if shutil.which("dnf"):
        return "sudo dnf install python3-pip"
    return f"{sys.executable} -m ensurepip --user"


def environment() -> dict[str, str]:
    """What uv is told: this checkout's own environment, and the certificates that this machine trusts.

    uv brings roots of its own, which know nothing of an office's proxy; pip and git go by the machine's.
    """
    told = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    if ssl.get_default_verify_paths().cafile or Path("/etc/ssl/certs/ca-certificates.crt").exists():
        told.setdefault("UV_SYSTEM_CERTS", "true")
        told.setdefault("UV_NATIVE_TLS", "true")
    return told


def sync(uv: str, arguments: Sequence[str]) -> int:
    """Install what the lock file names, and compile it, so that no start has to.

    Compiling is asked for only where the lock file has changed since: looking through every file takes
    longer than all the rest.
    """
    mark = CHECKOUT / ".venv" / "compiled"
    words = ["sync", "--frozen", "--inexact", "--python", sys.executable, *arguments]
    if not sys.stderr.isatty():
        words.append("--quiet")
    fresh = " ".join([str((CHECKOUT / "uv.lock").stat().st_mtime_ns), *arguments])
    known = mark.read_text() if mark.exists() else ""
    if fresh not in known.splitlines():
        say("Installing packages; the first time this takes a while …")
        words.append("--compile-bytecode")
    code = run(uv, *words)
    if code == 0 and "--compile-bytecode" in words:
        mark.write_text(f"{known}{fresh}\n")
    if code == 0:
        python = CHECKOUT / ".venv" / "bin" / "python"
        subprocess.run([python, "-m", "compileall", "-q", "src"], cwd=CHECKOUT, check=False)  # noqa: S603
    return code


def run(uv: str, *words: str) -> int:
    """Run uv on this checkout."""
    return subprocess.run([uv, *words], cwd=CHECKOUT, env=environment(), check=False).returncode  # noqa: S603


def main(arguments: Sequence[str]) -> int:
    """Run `sync` or `run`; returns the exit code."""
    if sys.version_info < OLDEST:
        say(f"Callboard needs Python 3.11 or later; this is {sys.version.split()[0]}.")
        return BAD_INPUT
    if not arguments or arguments[0] not in {"sync", "run"}:
        say(__doc__ or "")
        return BAD_INPUT
    uv = find_uv() or install_uv()
    if uv is None:
        say("This Python has neither venv nor pip. Type this line, then try again:")
        say(f"    {the_line_to_type()}")
        return BAD_INPUT
    if arguments[0] == "sync":
        return sync(uv, arguments[1:])
    return run(uv, *arguments[1:])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
