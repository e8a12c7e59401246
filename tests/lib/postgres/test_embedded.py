"""The embedded server starts anywhere, for anyone, and stops when nobody needs it."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from callboard.lib.postgres import account, binaries
from callboard.lib.postgres.embedded import EmbeddedServer
from callboard.lib.postgres.errors import DatabaseUnavailable
from tests.lib.postgres.conftest import answers, eventually
from tests.support.database import CHECKOUT

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")


def modes(path: Path) -> dict[Path, int]:
    return {each: stat.S_IMODE(each.stat().st_mode) for each in path.parents}


def test_what_was_written_is_there_after_a_stop_and_a_start(seeded: Path) -> None:
    server = EmbeddedServer(seeded)
    with server, psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('ana')")
    assert not server.is_up()
    with server, psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT word FROM kept LIMIT 1").fetchone() == ("ana",)


def test_a_wrong_password_is_refused(seeded: Path) -> None:
    with EmbeddedServer(seeded) as server:
        assert answers(server.url())
        assert not answers(server.url().replace(server.secret("callboard_admin"), "guess"))


def test_it_listens_on_loopback_alone(seeded: Path) -> None:
    with EmbeddedServer(seeded) as server, psycopg.connect(server.url()) as connection:
        found = connection.execute("SELECT current_setting('listen_addresses')").fetchone()
    assert found == ("127.0.0.1",)


def test_secrets_are_readable_by_their_owner_alone(seeded: Path) -> None:
    with EmbeddedServer(seeded) as server:
        assert stat.S_IMODE((server.home.path / "secrets.json").stat().st_mode) == 0o600


def test_it_starts_under_a_locale_that_is_not_installed(
    fresh: Path, hold: Callable[..., tuple[Any, str]]
) -> None:
    strange = {"LANG": "xx_YY.UTF-8", "LC_ALL": "xx_YY.UTF-8", "LC_MESSAGES": "tlh", "PGDATA": "/nowhere"}
    _, url = hold(fresh, environment=strange)
    with psycopg.connect(url) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


def test_it_starts_in_a_folder_whose_path_is_longer_than_a_socket_address(fresh: Path) -> None:
    deep = fresh / ("long" * 20) / ("longer" * 20)
    server = EmbeddedServer(deep)
    with server:
        assert answers(server.url())
    server.destroy()


def test_it_starts_where_the_parent_does_not_exist_yet(fresh: Path) -> None:
    server = EmbeddedServer(fresh / "a" / "b")
    with server:
        assert server.is_up()
    server.destroy()


def test_files_that_vanished_are_a_loss_and_not_a_beginning(fresh: Path) -> None:
    server = EmbeddedServer(fresh)
    with server:
        state = server.home.state()
    assert state is not None
    shutil.rmtree(state.cluster)
    with pytest.raises(DatabaseUnavailable, match="are gone"):
        server.start()


def test_a_cluster_of_another_version_is_refused(fresh: Path) -> None:
    server = EmbeddedServer(fresh)
    with server:
        state = server.home.state()
    assert state is not None
    (Path(state.cluster) / "PG_VERSION").write_text("12\n")
    with pytest.raises(DatabaseUnavailable, match="made by PostgreSQL 12"):
        server.start()


def test_a_folder_of_someone_else_is_refused(fresh: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    home = EmbeddedServer(fresh).home
    home.make()
    os.chown(home.path, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(DatabaseUnavailable, match="belongs to another account"):
        EmbeddedServer(fresh).start()


@as_root
def test_for_root_it_runs_as_an_ordinary_account_that_was_there_before(fresh: Path) -> None:
    users = Path("/etc/passwd").read_bytes()
    above = modes(fresh)
    server = EmbeddedServer(fresh)
    with server:
        state = server.home.state()
        assert state is not None
        owner = Path(state.cluster).stat().st_uid
        assert owner == account.server_account().uid != 0
    assert Path("/etc/passwd").read_bytes() == users
    assert modes(fresh) == above


@as_root
def test_for_root_a_closed_parent_stays_closed_and_the_files_lie_elsewhere(fresh: Path) -> None:
    closed = fresh / "closed"
    closed.mkdir(mode=0o700)
    (closed / "letter").write_text("private")
    server = EmbeddedServer(closed / "data")
    with server:
        state = server.home.state()
        assert state is not None
        assert not Path(state.cluster).is_relative_to(fresh)
        assert answers(server.url())
    with server:  # it finds them again
        assert server.home.state() is not None
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    server.destroy()
    assert not Path(state.cluster).exists()


@as_root
def test_for_root_files_elsewhere_go_when_their_temporary_folder_has_gone(fresh: Path) -> None:
    closed = fresh / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedServer(closed / "data")
    with server:
        state = server.home.state()
    assert state is not None
    shutil.rmtree(closed / "data")
    assert Path(state.cluster).exists()
    with EmbeddedServer(closed / "other") as other:
        assert not Path(state.cluster).parent.exists()
    other.destroy()


@as_root
def test_for_root_binaries_out_of_reach_are_copied_to_where_the_account_can_run_them(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = fresh / "closed"
    shutil.copytree(binaries.site() / binaries.PACKAGE, closed / binaries.PACKAGE, symlinks=True)
    libraries = f"{binaries.PACKAGE}.libs"
    if (binaries.site() / libraries).is_dir():
        shutil.copytree(binaries.site() / libraries, closed / libraries)
    closed.chmod(0o700)
    place = Path(tempfile.mkdtemp(prefix="callboard-test-"))
    place.chmod(0o755)
    monkeypatch.setattr(binaries, "site", lambda: closed)
    monkeypatch.setattr(account, "SYSTEM_STATE", place)
    try:
        found = account.reachable_binaries(account.server_account())
        assert found.is_relative_to(place)
        assert account.server_account().can_reach(found)
    finally:
        shutil.rmtree(place)


@as_root
def test_an_ordinary_user_runs_it_as_themselves(hold: Callable[..., tuple[Any, str]]) -> None:
    person = pwd.getpwnam("nobody")
    python = _interpreter_for(person.pw_uid, person.pw_gid)
    folder = Path(tempfile.mkdtemp(prefix="callboard-test-"))
    os.chown(folder, person.pw_uid, person.pw_gid)
    packages = os.pathsep.join([str(binaries.site()), str(CHECKOUT / "src")])
    try:
        process, url = hold(
            folder,
            python=python,
            environment={"PYTHONPATH": packages, "HOME": str(folder)},
            user=person.pw_uid,
            group=person.pw_gid,
            extra_groups=[],
        )
        assert answers(url)
        assert (folder / "postgres" / "cluster").stat().st_uid == person.pw_uid
        process.stdin.close()
        assert process.wait() == 0
        assert not answers(url)
    finally:
        assert eventually(lambda: EmbeddedServer(folder).home.keeper() is None)
        shutil.rmtree(folder)


def _interpreter_for(uid: int, gid: int) -> str:
    """A Python of our version that the account can run."""
    other = account.Account("other", uid, gid, dropped=True)
    for name in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        if Path(name).exists() and other.can_reach(Path(name).resolve()):
            return name
    pytest.skip("no Python of this version that another account can run")
