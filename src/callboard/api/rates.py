"""How many calls a key may make: so many a minute, as many of them at once as it likes.

Counted by each web process for itself, in memory: a limit is there to keep one program from taking the place
of all others, and a count in the database would cost more than most calls.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from threading import Lock

from django.conf import settings

from callboard.lib.errors import Busy
from callboard.people.access import Access

REMEMBERED = 10_000
"""Keys of which a process knows what is left; the one that was silent longest is forgotten first."""

_lock = Lock()
_left: OrderedDict[int, tuple[float, float]] = OrderedDict()


def take(access: Access) -> None:
    """Count one call. Raises Busy, saying after how many seconds there is room. Browsers have no limit."""
    allowed: int = settings.API_CALLS_PER_MINUTE
    if access.key is None or not allowed:
        return
    now = time.monotonic()
    with _lock:
        left, at = _left.get(access.key, (float(allowed), now))
        left = min(float(allowed), left + (now - at) * allowed / 60)
        _left[access.key] = (left - 1 if left >= 1 else left, now)
        _left.move_to_end(access.key)
        while len(_left) > REMEMBERED:
            _left.popitem(last=False)
    if left < 1:
        raise Busy(retry_after=max(1, math.ceil((1 - left) * 60 / allowed)))


def forget() -> None:
    """As after a start: for tests."""
    with _lock:
        _left.clear()
