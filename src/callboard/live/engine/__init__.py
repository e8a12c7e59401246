"""The live engine: what was planned and what happened, judged as it comes.

It owns the kinds of live case, the incidents, attendance, and the promises that live evidence
meets. It refuses input and output, clocks, Django, names and words: the same log gives the same cases,
always.

How it is used (times are whole microseconds since 1970 in UTC, see `moments`):

    engine = Engine(rules)                       # one per partition; a session lives in one partition
    outputs = engine.feed(event, now)            # event: LogEvent; now: when it arrived (never goes back)
    outputs = engine.advance(now)                # everything that fell due by `now`
    engine.next_due()                            # when `advance` has something to do, or None
    engine.needs_rebuild()                       # [(organization, session)] whose evidence came later than
                                                 # `keep_us`; asked for once: read the session's log and call
    outputs = engine.rebuild(organization, session, events, now)
    data = engine.snapshot(); engine = Engine.restore(data, rules)     # exact: goes on as if nothing had been
    engine.session_view(organization, session)   # for the boards: who is in, joins, talk, recorder, counts
    engine.drop(organization, session)           # forget one that is over; `engine.settled(now)` lists those

    overseer = Overseer(rules)                   # one for all partitions: provider_quiet and incidents
    overseer.take(partition, engine.drain())     # what that partition saw and raised since the last time
    outputs = overseer.advance(now)              # `now`: until when every partition has been drained
    overseer.next_due()

Outputs (see `outputs`) are msgspec Structs in the order in which they came about: `Raised`, `Cleared` (also
when a clearing moves), `Reopened`, `Withdrawn`, `ExpectationChanged`, `SessionChanged`,
`AttendanceChanged`, `IncidentRaised`, `IncidentChanged`, `IncidentWithdrawn`. A case is (organization,
session, kind, participant, raised_at); whoever stores them makes that unique, so feeding anything twice
changes nothing. The overseer's `Raised` cases of kind provider_quiet look like the engine's own.

`decode_batch(bytes)` reads what the ingest API is sent: `(events, rejected)`; `decode_line` one line of a
file. `LogEvent.data` is the typed data of its kind; `decode_data(kind, bytes)` builds it from a stored row.

`World` joins engines and an overseer in virtual time, for replays, backtests and the simulated school.
"""
