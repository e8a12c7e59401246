"""What happened until now, written into the log as if it had been received when it was.

Older minutes are told more coarsely: reports over a minute in place of ten seconds, less of what was said.
The live rules judge the same of either.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator

import psycopg

from callboard.demo.play.happenings import Cadence, Happening, milestones, stamp, steady
from callboard.demo.play.script import MINUTE, SECOND, Script
from callboard.live.log.lines import CHANNEL, COLUMNS, LOCK, TABLE, partition_of

RECENT = 10 * MINUTE
"""Told as finely as while one watches, where something is wrong: longer ago than any open case began, since
a recorder that is told to stand still half a minute late is relieved before that is a case.
"""
COARSE = Cadence(report=180 * SECOND, speech=90 * SECOND, progress=60 * SECOND)
SPARSE = Cadence(report=0, speech=0, progress=0)
POLL_EVERY = 60 * SECOND
UNDERWAY = 200  # milliseconds from what happens to its reception


def until(
    scripts: Iterable[Script], since: int, now: int, *, closely: Container[str] = (), sparse: bool = False
) -> list[Happening]:
    """All that has happened in [since, now), in order; that of some sessions more closely."""
    found: list[Happening] = []
    cadence = SPARSE if sparse else COARSE
    for script in scripts:
        found += (each for each in milestones(script) if since <= each.at < now)
        recent = max(since, now - RECENT) if script.session in closely else now
        usual = steady(script, since, recent, cadence)
        if script.closed is not None and script.closed < now:  # nobody looks closely at what is over
            found += (each for each in usual if each.kind == "recording.progress")
        else:
            found += usual
            found += steady(script, recent, now)
    found.sort(key=lambda each: each.at)
    return found


def polls(scripts: Iterable[Script], since: int, now: int) -> Iterator[Happening]:
    """The polls of every provider in [since, now)."""
    anyone: dict[str, Script] = {}
    for script in scripts:
        anyone.setdefault(script.provider, script)
    for provider, script in sorted(anyone.items()):
        for at in range(-(-since // POLL_EVERY) * POLL_EVERY, now, POLL_EVERY):
            yield poll(provider, script.session, at)


def poll(provider: str, session: str, at: int) -> Happening:
    data = {"provider": provider}
    return Happening(at, f"po-{provider}-{at}", session, "provider.polled", None, data)


def write(url: str, organization: int, happenings: Iterable[Happening]) -> int:
    """COPY them into the log, in the role of ingest; how many there were."""
    count = 0
    with (
        psycopg.connect(url) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        with cursor.copy(f"COPY {TABLE} ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for happening in happenings:
                copy.write_row(
                    (
                        organization,
                        partition_of(organization, happening.session),
                        happening.session,
                        happening.id,
                        happening.kind,
                        happening.participant,
                        stamp(happening.at),
                        stamp(happening.at + UNDERWAY),
                        "",
                        json.dumps(happening.data),
                    )
                )
                count += 1
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    return count
