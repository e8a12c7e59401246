"""Draws docs/reference/settings.md from the list of what the environment may say. A test holds the two equal.

`.venv/bin/python tools/settings_page.py` writes it anew.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from callboard.lib.environment import VARIABLES, Variable

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "settings.md"

HEAD = """\
# Settings of an installation

Everything that the environment may say, read once when a process starts. What an organization decides for itself (rules, queues, recordings, providers) is under Settings in its pages, and in the API.

**From files.** A name marked with ◆ is a secret, and may be given as a file: `NAME_FILE` holds the file's path, and the file the value, as Docker, Podman, Kubernetes and systemd's `LoadCredential` hand secrets out. Both given and different, empty, or not to be read: Callboard does not start, and says which.

**Refused.** Where others than this machine are answered (that is what `CALLBOARD_BASE_URL` says), Callboard does not start over plain http, with debugging on, with a key that can be guessed, with `*` for hosts or without the host of its own address, or with `https:` and no proxy that could speak it. Each is said in a sentence, with what to do. `callboard doctor` names settings that begin with `CALLBOARD_` and are none of these: most likely misspelt.
"""  # noqa: E501

COLUMNS = "| name | means | when it is not given | for example |\n|---|---|---|---|"


def render() -> str:
    """The whole page."""
    parts = [HEAD]
    for group, variables in groupby(VARIABLES, key=lambda each: each.group):
        rows = "\n".join(_row(each) for each in variables)
        parts.append(f"## {group}\n\n{COLUMNS}\n{rows}\n")
    return "\n".join(parts)


def _row(variable: Variable) -> str:
    mark = " ◆" if variable.secret else ""
    example = variable.example if "`" in variable.example or not variable.example else f"`{variable.example}`"
    return f"| `{variable.name}`{mark} | {variable.means} | {variable.default} | {example} |"


if __name__ == "__main__":
    PAGE.write_text(render())
