"""Prometheus with Alertmanager, tuned to one second: from a figure that turns bad to the webhook's call."""

from __future__ import annotations

import contextlib
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import _common, _product

NAME = "Prometheus with Alertmanager, 1 s"

PROMETHEUS = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{alertmanager}']}}]}}]}}
scrape_configs: [{{job_name: live, static_configs: [{{targets: ['127.0.0.1:{figures}']}}]}}]
"""
RULES = """
groups: [{name: live, rules: [{alert: stranger, expr: stranger_in_room == 1}]}]
"""
ALERTMANAGER = """
route: {{receiver: hook, group_by: [session], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
receivers: [{{name: hook, webhook_configs: [{{url: 'http://127.0.0.1:{hook}/', send_resolved: false}}]}}]
"""


class Figures:
    """What is scraped, one figure a session, and when each was told of by the webhook."""

    def __init__(self, sessions: int) -> None:
        self.bad: dict[int, float] = {}
        self.told: dict[int, float] = {}
        self._sessions = sessions

    def page(self) -> bytes:
        rows = (f'stranger_in_room{{session="{n}"}} {int(n in self.bad)}\n' for n in range(self._sessions))
        return "".join(rows).encode()

    def hear(self, body: bytes) -> None:
        for alert in msgspec.json.decode(body)["alerts"]:
            self.told.setdefault(int(alert["labels"]["session"]), time.perf_counter())


class Peer:
    """Both servers at work."""

    def __init__(self, figures: Figures, sessions: int) -> None:
        self._figures = figures
        self._fresh = list(range(sessions))
        random.Random(1).shuffle(self._fresh)

    def measure(self, probes: int, seconds: float) -> float:
        """p99 in ms of so many figures that turn bad within so many seconds."""
        mine = [self._fresh.pop() for _ in range(probes)]
        for session in mine:
            self._figures.bad[session] = time.perf_counter()
            time.sleep(seconds / probes)
        deadline = time.monotonic() + 15
        while not all(session in self._figures.told for session in mine) and time.monotonic() < deadline:
            time.sleep(0.01)
        late = [
            self._figures.told.get(session, time.perf_counter()) - self._figures.bad[session]
            for session in mine
        ]
        return _common.percentile(late, 0.99) * 1000


@contextlib.contextmanager
def peer(sessions: int) -> Iterator[Peer | None]:
    """None, named on standard error, where a program is absent."""
    prometheus = shutil.which("prometheus")
    alertmanager = shutil.which("alertmanager") or shutil.which("prometheus-alertmanager")
    if prometheus is None or alertmanager is None:
        _common.say("prometheus or alertmanager is absent: no peer (make bench-peers)")
        yield None
        return
    from callboard.lib.postgres.processes import free_port

    figures = Figures(sessions)
    ports = {name: free_port() for name in ("prometheus", "alertmanager", "gossip")}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="callboard-prometheus-")))
        served = stack.enter_context(_serving(figures))
        (folder / "rules.yml").write_text(RULES)
        places = {"rules": folder / "rules.yml", "alertmanager": ports["alertmanager"], "figures": served}
        (folder / "prometheus.yml").write_text(PROMETHEUS.format(**places))
        (folder / "alertmanager.yml").write_text(ALERTMANAGER.format(hook=served))
        stack.enter_context(
            _product.process(
                [
                    alertmanager,
                    f"--config.file={folder / 'alertmanager.yml'}",
                    f"--storage.path={folder / 'alerts'}",
                    f"--web.listen-address=127.0.0.1:{ports['alertmanager']}",
                    "--cluster.listen-address=",
                ],
                quiet=True,
            )
        )
        stack.enter_context(
            _product.process(
                [
                    prometheus,
                    f"--config.file={folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={folder / 'figures'}",
                    f"--web.listen-address=127.0.0.1:{ports['prometheus']}",
                ],
                quiet=True,
            )
        )
        _product.wait_for_port(ports["alertmanager"], 30)
        _product.wait_for_port(ports["prometheus"], 30)
        yield Peer(figures, sessions)


@contextlib.contextmanager
def _serving(figures: Figures) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(figures.page())

        def do_POST(self) -> None:
            figures.hear(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
