"""Whatever is killed, the server comes back with what it acknowledged, and goes when nobody is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from callboard.lib.postgres import embedded, processes
from callboard.lib.postgres.embedded import EmbeddedServer
from tests.lib.postgres.conftest import answers, eventually, postmaster
from tests.support.database import CHECKOUT

pytestmark = pytest.mark.killing
Hold = Callable[..., tuple[Any, str]]


def write(url: str, word: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        connection.execute("INSERT INTO words VALUES (%s)", [word])


def words(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {row[0] for row in connection.execute("SELECT word FROM words")}


def test_a_killed_server_is_back_on_the_same_address_with_what_it_acknowledged(seeded: Path) -> None:
    with EmbeddedServer(seeded) as server:
        url = server.url()
        for round_ in range(3):
            write(url, f"before kill {round_}")
            killed = postmaster(server)
            os.kill(killed, signal.SIGKILL)
            assert eventually(lambda: answers(url) and postmaster(server) != killed)  # noqa: B023
            assert f"before kill {round_}" in words(url)


def test_a_killed_backend_takes_nobody_else_down_for_long(seeded: Path) -> None:
    with EmbeddedServer(seeded) as server:
        url = server.url()
        write(url, "before the backend")
        with psycopg.connect(url) as victim:
            os.kill(victim.info.backend_pid, signal.SIGKILL)
            with pytest.raises(psycopg.OperationalError):
                victim.execute("SELECT pg_sleep(30)")
        assert eventually(lambda: answers(url))
        assert "before the backend" in words(url)


def test_a_server_and_keeper_killed_together_are_not_believed_alive(seeded: Path) -> None:
    first = EmbeddedServer(seeded)
    first.start()
    write(first.url(), "before both")
    keeper = first.home.keeper()
    assert keeper is not None
    server = postmaster(first)
    os.kill(keeper, signal.SIGKILL)
    os.kill(server, signal.SIGKILL)
    assert eventually(lambda: not processes.alive(server))
    assert not first.is_up()
    with EmbeddedServer(seeded) as second:
        assert "before both" in words(second.url())
        first.stop()
        assert second.is_up()


def test_a_server_that_still_recovers_is_awaited_and_not_ended_halfway(
    seeded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedServer(seeded)
    with server:
        write(server.url(), "before the recovery")
    state = server.home.state()
    assert state is not None
    cluster = Path(state.cluster)
    owner = cluster.stat()
    (cluster / "standby.signal").touch()  # it recovers until it is told that it is done
    os.chown(cluster / "standby.signal", owner.st_uid, owner.st_gid)
    with (cluster / "postgresql.conf").open("a") as settings:
        settings.write("hot_standby = off\n")
    with ThreadPoolExecutor(1) as threads:
        started = threads.submit(server.start)
        try:
            assert eventually(server.recovers, seconds=120)
            monkeypatch.setattr(embedded, "START_PATIENCE", 0.0)
            assert not wait([started], timeout=0.5).done
            monkeypatch.undo()
        finally:
            (cluster / "promote").touch()
            os.chown(cluster / "promote", owner.st_uid, owner.st_gid)
            os.kill(postmaster(server), signal.SIGUSR1)
        started.result()
    assert "before the recovery" in words(server.url())
    server.stop()


def test_a_pid_file_that_names_a_living_stranger_does_not_keep_the_server_down(seeded: Path) -> None:
    server = EmbeddedServer(seeded)
    with server:
        state = server.home.state()
        assert state is not None
        keeper = server.home.keeper()
        assert keeper is not None
        os.kill(keeper, signal.SIGKILL)
        os.kill(postmaster(server), signal.SIGKILL)
        pid_file = Path(state.cluster) / "postmaster.pid"
        assert eventually(lambda: not answers(server.url()))
        stranger = subprocess.Popen(["sleep", "60"])
        lines = pid_file.read_text().split("\n")
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
    try:
        with server:
            assert answers(server.url())
    finally:
        stranger.kill()
        stranger.wait()


def test_a_killed_keeper_leaves_no_server_behind(seeded: Path) -> None:
    server = EmbeddedServer(seeded)
    with server:
        write(server.url(), "before the keeper")
        keeper, process = server.home.keeper(), postmaster(server)
        assert keeper is not None
        os.kill(keeper, signal.SIGKILL)
        assert eventually(lambda: server.home.keeper() is None)
        with EmbeddedServer(seeded) as other:
            assert other.home.keeper() is not None
            assert "before the keeper" in words(other.url())
    assert not processes.alive(process)
    assert not server.is_up()


def test_two_processes_share_one_server_until_the_last_has_gone(seeded: Path, hold: Hold) -> None:
    server = EmbeddedServer(seeded)
    server.start()
    other, url = hold(seeded)
    assert url == server.url()
    server.stop()
    assert answers(url)
    other.stdin.close()
    other.wait()
    assert not answers(url)
    assert server.home.keeper() is None


def test_many_processes_starting_at_once_get_the_same_server(fresh: Path) -> None:
    command = [sys.executable, "-m", "tests.lib.postgres.holder", str(fresh)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)
        for _ in range(4)
    ]
    urls = {process.stdout.readline().strip() for process in started if process.stdout is not None}
    for process in started:
        process.communicate()
        assert process.returncode == 0
    assert len(urls) == 1
    assert not answers(urls.pop())


def test_a_killed_holder_has_let_go(seeded: Path, hold: Hold) -> None:
    holder, url = hold(seeded)
    assert answers(url)
    holder.kill()
    holder.wait()
    home = EmbeddedServer(seeded).home
    assert eventually(lambda: home.keeper() is None)
    assert not answers(url)


def test_a_killed_holder_takes_nothing_from_the_other(seeded: Path, hold: Hold) -> None:
    with EmbeddedServer(seeded) as server:
        holder, _ = hold(seeded)
        holder.kill()
        holder.wait()
        write(server.url(), "after the other was killed")
        keeper = server.home.keeper()
        assert keeper is not None
        assert not eventually(lambda: server.home.keeper() != keeper, seconds=1.5)
        assert server.is_up()


def test_a_start_that_was_killed_during_initdb_is_begun_again(fresh: Path) -> None:
    half = fresh / "postgres" / "cluster.new" / "base"
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.lib.postgres.holder", str(fresh)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=CHECKOUT,
            start_new_session=True,
        )
        assert eventually(half.exists)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdin is not None
        process.stdin.close()
        assert not (fresh / "postgres" / "cluster").exists()
    with EmbeddedServer(fresh) as server:
        assert answers(server.url())
