"""`callboard engine`: an owner at work, until it is told to stop."""

from __future__ import annotations

import gc
import logging
import os
import signal
import threading
import time

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from callboard.lib import logs, tracing
from callboard.live.log.postgres import PostgresLog
from callboard.live.runner import leases
from callboard.live.runner.leases import LeaseLost
from callboard.live.runner.owner import Owner
from callboard.live.runner.role import engine_role
from callboard.live.runner.wake import Waker

STEP_AT_LEAST_S = 0.015
"""Under load one step takes what came meanwhile, rather than a step per line."""

AGAIN_AFTER_S = 0.5

SET_ASIDE_EVERY_S = 60.0
"""What an engine keeps has no cycles and lives as long as its sessions. Set aside, it is freed as before, but
no full collection goes through the million objects of ten thousand sessions while cases wait.
"""

log = logging.getLogger(__name__)


def run(stop: threading.Event | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until `stop` is set where it runs in a thread."""
    told = stop or threading.Event()
    if stop is None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told.set())
    tracing.start("engine")
    with engine_role(settings.ENGINE_DATABASE_URL):
        _work(told)


def _work(told: threading.Event) -> None:
    owner = Owner(PostgresLog(), at_most=int(os.environ.get("CALLBOARD_ENGINE_PARTITIONS", "99")))
    waker = Waker()
    ready = False
    outage = logs.Outage(log, "the engine's work was not written, and begins anew")
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    aside_at = time.monotonic() + SET_ASIDE_EVERY_S
    try:
        while not told.is_set():
            began = time.monotonic()
            try:
                if not ready:
                    leases.make_missing()
                    ready = True
                idle = owner.step()
                outage.over()
            except LeaseLost:
                log.warning("a partition has another owner now; beginning anew")
                owner.drop()
                continue
            except DatabaseError as error:
                outage.failed(error)
                owner.drop()
                connection.close()
                told.wait(AGAIN_AFTER_S)
                continue
            if told.is_set():
                break
            if began >= aside_at:
                gc.collect(1)
                gc.freeze()
                aside_at = began + SET_ASIDE_EVERY_S
            waker.wait(min(idle, leases.RENEWED_EVERY_S))
            time.sleep(max(0.0, STEP_AT_LEAST_S - (time.monotonic() - began)))
    finally:
        waker.close()
        try:
            owner.let_go()
        except (DatabaseError, LeaseLost):
            log.warning("the leases were not given back; they run out by themselves")
