"""What traces say, and what they must not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.test import Client
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from callboard.lib import safety, tracing
from callboard.lib.environment import BadEnvironment

communicator: Any = ApplicationCommunicator  # its methods say no types


@pytest.fixture
def told() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing.send_to(SimpleSpanProcessor(exporter), "tests")
    yield exporter
    tracing.stop()


def test_without_a_collector_nothing_is_told_and_nothing_costs() -> None:
    tracing.start("tests")
    with tracing.span("a job", events=3) as span:
        assert span is None


def test_a_failure_is_told_by_its_type_alone(told: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Joan"), tracing.span("a job", events=3):
        raise ValueError("no such person: Joan")
    [span] = told.get_finished_spans()
    assert (span.name, span.status.is_ok, dict(span.attributes or {})) == (
        "a job",
        False,
        {"events": 3, "error.type": "ValueError"},
    )
    assert span.events == ()
    assert "Joan" not in span.to_json()


@pytest.mark.django_db
def test_a_request_is_told_by_its_route_and_never_by_its_address(told: InMemorySpanExporter) -> None:
    stranger = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    answer = Client().get("/j/a-secret-of-joans?code=123456", headers=stranger)
    [span] = told.get_finished_spans()
    attributes: dict[str, Any] = dict(span.attributes or {})
    assert span.name == "GET j/<str:token>"
    assert attributes["http.response.status_code"] == answer.status_code
    assert attributes["callboard.about"] == answer["X-Request-ID"]
    assert "secret" not in span.to_json()
    assert "123456" not in span.to_json()
    assert span.parent is None, "what a stranger sends decides nothing"


def test_a_collector_without_the_sdk_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tracing.ENDPOINT, "http://localhost:4318")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(BadEnvironment, match=r"callboard\[traces\]"):
        tracing.start("tests")
    assert safety.problems({tracing.ENDPOINT: "http://localhost:4318", tracing.OFF: "true"}) == []
    [problem] = safety.problems({tracing.ENDPOINT: "http://localhost:4318"})
    assert "callboard[traces]" in problem


def test_what_was_said_last_is_sent_when_the_web_is_asked_to_stop() -> None:
    from callboard.config import asgi

    exporter = InMemorySpanExporter()
    tracing.send_to(BatchSpanProcessor(exporter, schedule_delay_millis=600_000), "tests")

    async def stopped() -> None:
        one: Any = communicator(asgi.application, {"type": "lifespan", "asgi": {"version": "3.0"}})
        await one.send_input({"type": "lifespan.startup"})
        assert await one.receive_output(5) == {"type": "lifespan.startup.complete"}
        with tracing.span("the last request"):
            pass
        await one.send_input({"type": "lifespan.shutdown"})
        assert await one.receive_output(5) == {"type": "lifespan.shutdown.complete"}

    async_to_sync(stopped)()
    assert [span.name for span in exporter.get_finished_spans()] == ["the last request"]
