"""Try the whole API with calls made up from its own description, on a small simulated school.

Schemathesis calls every operation with what the description allows and with what it does not, and reports
each answer of 500 and more, each that the description does not have, and each that is not as described. What
a call may destroy (keys, members, one's own logins) and what never ends (streams) is left out.

    make fuzz            # five minutes
    make fuzz FUZZ_ARGUMENTS="--max-time 1800 --max-examples 50"
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

LEFT_OUT = r"/stream|/events$|/keys|/members|/me/"
CHECKS = "not_a_server_error,content_type_conformance,response_schema_conformance,status_code_conformance"
USUAL = ["--max-time", "300", "--max-examples", "15"]


def main(arguments: Sequence[str]) -> int:
    """Bring a school up, try its API, end it; the exit code is Schemathesis's."""
    binaries = Path(sys.executable).parent
    folder = Path(tempfile.mkdtemp(prefix="callboard-fuzz-"))
    command = [binaries / "callboard", "demo", "--json", "--size", "small", "--data-dir", folder]
    school = subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "CALLBOARD_API_RATE": "0"}
    )
    try:
        assert school.stdout is not None
        told = json.loads(school.stdout.readline())
        words = [
            *("run", f"{told['url']}/api/v1/openapi.json", "-H", f"Authorization: Bearer {told['api_key']}"),
            *("--checks", CHECKS, "--exclude-path-regex", LEFT_OUT, "--continue-on-failure", "--no-shrink"),
            *("--phases", "examples,coverage,fuzzing,stateful", "--request-timeout", "60"),
            *(arguments or USUAL),
        ]
        return subprocess.run([binaries / "schemathesis", *words], check=False, cwd=folder).returncode  # noqa: S603
    finally:
        school.send_signal(signal.SIGINT)
        school.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
