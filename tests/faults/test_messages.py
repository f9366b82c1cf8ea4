"""What may lie in a queue: rubbish, strangers, giants, doubles, in any order; and handlers that fail."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pika
import pytest

from shared.contracts.enrollment import TRAINEE_CHECKED_IN
from shared.domain import now
from shared.messaging import topology
from tests.faults import mishaps
from tests.faults.city import City
from tests.faults.stream import Stream
from tests.shared.messaging.made_up import body_of

LISTENERS = ("courses", "certificates", "finance", "portal")


def admin(city: City, deed: Callable[[Any], Any]) -> Any:
    """Do something at the broker as its administrator."""
    connection = pika.BlockingConnection(pika.URLParameters(city.broker()))
    try:
        return deed(connection.channel())
    finally:
        connection.close()


def publish(city: City, body: bytes, key: str = TRAINEE_CHECKED_IN.name) -> None:
    """Send bytes as if enrollment had."""
    admin(city, lambda channel: channel.basic_publish(topology.exchange_of("enrollment"), key, body))


def dead(city: City) -> int:
    """How many messages were set aside."""
    return int(admin(city, lambda channel: channel.queue_declare(topology.DEAD, passive=True).method.message_count))


def checked_in(subject: UUID, version: int = 1, **more: Any) -> str:
    """Someone whom nobody knows yet has reported, as an event that every listener takes."""
    ids = {name: str(subject) for name in ("cohort_id", "enrollment_id", "person_id")}
    return body_of(subject, version, {**ids, "checked_in_at": now().isoformat(), **more}, TRAINEE_CHECKED_IN)


def statuses(city: City, service: str, told: str) -> list[str]:
    """How the events of a stream stand in an inbox, in their order."""
    return [row[0] for row in city.rows(service, "SELECT status FROM inbox WHERE stream = %s ORDER BY version", told)]


RUBBISH = {
    "not JSON": b"\x00\xff rubbish",
    "empty": b"",
    "JSON, no event": b'{"hello": "world"}',
    "ten megabytes": b'{"specversion": "1.0", "data": "' + b"x" * (10 * 1024 * 1024) + b'"}',
    "an event that contradicts itself": checked_in(uuid4()).replace('"version":1', '"version":2').encode(),
}


@pytest.mark.parametrize("body", RUBBISH.values(), ids=RUBBISH.keys())
def test_rubbish_is_set_aside_and_everything_else_goes_on(city: City, stream: Stream, body: bytes):
    before = dead(city)
    for _ in range(3):
        publish(city, body)
        stream.goes_on(3)
    city.until(lambda: dead(city) == before + 3 * len(LISTENERS), "each listener has set all three aside")


def test_strangers_and_newer_events_hold_nobody_up(city: City, stream: Stream):
    """An unknown type, a newer version of a known one, a field nobody knows: enrollment's next release writes them today."""
    subject = uuid4()
    stranger, newer = json.loads(checked_in(subject, 2)), json.loads(checked_in(subject, 3))
    stranger["type"], newer["type"] = "enrollment.trainee.praised.v1", "enrollment.trainee.checked_in.v2"
    bodies = [checked_in(subject, 1, mood="good"), json.dumps(stranger), json.dumps(newer), checked_in(subject, 4)]
    told = TRAINEE_CHECKED_IN.stream(subject)
    city.tell("enrollment", [(told, number, json.loads(body)["type"], body) for number, body in enumerate(bodies, 1)])
    city.exempt |= {(told, 2), (told, 3)}
    stream.goes_on(5)
    for name in LISTENERS:
        city.until(lambda name=name: statuses(city, name, told) == ["done"] * 4, f"{name} is through with all four")


def test_poison_is_parked_and_only_its_own_subject_waits(city: City, stream: Stream):
    """A payload that breaks its contract: parked with its error, replayed in vain, discarded with a reason; then its successors follow."""
    subject = uuid4()
    poison = TRAINEE_CHECKED_IN.stream(subject)
    city.tell(
        "enrollment",
        [
            (poison, 1, TRAINEE_CHECKED_IN.name, body_of(subject, 1, {}, TRAINEE_CHECKED_IN)),
            (poison, 2, TRAINEE_CHECKED_IN.name, checked_in(subject, 2)),
        ],
    )
    stream.goes_on(10)
    parked = "SELECT id, error FROM inbox WHERE status = 'parked'"
    for name in ("courses", "finance"):
        city.until(lambda name=name: city.rows(name, parked), f"{name} has parked it")
        assert "ContractBroken" in city.rows(name, parked)[0][1]
        assert statuses(city, name, poison) == ["parked", "pending"]
    city.command("courses", "replay")
    stream.goes_on(10)
    for name in LISTENERS:
        city.until(lambda name=name: city.rows(name, parked), f"{name} has parked it again")
        city.command(name, "discard", str(city.rows(name, parked)[0][0]), "--reason", "test of a poisoned event")
        city.until(
            lambda name=name: city.rows(name, "SELECT status FROM inbox WHERE stream = %s AND version = 2", poison) == [("done",)],
            "it goes on",
        )
    city.exempt.add((poison, 1))


def test_everything_is_sent_twice_while_people_work(city: City, stream: Stream):
    for name in ("enrollment", "courses", "certificates"):
        assert int(city.command(name, "send-again").split()[0]) > 0
    stream.goes_on(20)


def test_events_that_change_places(city: City, stream: Stream):
    """Relays that send a few of what waits, the last first: nobody applies anything out of order."""
    for name in ("enrollment worker", "courses worker"):
        city.again(name, {mishaps.MISHAP: mishaps.EVENTS_CHANGE_PLACES})
    stream.goes_on(60)
    gone = "SELECT count(*) FROM inbox AS one JOIN inbox AS other USING (stream) WHERE one.version < other.version AND one.id > other.id"
    city.until(lambda: city.rows("finance", gone)[0][0], "some have arrived out of order")


def test_handlers_that_fail(city: City, stream: Stream):
    """Handlers that have written something when they fail, and succeed when tried again."""
    for name in ("courses worker", "finance worker"):
        city.again(name, {mishaps.MISHAP: mishaps.HANDLERS_FAIL})
    since = city.said("finance worker")
    stream.goes_on(60)
    city.until(lambda: city.says("finance worker", "event put off", since), "a handler has failed")
