"""LiveKit's webhooks as evidence, and what the engine makes of their known faults."""

from __future__ import annotations

import json
from typing import Any

from livekit.api import EgressStatus, ParticipantInfo, TrackSource, WebhookEvent

from callboard.integrations.livekit import seen
from tests.integrations.livekit.told import (
    Day,
    egress,
    hidden,
    hook,
    joined,
    left,
    lines,
    microphone,
    recorder,
    someone,
)
from tests.live.engine.cast import at

STARTING, ACTIVE, COMPLETE = (
    EgressStatus.EGRESS_STARTING,
    EgressStatus.EGRESS_ACTIVE,
    EgressStatus.EGRESS_COMPLETE,
)


def told(event: WebhookEvent, arrives: float) -> list[tuple[str, str, str | None, Any]]:
    return [(one.id, one.kind, one.participant, json.loads(one.data)) for one in lines(event, arrives)]


def moments(event: WebhookEvent, arrives: float) -> list[int]:
    return [one.at for one in lines(event, arrives)]


def test_joins_and_leaves_carry_the_connection_and_its_id() -> None:
    assert told(joined("ana", 10.4), 10.6) == [
        ("join-PA_ana", "participant.joined", "ana", {"connection": "PA_ana"})
    ]
    assert told(left("ana", 90, since=10.4), 90.2) == [
        ("left-PA_ana", "participant.left", "ana", {"connection": "PA_ana"})
    ]


def test_a_join_is_dated_by_its_milliseconds() -> None:
    assert moments(joined("ana", 10.412), 55) == [at(10.412)]


def test_a_time_in_whole_seconds_is_brought_near_to_its_receipt_and_stays_within_its_second() -> None:
    assert moments(left("ana", 90, since=10), 90.25) == [at(90.25)]
    assert moments(left("ana", 90, since=10), 97) == [at(91) - 1]
    assert moments(left("ana", 90, since=10), 89.5) == [at(90)], "a clock that is behind"


def test_nobody_leaves_before_they_came() -> None:
    assert moments(left("ana", 10, since=10.9), 10.2) == [at(10.9)]


def test_a_microphone_is_told_with_its_source_and_the_moment_of_its_publishing() -> None:
    from livekit.protocol.models import TimedVersion

    event = microphone("published", "ana", 20, version=TimedVersion(unix_micro=at(20.123)))
    assert told(event, 20.2) == [
        ("track-TR_ana-published", "track.published", "ana", {"source": "microphone"})
    ]
    assert moments(event, 20.2) == [at(20.123)]
    assert told(microphone("unpublished", "ana", 30), 30.1)[0][0] == "track-TR_ana-unpublished"


def test_a_shared_screens_sound_is_no_microphone() -> None:
    event = microphone("published", "ana", 20)
    event.track.source = TrackSource.SCREEN_SHARE_AUDIO
    assert told(event, 20.2) == []


def test_helpers_that_nobody_sees_are_evidence_of_nobody() -> None:
    assert told(hidden("per_x", 10), 10) == []
    assert told(joined("rec_1", 10), 10) == []
    assert told(joined("EG_1", 10), 10) == []
    assert told(joined("agent", 10, kind=ParticipantInfo.Kind.AGENT), 10) == []
    assert told(microphone("published", "rec_1", 10), 10) == []


def test_a_room_stands_from_its_start_and_ends() -> None:
    assert told(hook("room_started", -60), -60) == [("room-RM_1-started", "room.started", None, {})]
    assert told(hook("room_finished", 3700), 3700) == [("room-RM_1-ended", "room.ended", None, {})]


def test_of_a_room_that_was_replaced_only_the_leaving_counts() -> None:
    for event in (hook("room_finished", 90), joined("ana", 90), microphone("published", "ana", 90)):
        assert lines(event, 90, former=True) == []
    assert [one.kind for one in lines(left("ana", 90, since=5), 90, former=True)] == ["participant.left"]


def test_an_event_that_says_nothing_to_us_is_no_evidence() -> None:
    assert told(hook("ingress_started", 10), 10) == []
    assert told(WebhookEvent(event="something_new"), 10) == []


# -- what LiveKit is known to do


def test_a_join_reported_after_its_leave_leaves_nobody_in() -> None:
    day = Day().arrives(joined("iris", -30), -30).arrives(joined("ana", -20), -20)
    day.arrives(left("ana", 600, since=-20), 600)
    day.arrives(joined("ana", 660, "PA_2"), 660).arrives(left("ana", 700, 660, "PA_2"), 700)
    late = Day().arrives(joined("iris", -30), -30).arrives(joined("ana", -20), -20)
    late.arrives(left("ana", 600, since=-20), 600)
    late.arrives(left("ana", 700, 660, "PA_2"), 700).arrives(joined("ana", 660, "PA_2"), 703)
    assert late.cases(1200) == day.cases(1200)
    assert ("dropped", "ana", 790, None) in late.cases(1200)


def test_a_webhook_that_comes_twice_counts_once() -> None:
    day = Day().arrives(joined("iris", -30), -30).arrives(joined("ana", -20), -20)
    day.arrives(left("ana", 600, since=-20), 600)
    day.arrives(joined("ana", 610, "PA_2"), 610)
    day.arrives(left("ana", 600, since=-20), 625)  # tried again, since our answer was lost
    assert day.cases(1200) == []


def test_one_who_is_in_with_two_connections_is_in_until_both_are_left() -> None:
    day = Day().arrives(joined("iris", -30), -30).arrives(joined("ana", -20), -20)
    day.arrives(joined("ana", 300, "PA_phone"), 300).arrives(left("ana", 301, since=-20), 301)
    assert day.cases(1200) == []


def test_an_egress_that_never_starts_is_a_recording_that_has_not_started() -> None:
    day = Day(recording=True).arrives(joined("iris", -30), -30).arrives(joined("ana", 0), 0)
    day.arrives(egress("egress_started", 1, STARTING), 1)
    assert day.cases(300) == [("recording_not_started", None, 60, None)]


def test_an_egress_that_starts_late_clears_its_case() -> None:
    day = Day(recording=True).arrives(joined("iris", -30), -30).arrives(joined("ana", 0), 0)
    day.arrives(egress("egress_started", 1, STARTING), 1)
    day.arrives(egress("egress_updated", 90, ACTIVE, started=90), 90.1)
    assert day.cases(300) == [("recording_not_started", None, 60, 90)]


def test_an_egress_whose_start_was_never_reported_is_known_by_its_end() -> None:
    event = egress("egress_ended", 3605, COMPLETE, started=5, ended=3600, length=3594.2, size=9_000_000)
    assert told(event, 3605) == [
        ("rec-EG_1-started", "recording.started", None, {"recorder": "EG_1"}),
        ("rec-EG_1-stopped", "recording.stopped", None, {"recorder": "EG_1"}),
        (
            "rec-EG_1-file",
            "recording.file",
            None,
            {"recorder": "EG_1", "seconds": 3594.2, "bytes": 9_000_000},
        ),
    ]
    assert moments(event, 3605) == [at(5), at(3600), at(3600)]


def test_a_failed_egress_is_told_as_failed_and_raised_a_minute_later() -> None:
    day = Day(recording=True).arrives(joined("iris", -30), -30).arrives(joined("ana", 0), 0)
    day.arrives(egress("egress_updated", 5, ACTIVE, started=5), 5)
    day.arrives(egress("egress_ended", 400, EgressStatus.EGRESS_FAILED, started=5), 400)
    assert day.cases(900) == [("recording_stalled", None, 460, None)]


def test_an_egress_that_failed_before_it_ran_has_not_recorded() -> None:
    event = egress("egress_ended", 20, EgressStatus.EGRESS_ABORTED)
    assert [kind for _, kind, *_ in told(event, 20)] == ["recording.failed"]


def test_an_egress_that_never_reports_its_end_is_seen_to_have_left_the_room() -> None:
    running = recorder(5, ACTIVE, started=5)
    people = [someone("iris", 0), someone("EG_1", 4, kind=ParticipantInfo.Kind.EGRESS)]
    now = seen.moment_ns(at(600) * 1000)

    (there,) = seen.room(people, [running], now).recorders
    assert (there.status, there.seconds) == ("running", 595)
    (gone,) = seen.room(people[:1], [running], now).recorders
    assert (gone.status, gone.seconds) == ("stopped", None)


def test_who_is_only_on_their_way_in_is_not_seen() -> None:
    coming = someone("ana", 0)
    coming.state = ParticipantInfo.State.JOINING
    assert seen.room([coming], [], seen.EPOCH).people == ()
