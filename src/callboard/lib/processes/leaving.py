"""A web process that is asked to stop says so to what lasts, before its server waits for what is at work.

The server stops taking requests and waits until those at work are answered. Streams of events would keep it
until it is killed: they end by themselves once they hear of it, and their readers come back to the process
that is there next.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def heed(tell: Callable[[], None]) -> None:
    """Call `tell` in the running event loop when we are asked to stop, and then whoever was to be called.

    A loop hears of signals beside the handler that stands here, so that one of the server's own is kept.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for signum in SIGNALS:
        former = signal.getsignal(signum)
        signal.signal(signum, _handler(loop, tell, former))
        signal.siginterrupt(signum, False)


def _handler(
    loop: asyncio.AbstractEventLoop, tell: Callable[[], None], former: Any
) -> Callable[[int, FrameType | None], None]:
    def handle(signum: int, frame: FrameType | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell)
        if callable(former):
            former(signum, frame)

    return handle
