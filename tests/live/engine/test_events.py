"""Reading events: what is taken, what is refused, and that one bad event spoils no other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callboard.live.engine.events import (
    BadEvent,
    Plan,
    Report,
    Speech,
    decode_batch,
    decode_data,
    decode_line,
)
from callboard.live.engine.moments import parse, stamp

GOOD: dict[str, Any] = {
    "id": "e-1",
    "session": "s-1",
    "participant": "ana",
    "kind": "connection.report",
    "at": "2026-03-02T16:01:12.250Z",
    "data": {"interval": 10, "direction": "down", "loss": 0.01},
}


def code_of(line: dict[str, Any] | str) -> str:
    with pytest.raises(BadEvent) as caught:
        decode_line(line if isinstance(line, str) else json.dumps(line))
    return caught.value.code


def test_an_event_is_read_with_its_data_typed() -> None:
    event = decode_line(json.dumps(GOOD), organization=7)
    assert (event.organization, event.session, event.participant) == (7, "s-1", "ana")
    assert stamp(event.at) == "2026-03-02T16:01:12.250Z"
    assert event.data == Report(10.0, "down", 0.01)


def test_offsets_are_read_and_times_without_one_refused() -> None:
    event = decode_line(json.dumps(GOOD | {"at": "2026-03-02T17:01:12.25+01:00"}))
    assert event.at == parse("2026-03-02T16:01:12.250Z")
    assert code_of(GOOD | {"at": "2026-03-02T16:01:12"}) == "invalid"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "not_json"),
        ("[1]", "not_an_object"),
        ({name: value for name, value in GOOD.items() if name != "id"}, "missing"),
        (GOOD | {"id": 7}, "invalid"),
        (GOOD | {"id": ""}, "invalid"),
        (GOOD | {"kind": "room.exploded"}, "kind_unknown"),
        (GOOD | {"participant": None}, "participant_missing"),
        (GOOD | {"data": {"loss": "much"}}, "data_invalid"),
        (GOOD | {"data": {"loss": 1.1}}, "data_invalid"),
        (GOOD | {"data": {"interval": 0}}, "data_invalid"),
        (GOOD | {"data": {"direction": "sideways"}}, "data_invalid"),
        (GOOD | {"kind": "speech", "data": {}}, "data_invalid"),
        (GOOD | {"kind": "speech", "data": {"ends_at": "2026-03-02T16:01:00Z"}}, "data_invalid"),
        (GOOD | {"kind": "provider.polled", "data": {}}, "data_invalid"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_code(line: dict[str, Any] | str, code: str) -> None:
    assert code_of(line) == code


def test_words_do_not_get_in() -> None:
    data = {"ends_at": "2026-03-02T16:01:13Z", "text": "my name is"}
    event = decode_line(json.dumps(GOOD | {"kind": "speech", "data": data}))
    assert event.data == Speech(parse("2026-03-02T16:01:13Z"))


@pytest.mark.parametrize("lines", [True, False])
def test_a_bad_event_is_named_by_its_place_and_the_rest_is_taken(lines: bool) -> None:
    given = [GOOD, GOOD | {"kind": "what"}, GOOD | {"id": "e-3"}]
    body = "\n".join(map(json.dumps, given)) if lines else json.dumps(given)
    events, rejected = decode_batch(body.encode())
    assert [event.id for event in events] == ["e-1", "e-3"]
    assert [(one.index, one.id, one.code) for one in rejected] == [(1, "e-1", "kind_unknown")]


def test_plans_and_cancellations_are_refused_from_outside() -> None:
    data = {"starts_at": "2026-03-02T16:00:00Z", "ends_at": "2026-03-02T17:00:00Z", "learners": ["ana"]}
    planned = json.dumps([GOOD | {"kind": "session.planned", "data": data}]).encode()
    assert [one.code for one in decode_batch(planned)[1]] == ["kind_refused"]
    [event], _ = decode_batch(planned, outside=False)
    assert event.data == Plan(parse(data["starts_at"]), parse(data["ends_at"]), None, ("ana",))  # type: ignore[arg-type]


def test_a_plan_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(BadEvent):
        decode_data(
            "session.planned", b'{"starts_at":"2026-03-02T16:00:00Z","ends_at":"2026-03-02T16:00:00Z"}'
        )


def test_a_body_that_is_no_json_is_refused_whole() -> None:
    with pytest.raises(BadEvent):
        decode_batch(b"[{")


@pytest.mark.parametrize(
    ("grade", "loss"), [("excellent", 0.0), ("good", None), ("poor", 1.0), ("lost", 1.0)]
)
def test_a_grade_counts_as_a_loss_that_is_surely_good_or_bad(grade: str, loss: float | None) -> None:
    report = decode_data("connection.report", f'{{"grade": "{grade}"}}'.encode())
    assert (report.loss, report.rtt_ms) == (loss, None)


def test_figures_come_before_a_grade() -> None:
    assert decode_data("connection.report", b'{"grade": "lost", "rtt_ms": 20}').loss is None
