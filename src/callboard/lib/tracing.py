"""Traces by OpenTelemetry, for whoever runs a collector: what requests, jobs and the engine did, how long.

Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` says where to. The SDK is an extra (`callboard[traces]`); what else
it understands (`OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS` …) is its own documentation's to say.

A span is named by route or by job, and holds ids and counts: no address, since that may hold a token, and no
statement of the database's, since Django writes its values into it. A traceparent from outside is not taken
up: whoever asks may make it up.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from callboard.lib.environment import BadEnvironment

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
OFF = "OTEL_SDK_DISABLED"
MISSING = f"{ENDPOINT} is set, and what sends traces is not installed: pip install 'callboard[traces]'"

LAST_WORDS_MS = 1_000

_tracer: Tracer | None = None
_provider: TracerProvider | None = None


def start(part: str) -> None:
    """Begin in this process, as this part of the product ("web", "worker", "engine"), where it was asked for.

    After any fork, since the exporter has a thread of its own. Raises BadEnvironment where the SDK is absent.
    """
    if not wanted(os.environ):
        return
    if not can_send():
        raise BadEnvironment(MISSING)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    send_to(BatchSpanProcessor(OTLPSpanExporter()), part)


def wanted(environment: Mapping[str, str]) -> bool:
    """Whether traces were asked for."""
    return bool(environment.get(ENDPOINT)) and environment.get(OFF, "").lower() != "true"


def can_send() -> bool:
    """Whether the SDK and the exporter are installed."""
    try:
        import opentelemetry.exporter.otlp.proto.http.trace_exporter
        import opentelemetry.sdk.trace  # noqa: F401
    except ImportError:
        return False
    return True


def send_to(processor: Any, part: str) -> None:
    """Have an SDK's span processor told of every span from here on."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    from callboard import __version__

    global _tracer, _provider
    told = {"service.name": os.environ.get("OTEL_SERVICE_NAME", "callboard"), "service.version": __version__}
    _provider = TracerProvider(resource=Resource.create({**told, "callboard.part": part}))
    _provider.add_span_processor(processor)
    _tracer = _provider.get_tracer("callboard", __version__)


def stop() -> None:
    """Send what was said, for a second at most, and say no more. For processes that end without their own
    endings being called; others send it as they end.
    """
    global _tracer, _provider
    if _provider is not None:
        _provider.force_flush(LAST_WORDS_MS)
    _tracer = _provider = None


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[Span | None]:
    """Round what is worth a line of its own; the span, to say more of it, or None where nobody listens.

    What is raised within marks it as failed, by the error's type alone: its words may quote a row.
    """
    if _tracer is None:
        yield None
        return
    from opentelemetry.trace import Status, StatusCode

    with _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as one:
        try:
            yield one
        except BaseException as error:
            one.set_attribute("error.type", type(error).__name__)
            one.set_status(Status(StatusCode.ERROR))
            raise
