"""Who reacts to what: the one table. Each reaction is a job, written in the transaction of its fact."""

from __future__ import annotations

from typing import Any

from procrastinate.tasks import Task

from callboard.cases.facts import CasesRaised
from callboard.expectations.facts import ExpectationMissed, PromisesChanged
from callboard.lib import facts
from callboard.live.facts import BacktestAsked, RulesChanged
from callboard.people.facts import (
    ConsentGiven,
    ConsentRefused,
    ConsentsHeard,
    ConsentWithdrawn,
    CopyAsked,
    ImportAsked,
    ZoneChanged,
)
from callboard.sessions.facts import (
    InstructorChanged,
    MarkedAbsent,
    RecordingForbidden,
    RecordingRestartAsked,
    RetentionChanged,
    RoomReplaced,
    ServerBack,
    ServerDown,
    ServerTestAsked,
    SessionCancelled,
    SessionEnded,
    SessionMoved,
    SessionsBooked,
)
from callboard.workflows import (
    ask_consent,
    bar_recording,
    change_promises,
    change_rules,
    change_zone,
    close_out_session,
    copy_person,
    enter_room,
    hear_consents,
    import_roster,
    prepare_session,
    reaching,
    replace_room,
    retention,
    supervise_session,
    try_server,
)

REACTIONS: tuple[tuple[type[facts.Fact], Task[Any, Any, Any]], ...] = (
    # what happened              # what follows
    (SessionsBooked, prepare_session.booked),
    (SessionMoved, prepare_session.moved),
    (InstructorChanged, enter_room.replaced),
    (SessionCancelled, close_out_session.cancelled),
    (SessionEnded, close_out_session.ended),
    (RecordingRestartAsked, supervise_session.restart_recording),
    (RecordingForbidden, bar_recording.forbidden),
    (ServerTestAsked, try_server.try_out),
    (ServerDown, replace_room.server_down),
    (ServerBack, replace_room.server_back),
    (RoomReplaced, replace_room.record_on),
    (CasesRaised, reaching.cases_raised),
    (MarkedAbsent, supervise_session.marked_absent),
    (RulesChanged, change_rules.changed),
    (BacktestAsked, change_rules.asked),
    (PromisesChanged, change_promises.changed),
    (ConsentGiven, bar_recording.consent_given),
    (ConsentWithdrawn, bar_recording.consent_withdrawn),
    (CasesRaised, bar_recording.cases_raised),
    (SessionsBooked, ask_consent.booked),
    (SessionMoved, ask_consent.moved),
    (SessionCancelled, ask_consent.cancelled),
    (InstructorChanged, ask_consent.other_instructor),
    (ConsentGiven, ask_consent.given),
    (ConsentRefused, ask_consent.refused),
    (ConsentWithdrawn, ask_consent.withdrawn),
    (ConsentsHeard, hear_consents.heard),
    (ExpectationMissed, ask_consent.missed),
    (CopyAsked, copy_person.asked),
    (ZoneChanged, change_zone.promises),
    (ZoneChanged, change_zone.cases_and_touches),
    (ImportAsked, import_roster.asked),
    (RetentionChanged, retention.changed),
)


def subscribe() -> None:
    """Called when Django is ready; calling it again changes nothing."""
    for fact, task in REACTIONS:
        facts.subscribe(fact, task)
