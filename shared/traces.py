"""Who caused what: a trace (W3C) from a request through outbox and broker to every handler it leads to.

Without OpenTelemetry's SDK all of it does nothing. With OTEL_EXPORTER_OTLP_ENDPOINT set and the SDK installed spans are
sent there; they hold types, streams and versions, never what an event or a request says of a person (R43).
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()
_TRACER = trace.get_tracer("linghang")
NAME = "traceparent"


class TracesNotInstalled(Exception):
    """Traces are asked for, and the packages that send them are not there."""


@contextmanager
def span(name: str, cause: Mapping[str, str], **facts: Any) -> Iterator[None]:
    """A step of the trace that `cause` (headers, or an envelope) carries; of a new one when it carries none."""
    if NAME not in cause and isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        yield  # nobody traces, and an empty step would take a tenth of the time of a short event
        return
    options: dict[str, Any] = {"record_exception": False, "set_status_on_exception": False}
    carrier = {NAME: cause[NAME]} if NAME in cause else {}
    with _TRACER.start_as_current_span(name, context=_PROPAGATOR.extract(carrier), attributes=facts, **options):
        yield


def carried() -> dict[str, str]:
    """The present step as an envelope carries it to others; empty when nothing is traced."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return {NAME: carrier[NAME]} if NAME in carrier else {}


def trace_id() -> str | None:
    """The present trace, to find its lines in the logs."""
    present = trace.get_current_span().get_span_context()
    return trace.format_trace_id(present.trace_id) if present.is_valid else None


def send_traces(service: str) -> None:
    """Send this process's spans to OTEL_EXPORTER_OTLP_ENDPOINT, if that is set. Raises `TracesNotInstalled`."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TracesNotInstalled("OTEL_EXPORTER_OTLP_ENDPOINT is set: install linghang[traces]") from error
    provider = TracerProvider(resource=Resource.create({"service.name": f"linghang-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
