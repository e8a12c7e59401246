"""The process that keeps one embedded server up, and ends it when nobody uses it any more.

It is started by the first process that needs the server (`embedded`), lives in a session of its own so
that no Ctrl-C reaches it, and imports the standard library alone so that it costs little.

1. Lock the keeper's file; another keeper there: leave.
2. Start the server. It dies: start it again on the same port, after a growing pause (backends that
   outlived it hold its memory for a moment). The port was taken before it was ever ready: another port.
3. Each half second ask, under the lock, whether anyone holds the server. Nobody: stop it and leave.
   A holder that was killed has let go by dying.
4. SIGTERM: stop the server and leave.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from callboard.lib.postgres import account, processes
from callboard.lib.postgres.home import Home, State

LOOK_EVERY = 0.1  # seconds between looks at the server
ASK_EVERY = 5  # looks between questions for holders
PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0)  # seconds before each further start
FAST_STOP = 3.0  # seconds for a fast shutdown before an immediate one, after which a start recovers
PORT_TRIES = 5


class Keeper:
    """Keeps the server of one home."""

    def __init__(self, home: Home, lock: int) -> None:
        """`lock`: the descriptor by which the keeper's file is locked."""
        self.home = home
        self._lock = lock
        self.account = account.server_account()
        self.asked_to_stop = False
        self.failures = 0
        self.was_ready = False
        self.server: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Keep the server until nobody needs it. Returns the exit code."""
        signal.signal(signal.SIGTERM, self._stop_asked)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        looks = 0
        while not self.asked_to_stop:
            self._look()
            time.sleep(LOOK_EVERY)
            looks += 1
            if looks % ASK_EVERY == 0:
                with self.home.locked_if_free() as locked:
                    if locked and not self.home.has_holders():
                        self._stop()
                        # Before the lock goes: whoever waits for it would take us for a keeper that stays.
                        os.close(self._lock)
                        return 0
        self._stop()
        return 0

    def _look(self) -> None:
        if self.server is not None:
            if self.server.poll() is None:
                if not self.was_ready and processes.said_ready(self._cluster()):
                    self.was_ready, self.failures = True, 0
                elif self.was_ready and self.failures and processes.said_ready(self._cluster()):
                    self.failures = 0
                return
            self._say(f"The server ended with {self.server.returncode}; starting it again.")
            self.failures += 1
            if not self.was_ready and not processes.port_is_free(self._state().port):
                self.home.write_port(processes.free_port())
            time.sleep(PAUSES[min(self.failures, len(PAUSES)) - 1])
        self._start()

    def _start(self) -> None:
        cluster = self._cluster()
        if processes.drop_stranger_lock(cluster):
            self._say("postmaster.pid named a process that is no server; removed it.")
        command = [
            str(account.reachable_binaries(self.account) / "postgres"),
            *("-D", str(cluster)),
            *("-p", str(self._state().port)),
            *("-c", f"listen_addresses={processes.LOOPBACK}"),
            *("-c", "unix_socket_directories="),
        ]
        self.server = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=sys.stderr,
            cwd="/",
            env=processes.clean_environment(),
            start_new_session=True,
            **self.account.process_options(),
        )

    def _stop(self) -> None:
        server = self.server
        if server is None or server.poll() is not None:
            return
        for signum, patience in ((signal.SIGINT, FAST_STOP), (signal.SIGQUIT, 1.5), (signal.SIGKILL, 1.0)):
            server.send_signal(signum)
            try:
                server.wait(patience)
            except subprocess.TimeoutExpired:
                continue
            return

    def _state(self) -> State:
        state = self.home.state()
        if state is None:
            self._say("state.json is gone; leaving.")
            self._stop()
            raise SystemExit(1)
        return state

    def _cluster(self) -> Path:
        return Path(self._state().cluster)

    def _stop_asked(self, _signum: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def _say(self, words: str) -> None:
        print(f"keeper {os.getpid()}: {words}", file=sys.stderr, flush=True)  # noqa: T201


def main(data_dir: str) -> int:
    """Keep the server of the data folder."""
    home = Home(Path(data_dir))
    lock = home.become_keeper()
    return 0 if lock is None else Keeper(home, lock).run()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
