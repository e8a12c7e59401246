"""What processes cost: CPU seconds and memory of their own, read from /proc."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psycopg

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True)
class Cost:
    """CPU in seconds since the start; memory in bytes, what is the processes' own (no shared buffers)."""

    cpu: float
    memory: int


@dataclass(frozen=True)
class Meter:
    """Groups of processes: each a leader by name, with all of its session or its children."""

    leaders: dict[str, int]

    def read(self) -> dict[str, Cost]:
        stats = _stats()
        return {name: _cost(pid, stats) for name, pid in self.leaders.items()}

    def total(self) -> Cost:
        found = self.read().values()
        return Cost(sum(each.cpu for each in found), sum(each.memory for each in found))


def postmaster(admin_url: str) -> int:
    """The database server's first process: the parent of any backend."""
    with psycopg.connect(admin_url) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        return _stats()[row[0]][0]


def _stats() -> dict[int, tuple[int, int, float]]:
    """By pid: parent, session, CPU seconds with those of children that have ended."""
    found: dict[int, tuple[int, int, float]] = {}
    for place in PROC.iterdir():
        if place.name.isdecimal():
            try:
                fields = (place / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            found[int(place.name)] = (int(fields[1]), int(fields[3]), sum(map(int, fields[11:15])) / TICKS)
    return found


def _cost(leader: int, stats: dict[int, tuple[int, int, float]]) -> Cost:
    members = [pid for pid, (parent, session, _cpu) in stats.items() if leader in (pid, parent, session)]
    return Cost(sum(stats[pid][2] for pid in members), sum(map(_own, members)))


def _own(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss_Anon:"))
