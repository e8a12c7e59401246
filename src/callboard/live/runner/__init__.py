"""The process that runs the engine: reads the log, judges, and writes what follows, once.

Owns leases, snapshots and the order of effects. Refuses rules of its own: what holds is the engine's to say.
"""

from callboard.live.runner.process import run

__all__ = ["run"]
