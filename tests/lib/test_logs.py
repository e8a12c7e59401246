"""Log lines say of what they are, and nobody's words."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from callboard.lib import logs


def record(message: str = "took partition %s", *arguments: object, failed: bool = False) -> logging.LogRecord:
    about = sys.exc_info() if failed else None
    return logging.LogRecord("callboard.x", logging.ERROR, "x.py", 1, message, arguments or ("3",), about)


def test_a_json_line_says_which_request_it_is_of() -> None:
    with logs.about("req_1"):
        told = json.loads(logs.JsonFormatter().format(record()))
    assert (told["message"], told["level"], told["about"]) == ("took partition 3", "ERROR", "req_1")
    assert "about" not in json.loads(logs.JsonFormatter().format(record()))


@pytest.mark.parametrize("kind", [logs.JsonFormatter, logs.LineFormatter])
def test_an_error_is_told_by_its_type_and_place_and_not_by_its_words(kind: type[logging.Formatter]) -> None:
    try:
        try:
            raise ValueError("Key (email)=(joan@maple.example) already exists")
        except ValueError as error:
            raise RuntimeError("Joan could not be kept") from error
    except RuntimeError:
        told = kind().format(record(failed=True))
    assert "joan" not in told.lower()
    assert told.index("builtins.ValueError") < told.index("builtins.RuntimeError"), "the cause comes first"
    assert "test_logs.py" in told


def test_with_debugging_the_words_are_told() -> None:
    try:
        raise ValueError("all of it")
    except ValueError:
        assert "all of it" in logs.LineFormatter(words=True).format(record(failed=True))


@pytest.mark.parametrize(
    "given", ["", "short", "a b c d e f g h", "x" * 65, "line\nbreak-forged", "4f1c9e2ab77d4c55\n"]
)
def test_a_request_id_that_could_forge_a_line_is_replaced(given: str) -> None:
    assert logs.request_id(given).startswith("req_")


def test_a_proxys_request_id_is_taken_up() -> None:
    assert logs.request_id("4f1c9e2ab77d4c55") == "4f1c9e2ab77d4c55"


def test_what_goes_on_failing_is_told_at_once_then_each_minute_and_when_it_is_over(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = logs.Outage(logging.getLogger("callboard.x"), "the connection is lost")
    moments = iter([0.0, 0.5, 59.9, 60.0, 60.5, 61.0])
    monkeypatch.setattr("time.monotonic", lambda: next(moments))
    outage.over()
    for _ in range(5):
        outage.failed(OSError("joan@maple.example"))
    outage.over()
    outage.over()
    assert [each.getMessage() for each in caplog.records] == [
        "the connection is lost: OSError; trying again",
        "the connection is lost: OSError, for 60 s now; trying again",
        "the connection is lost: over after 61 s",
    ]
