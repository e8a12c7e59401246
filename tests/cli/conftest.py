"""Commands run as a person runs them: as processes, in a data folder of their own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from callboard.lib.postgres.embedded import EmbeddedServer
from callboard.lib.postgres.provision import VARIABLES
from callboard.lib.processes.ready import wait_until


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty data folder; its database is removed at the end."""
    yield from made_data_dir()


def made_data_dir() -> Iterator[Path]:
    """The same, for who needs several."""
    path = Path(tempfile.mkdtemp(prefix="callboard-test-"))
    yield path
    server = EmbeddedServer(path)
    wait_until(lambda: not server.home.path.exists() or server.home.keeper() is None, 10)
    server.destroy()
    shutil.rmtree(path)


@pytest.fixture
def environment() -> dict[str, str]:
    """Ours, without the tests' own database."""
    hidden = {*VARIABLES.values(), "DATABASE_URL", "CALLBOARD_DATA_DIR"}
    return {name: value for name, value in os.environ.items() if name not in hidden}
