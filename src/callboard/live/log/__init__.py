"""The append-only log of evidence, partitioned by session. Owns its order; refuses names and words.

Everything that writes it, ingest and booking alike, holds one advisory lock from its first line to its
commit. The lock is what lets a reader go by `seq`.
"""

from callboard.live.log.lines import Line, Stored, partition_of
from callboard.live.log.memory import MemoryLog
from callboard.live.log.plans import PlanLog
from callboard.live.log.postgres import PostgresLog, append

__all__ = ["Line", "MemoryLog", "PlanLog", "PostgresLog", "Stored", "append", "partition_of"]
