"""Into how many partitions the event log is split; a session's events all lie in one."""

from __future__ import annotations

PARTITIONS = 8
