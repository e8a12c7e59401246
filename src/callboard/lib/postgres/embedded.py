"""Start, share and stop the embedded server.

Any number of processes may use the server of one data folder. Each holds it (a shared flock) from
`start` to `stop`; the last to leave ends it, and a process that is killed leaves by dying. A keeper
process restarts the server when it crashes and ends it when nobody is left.

A server is believed to be up when it has answered, over the network, with this data folder's name to this
data folder's password. Files and process ids are hints.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import psycopg

from callboard.lib.postgres import account, binaries, processes, urls
from callboard.lib.postgres.errors import DatabaseUnavailable
from callboard.lib.postgres.home import SUPERUSER, Home, State

START_PATIENCE = 60.0  # seconds for the server to say anything; while it says that it recovers, it is awaited
STOP_PATIENCE = 10.0  # seconds for the keeper to end its server and itself

# Written into postgresql.conf at initdb, so that a person may change them there. Nothing said in a failing
# statement reaches the log: names and words of people stand in statements and in details.
SETTINGS = {
    "max_connections": "300",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "autovacuum_naptime": "10s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}


class EmbeddedServer:
    """A PostgreSQL server of our own under a data folder. Also a context manager: start, stop."""

    def __init__(self, data_dir: Path | str) -> None:
        self.home = Home(Path(data_dir))
        self._held: int | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> EmbeddedServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Have the server up and answering, initialising it if it is new. Does nothing when held already.
        After a crash that takes as long as its recovery: to give up would end it halfway.

        Raises DatabaseUnavailable, saying why, and with the last lines of the server's log.
        """
        if self._held is not None:
            return
        ours = self.home.make()
        with self.home.locked():
            held = self.home.hold()
            try:
                self._initialise(ours)
                self._have_keeper()
                self._await_answer()
            except BaseException:
                os.close(held)
                raise
            self._held = held

    def stop(self) -> None:
        """Let go of the server; the last holder ends it and waits until it is gone."""
        if self._held is None:
            return
        with self.home.locked():
            os.close(self._held)
            self._held = None
            if not self.home.has_holders():
                self._end()
        self._reap()

    def destroy(self) -> None:
        """Stop the server and remove its files, wherever they are. For throwaway databases.

        Raises DatabaseUnavailable when another process uses it.
        """
        self.stop()
        state = self.home.state()
        if state is None:
            return
        with self.home.locked():
            if self.home.has_holders():
                raise DatabaseUnavailable(f"The database in {self.home.data_dir} is in use elsewhere.")
            self._end()
            place = Path(state.cluster).parent
            shutil.rmtree(state.cluster, ignore_errors=True)
            if place != self.home.path:
                shutil.rmtree(place, ignore_errors=True)
            shutil.rmtree(self.home.path, ignore_errors=True)

    def url(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        """A URL for the database and login; passwords of roles are those in this server's secrets."""
        state = self.home.state()
        if state is None:
            raise DatabaseUnavailable(f"No database has been started in {self.home.data_dir}.")
        return urls.build(processes.LOOPBACK, state.port, database, user, self.home.secret(user))

    def secret(self, role: str) -> str:
        """The password of a role, made at its first use."""
        with self.home.locked():
            return self.home.secret(role)

    def is_up(self) -> bool:
        """Whether this data folder's own server answers now."""
        state = self.home.state()
        if state is None or not state.port:
            return False
        try:
            with psycopg.connect(self.url(), connect_timeout=3) as connection:
                found = connection.execute("SHOW data_directory").fetchone()
        except psycopg.Error:
            return False
        return found is not None and Path(found[0]) == Path(state.cluster)

    def recovers(self) -> bool:
        """Whether a server runs that takes nobody in yet: it sets its files right after a crash."""
        return psycopg.pq.PGconn.ping(self.url().encode()) == psycopg.pq.Ping.REJECT

    def _initialise(self, ours: bool) -> None:
        """Run initdb into a folder beside the final one and rename it: half a cluster is never used."""
        who = account.server_account()
        state = self.home.state()
        if state is None:
            state = State(cluster=str(account.cluster_dir(self.home.path, who, ours=ours)))
            self.home.write_state(state)
        cluster = Path(state.cluster)
        if cluster.is_dir():
            self._check_version(cluster)
            if not state.initialized:
                self.home.write_state(State(state.cluster, state.port, initialized=True))
            return
        if state.initialized:
            raise DatabaseUnavailable(
                f"The database's files, {cluster}, are gone. Restore them from a backup; "
                f"or, to begin anew, remove {self.home.path}."
            )
        fresh = cluster.with_name("cluster.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        who.own(fresh)
        password = cluster.with_name("password.new")
        password.unlink(missing_ok=True)
        with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as handle:
            handle.write(self.home.secret(SUPERUSER))
        who.own(password)
        options = [f"--set={name}={value}" for name, value in SETTINGS.items()]
        done = subprocess.run(  # noqa: S603
            [
                str(account.reachable_binaries(who) / "initdb"),
                *("-D", str(fresh)),
                *("-U", SUPERUSER),
                *("--pwfile", str(password)),
                *("--auth", "scram-sha-256"),
                *("--encoding", "UTF8"),
                *("--locale", "C"),
                *("--locale-provider", "builtin"),
                *("--builtin-locale", "C.UTF-8"),
                "--no-instructions",
                *options,
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            env=processes.clean_environment(),
            check=False,
            **who.process_options(),
        )
        password.unlink()
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip()
            raise DatabaseUnavailable(f"The database could not be initialised in {fresh}: {said}")
        fresh.rename(cluster)
        self.home.write_state(State(str(cluster), state.port, initialized=True))

    def _check_version(self, cluster: Path) -> None:
        found = (cluster / "PG_VERSION").read_text().strip()
        if found != binaries.version().split(".")[0]:
            raise DatabaseUnavailable(
                f"The database in {cluster} was made by PostgreSQL {found}, and version {binaries.version()} "
                "is installed. Back it up with the version that made it, and restore it into a new folder."
            )

    def _have_keeper(self) -> None:
        state = self.home.state()
        assert state is not None
        if self.home.keeper() is not None:
            return
        orphan = processes.postmaster(Path(state.cluster))
        if orphan is not None:  # its keeper was killed; a fresh pair is simpler than an adoption
            _end_process(orphan, signal.SIGINT)
        if not state.port or not processes.port_is_free(state.port):
            self.home.write_port(processes.free_port())
        package_root = str(Path(__file__).parents[3])
        inherited = os.environ.get("PYTHONPATH")
        with self.home.log.open("wb") as log:
            self._keeper = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "callboard.lib.postgres.keeper", str(self.home.data_dir)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(filter(None, (package_root, inherited))),
                },
                start_new_session=True,
            )

    def _await_answer(self) -> None:
        heard = time.monotonic()
        while not self.is_up():
            if self._keeper is not None and self._keeper.poll() is not None and self.home.keeper() is None:
                raise DatabaseUnavailable(f"The database's keeper ended at its start. {self._last_words()}")
            if self.recovers():
                heard = time.monotonic()
            elif time.monotonic() > heard + START_PATIENCE:
                raise DatabaseUnavailable(
                    f"The database did not answer within {START_PATIENCE:.0f} s. {self._last_words()}"
                )
            time.sleep(0.03)

    def _end(self) -> None:
        keeper = self.home.keeper()
        if keeper is not None:
            with suppress(ProcessLookupError):
                os.kill(keeper, signal.SIGTERM)
            deadline = time.monotonic() + STOP_PATIENCE
            while self.home.keeper() is not None and time.monotonic() < deadline:
                time.sleep(0.02)
        state = self.home.state()
        left = processes.postmaster(Path(state.cluster)) if state is not None else None
        if left is not None:
            _end_process(left, signal.SIGINT)

    def _reap(self) -> None:
        if self._keeper is not None:
            self._keeper.poll()

    def _last_words(self) -> str:
        with suppress(OSError):
            lines = self.home.log.read_text(errors="replace").strip().splitlines()
            return f"{self.home.log} ends with:\n" + "\n".join(lines[-8:])
        return ""


def _end_process(pid: int, signum: signal.Signals) -> None:
    """Signal a server and wait; then harder."""
    for each in (signum, signal.SIGQUIT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, each)
        deadline = time.monotonic() + 5.0
        while processes.alive(pid):
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        else:
            return
