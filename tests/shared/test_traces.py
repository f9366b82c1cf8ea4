"""A trace runs from a request through outbox, bus and inbox to every handler, and on to what those tell."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import select

from shared import traces
from shared.contracts.courses import COHORT_SCHEDULED
from shared.contracts.enrollment import TRAINEE_ADMITTED, TRAINEE_LEFT
from shared.messaging.dispatcher import Dispatcher
from shared.messaging.envelope import Event
from shared.storage.tables import OUTBOX
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role
from tests.conftest import RunningService
from tests.enrollment.places import register_entries
from tests.shared.messaging.house import SERVICES, House, open_database
from tests.shared.messaging.made_up import NAME, place, scheduled
from tests.shared.messaging.test_embedded import EmbeddedHouse

TRACE = "0af7651916cd43dd8448eb211c80319c"
HEADER = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}


@pytest.fixture(scope="module")
def exporter() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> Callable[[], tuple[ReadableSpan, ...]]:
    exporter.clear()
    return exporter.get_finished_spans


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = EmbeddedHouse({name: open_database(f"sqlite:///{tmp_path}/{name}.db") for name in SERVICES})
    yield house
    house.close()


def trace_of(span: ReadableSpan) -> str:
    return trace.format_trace_id(span.context.trace_id)


def test_a_request_hands_its_trace_to_the_event_it_causes(spans, make_service: Callable[..., RunningService]):
    enrollment = make_service("enrollment")
    client = enrollment.client(Role.ORGANIZER)
    told = client.post("/api/enrollment/organizations", json={"organizations": register_entries()}, headers=HEADER)
    assert told.status_code == 200
    (span,) = spans()
    assert span.name == "POST /api/enrollment/organizations"
    assert trace_of(span) == TRACE


def test_the_trace_goes_through_outbox_bus_and_inbox_and_on_to_what_the_handler_tells(spans, house: House):
    with traces.span("POST /somewhere", HEADER):
        subject = house.say()
    with house.databases["enrollment"].reading() as connection:
        body = json.loads(connection.execute(select(OUTBOX.c.body)).scalar_one())
    assert body["traceparent"].split("-")[1] == TRACE

    def answer(work: UnitOfWork, event: Event) -> None:
        work.emit(COHORT_SCHEDULED, event.subject_id, scheduled())

    house.carry()
    Dispatcher(house.databases["courses"], {TRAINEE_LEFT.name: answer}).drain()
    house.carry()
    house.apply("finance")
    request, courses, *finance = spans()
    assert (courses.name, courses.parent.span_id) == (f"apply {TRAINEE_LEFT.name}", request.context.span_id)
    assert courses.attributes == {"stream": TRAINEE_LEFT.stream(subject), "version": 1, "attempts": 0}
    by_name = {span.name: span for span in finance}
    assert by_name[f"apply {COHORT_SCHEDULED.name}"].parent.span_id == courses.context.span_id
    assert {trace_of(span) for span in spans()} == {TRACE}


def test_an_event_without_a_trace_begins_its_own(spans, house: House):
    house.say()
    house.settle()
    assert len({trace_of(span) for span in spans()}) == len(spans()) == 4


def test_a_traceparent_that_is_none_is_ignored(spans, house: House):
    with traces.span("POST /somewhere", {"traceparent": "nonsense"}):
        house.say()
    house.settle()
    assert len({trace_of(span) for span in spans()}) == 1


def test_spans_say_nothing_of_a_person_even_when_a_handler_fails(spans, house: House):
    subject = uuid4()
    house.say(subject=subject, event_type=TRAINEE_ADMITTED, cohort_id=subject, place=place())

    def fail(event: Event) -> None:
        raise ValueError(f"no such person: {event.data['place']['name']}")

    house.failing["courses"] = fail
    house.carry()
    house.apply("courses")
    assert spans()
    assert NAME not in "".join(span.to_json() for span in spans())


def test_a_line_in_the_log_names_its_trace(spans):
    said = traces.trace_id()
    assert said is None
    with traces.span("apply something", HEADER):
        assert traces.trace_id() == TRACE


def test_traces_that_are_asked_for_and_cannot_be_sent_stop_the_start(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.sdk.trace.export", SimpleNamespace())
    with pytest.raises(traces.TracesNotInstalled, match="install linghang"):
        traces.send_traces("courses")


def test_without_an_address_nothing_is_sent(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    before = trace.get_tracer_provider()
    traces.send_traces("courses")
    assert trace.get_tracer_provider() is before
