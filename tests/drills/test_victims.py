"""What a drill starts comes up: one that falls at its first import is killed by nobody, and finds nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from callboard import drills

MODULE = re.compile(r'"-m", "(callboard\.[\w.]+)"')


def test_whatever_a_drill_starts_is_loaded_before_django_is() -> None:
    sources = Path(drills.__file__).parent.glob("*.py")
    started = sorted({name for source in sources for name in MODULE.findall(source.read_text())})
    assert {"callboard.drills._eraser", "callboard.drills._worker"} <= set(started)
    for name in started:
        done = subprocess.run(
            [sys.executable, "-c", f"import {name}"], capture_output=True, check=False, text=True, timeout=300
        )
        assert done.returncode == 0, f"{name}: {done.stderr}"
