"""One command brings the product up, and its end leaves nothing running."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from callboard.cli import failures, runtime
from callboard.lib.postgres.embedded import EmbeddedServer
from callboard.lib.processes.ready import wait_until
from tests.cli.conftest import made_data_dir

COMMAND = [sys.executable, "-m", "callboard.cli.main", "serve", "--port", "0", "--data-dir"]


def processes_about(word: str) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if word.encode() in entry.read_bytes() and entry.parent.name != str(os.getpid()):
                found.append(entry.parent.name)
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def kept_dir() -> Iterator[Path]:
    """A data folder that is made once, and comes up again after each end."""
    yield from made_data_dir()


@pytest.mark.killing
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_it_answers_and_its_end_ends_everything(
    kept_dir: Path, environment: dict[str, str], signum: signal.Signals
) -> None:
    data_dir = kept_dir
    if not Path("/proc/self/environ").exists():
        pytest.skip("needs /proc to look for what is left")
    mark = f"CALLBOARD_TEST_MARK={data_dir.name}"
    serve = subprocess.Popen(
        [*COMMAND, str(data_dir)],
        env=environment | dict([mark.split("=", 1)]),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert serve.stderr is not None
    url = None
    for line in serve.stderr:
        found = re.search(r"Callboard answers on (\S+)", line)
        if found:
            url = found[1]
            break
    assert url is not None
    with urllib.request.urlopen(f"{url}/health/live") as answer:
        assert answer.status == 200
    assert len(processes_about(mark)) >= 4
    serve.send_signal(signum)
    serve.communicate()
    assert signum == signal.SIGKILL or serve.returncode == 0
    assert wait_until(lambda: processes_about(mark) == [], 20)
    assert not EmbeddedServer(data_dir).is_up()


def test_a_port_that_is_taken_is_said_before_anything_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runtime, "FREE_WITHIN", 0.1)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as our own web server does
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for host in ("127.0.0.1", "0.0.0.0"):
            with pytest.raises(failures.BadInput, match=f"port {port} already"):
                runtime.listening_port(port, host)
    assert runtime.listening_port(port) == port
    assert runtime.listening_port(0) > 0


@pytest.mark.parametrize("host", ["192.0.2.9", "2001:db8::9"])
def test_where_nothing_can_listen_that_is_said_at_once_and_not_that_something_does(host: str) -> None:
    with pytest.raises(failures.BadInput, match=f"cannot listen on {host}, port 8123: ") as refusal:
        runtime.listening_port(8123, host)
    assert refusal.value.code == "cannot_listen"
    assert "already" not in refusal.value.message


def test_a_port_that_is_taken_on_the_loopback_of_ipv6_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "FREE_WITHIN", 0.1)
    with socket.socket(socket.AF_INET6) as other:
        try:
            other.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        other.listen()
        with pytest.raises(failures.BadInput, match="already"):
            runtime.listening_port(other.getsockname()[1], "::1")
    assert runtime.in_url("::1") == "[::1]"
