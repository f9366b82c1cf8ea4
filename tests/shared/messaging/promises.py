"""What the event backbone promises, whichever bus carries the events; both buses inherit these tests."""

import json
import random
import threading
from uuid import uuid4

import pytest
from sqlalchemy import select

from shared.contracts.courses import COHORT_SCHEDULED
from shared.contracts.enrollment import COHORT_CONFIRMED, TRAINEE_ADMITTED, TRAINEE_LEFT, PlaceFacts
from shared.contracts.event_type import EventType
from shared.messaging import dispatcher, inbox, outbox
from shared.messaging.envelope import Event
from shared.storage.tables import OUTBOX
from shared.storage.work import SYSTEM, UnitOfWork, transact
from tests.shared.messaging.house import SERVICES, Crash, House
from tests.shared.messaging.made_up import NAME, body_of, fail_for, intake, place, scheduled


class BusPromises:
    """Inherited by a test class per bus, which offers the fixture `house`."""

    def test_every_committed_event_reaches_every_listener_once(self, house: House):
        for _ in range(5):
            house.say("enrollment", times=3)
            house.say("courses", event_type=COHORT_SCHEDULED, **scheduled())
        house.settle()
        assert len(house.heard("finance")) == 20
        house.balance()

    def test_a_change_that_was_undone_tells_nobody(self, house: House):
        def change(work: UnitOfWork) -> None:
            work.emit(TRAINEE_LEFT, uuid4(), {"cohort_id": uuid4(), "enrollment_id": uuid4(), "person_id": uuid4(), "checked_in": False})
            work.flush()
            raise LookupError("changed our mind")

        with pytest.raises(LookupError):
            transact(house.databases["enrollment"], SYSTEM, change)
        house.say()
        house.settle()
        assert len(house.heard("courses")) == 1

    def test_a_listener_hears_only_those_it_listens_to(self, house: House):
        house.say("enrollment")
        house.say("courses", event_type=COHORT_SCHEDULED, **scheduled())
        house.settle()
        assert {stream.split("/")[0] for stream, _ in house.heard("courses")} == {"enrollment"}
        assert {stream.split("/")[0] for stream, _ in house.heard("enrollment")} == {"courses"}

    def test_what_arrives_in_any_order_is_applied_in_the_order_of_each_subject(self, house: House, monkeypatch):
        for _ in range(4):
            house.say(times=6)
        told = outbox.unsent

        def shuffled(connection, limit):
            rows = list(told(connection, 1000))
            random.Random(7).shuffle(rows)
            return rows[:5]

        monkeypatch.setattr(outbox, "unsent", shuffled)
        house.settle()
        house.balance()

    def test_an_event_waits_for_the_one_before_it(self, house: House, monkeypatch):
        subject = house.say(times=3)
        told = outbox.unsent
        monkeypatch.setattr(outbox, "unsent", lambda connection, limit: [row for row in told(connection, limit) if row.version != 2])
        house.carry()
        house.apply("courses")
        stream = TRAINEE_LEFT.stream(subject)
        assert house.heard("courses") == [(stream, 1)]
        with house.databases["courses"].reading() as connection:
            standing = inbox.backlog(connection)
        assert (standing.pending, standing.gaps) == (1, 1)
        monkeypatch.undo()
        house.settle()
        house.balance()

    def test_what_is_sent_twice_is_applied_once(self, house: House):
        house.say(times=5)
        house.settle()
        house.send_again()
        house.say(times=2)
        house.settle()
        house.balance()

    def test_two_relays_of_one_service_lose_and_double_nothing(self, house: House):
        for _ in range(10):
            house.say(times=30)
        relays = [house.relay_of("enrollment") for _ in range(2)]
        failures: list[Exception] = []

        def run(relay) -> None:
            try:
                while relay.relay():
                    pass
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=run, args=(relay,)) for relay in relays]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        house.settle()
        house.balance()
        with house.databases["enrollment"].reading() as connection:
            positions = connection.execute(select(OUTBOX.c.position)).scalars().all()
        assert len(set(positions)) == 300

    def test_the_feed_by_position_holds_everything_that_was_sent(self, house: House):
        for _ in range(3):
            house.say(times=4)
            house.carry()
        seen, position = [], 0
        with house.databases["enrollment"].reading() as connection:
            while rows := outbox.since(connection, position, 5):
                seen += [(row.stream, row.version) for row in rows]
                position = rows[-1].position
        assert sorted(seen) == sorted(house.told("courses"))

    def test_a_relay_killed_after_sending_and_before_marking_sends_again(self, house: House, monkeypatch):
        house.say(times=3)

        def die(connection, ids):
            raise Crash

        monkeypatch.setattr(outbox, "mark_sent", die)
        house.crash(house.carry)
        monkeypatch.undo()
        assert house.unsent() == 3
        house.settle()
        assert house.unsent() == 0
        house.balance()

    def test_a_process_killed_while_storing_has_stored_nothing_of_the_batch(self, house: House, monkeypatch):
        house.say(times=3)
        store = inbox.store

        def die(connection, received):
            store(connection, received)
            raise Crash

        monkeypatch.setattr(inbox, "store", die)
        house.crash(house.carry)
        monkeypatch.undo()
        assert sum(len(house.inbox(service)) for service in SERVICES) == 0
        house.settle()
        house.balance()

    def test_a_dispatcher_killed_before_its_commit_has_applied_nothing(self, house: House):
        house.say(times=3)
        house.carry()

        def die(event: Event) -> None:
            if event.version == 3:
                raise Crash

        house.failing["courses"] = die
        house.crash(lambda: house.apply("courses"))
        assert house.heard("courses") == []
        house.failing.clear()
        house.settle()
        house.balance()

    def test_what_a_handler_tells_travels_on_and_only_if_it_succeeds(self, house: House, monkeypatch):
        subject = house.say()
        tries = []

        def answer(work: UnitOfWork, event: Event) -> None:
            work.emit(COHORT_SCHEDULED, event.subject_id, scheduled())
            tries.append(event.id)
            if len(tries) == 1:
                raise ValueError("not yet")

        monkeypatch.setattr(dispatcher, "SHORTEST_WAIT", dispatcher.timedelta(0))
        house.carry()
        dispatcher.Dispatcher(house.databases["courses"], {TRAINEE_LEFT.name: answer}).drain()
        assert len(tries) == 2
        house.carry()
        house.apply("finance")
        assert sorted(house.heard("finance")) == sorted([(COHORT_SCHEDULED.stream(subject), 1), (TRAINEE_LEFT.stream(subject), 1)])

    def test_a_failing_event_is_parked_and_only_its_own_subject_waits(self, house: House, monkeypatch):
        bad, good = house.say(times=2), house.say(times=2)
        house.failing["courses"] = fail_for(bad)
        monkeypatch.setattr(dispatcher, "SHORTEST_WAIT", dispatcher.timedelta(0))
        house.settle()
        stream = TRAINEE_LEFT.stream(bad)
        assert house.heard("courses") == [(TRAINEE_LEFT.stream(good), 1), (TRAINEE_LEFT.stream(good), 2)]
        parked = house.inbox("courses")[stream, 1]
        assert (parked.status, parked.attempts, parked.error) == ("parked", dispatcher.ATTEMPTS, "ValueError: no such school")
        assert house.inbox("courses")[stream, 2].status == "pending"
        house.balance("certificates", "finance", "portal")

    def test_a_parked_event_can_be_replayed_and_its_successors_follow(self, house: House, monkeypatch):
        bad = house.say(times=3)
        house.failing["courses"] = fail_for(bad)
        monkeypatch.setattr(dispatcher, "SHORTEST_WAIT", dispatcher.timedelta(0))
        house.settle()
        house.failing.clear()
        assert transact(house.databases["courses"], SYSTEM, inbox.replay, event_type="enrollment.trainee.admitted.v1") == 0
        assert transact(house.databases["courses"], SYSTEM, inbox.replay) == 1
        house.settle()
        house.balance()

    def test_a_discarded_event_is_passed_over_and_its_successors_follow(self, house: House, monkeypatch):
        bad = house.say(times=3)
        stream = TRAINEE_LEFT.stream(bad)
        house.failing["courses"] = fail_for(bad)
        monkeypatch.setattr(dispatcher, "SHORTEST_WAIT", dispatcher.timedelta(0))
        house.settle()
        house.failing.clear()
        parked = house.inbox("courses")[stream, 1].id
        assert transact(house.databases["courses"], SYSTEM, inbox.discard, parked, reason="a test's own")
        assert not transact(house.databases["courses"], SYSTEM, inbox.discard, parked, reason="once more")
        house.settle()
        assert house.heard("courses") == [(stream, 2), (stream, 3)]

    def test_an_event_of_a_kind_not_known_here_is_done_and_holds_nobody_up(self, house: House):
        praised = EventType("enrollment.trainee.praised.v1", "Someone did well.", "cohort", TRAINEE_LEFT.payload)
        subject = house.say()
        house.say(subject=subject, event_type=praised, cohort_id=subject, enrollment_id=uuid4(), person_id=uuid4(), checked_in=True)
        house.say(subject=subject)
        house.settle()
        stream = TRAINEE_LEFT.stream(subject)
        assert house.heard("courses") == [(stream, 1), (stream, 3)]
        assert house.inbox("courses")[stream, 2].status == "done"

    @pytest.mark.parametrize("data", [{}, {"cohort_id": "nonsense"}, {"cohort_id": None, "place": [1]}])
    def test_a_payload_that_breaks_its_contract_is_parked_at_once(self, house: House, data: dict):
        subject = uuid4()
        stream = TRAINEE_ADMITTED.stream(subject)
        house.put("enrollment", stream, 1, TRAINEE_ADMITTED.name, body_of(subject, 1, data, TRAINEE_ADMITTED))
        good = house.say()
        house.settle()
        for service in ("courses", "finance"):
            row = house.inbox(service)[stream, 1]
            assert (row.status, row.attempts) == ("parked", 1)
            assert "ContractBroken" in row.error
            assert house.heard(service) == [(TRAINEE_LEFT.stream(good), 1)]

    def test_a_field_of_a_newer_publisher_is_ignored(self, house: House):
        subject = uuid4()
        data = {"cohort_id": str(subject), "enrollment_id": str(uuid4()), "person_id": str(uuid4()), "checked_in": False, "mood": "good"}
        house.put("enrollment", TRAINEE_LEFT.stream(subject), 1, TRAINEE_LEFT.name, body_of(subject, 1, data))
        house.settle()
        house.balance()

    def test_names_reach_the_listeners_that_need_them_unchanged(self, house: House):
        subject = uuid4()
        house.say(subject=subject, event_type=TRAINEE_ADMITTED, cohort_id=subject, place=place())
        house.settle()
        row = house.inbox("courses")[TRAINEE_ADMITTED.stream(subject), 1]
        assert json.loads(row.body)["data"]["place"]["name"] == NAME

    def test_personal_fields_never_reach_the_inbox_of_finance(self, house: House):
        subject = uuid4()
        house.say(subject=subject, event_type=TRAINEE_ADMITTED, cohort_id=subject, place=place())
        newer = json.loads(
            body_of(subject, 2, {"cohort_id": str(subject), "place": PlaceFacts().dump(place()), "nickname": NAME}, TRAINEE_ADMITTED)
        )
        newer["data"]["place"]["nickname"] = NAME
        newer["nickname"] = NAME
        house.put("enrollment", newer["stream"], 2, newer["type"], json.dumps(newer))
        unknown = json.loads(body_of(subject, 3, {"nickname": NAME}))
        unknown["type"] = "enrollment.trainee.praised.v1"
        house.put("enrollment", unknown["stream"], 3, unknown["type"], json.dumps(unknown))
        broken = json.loads(body_of(subject, 4, {"name": NAME, "place": [NAME]}, TRAINEE_ADMITTED))
        house.put("enrollment", broken["stream"], 4, broken["type"], json.dumps(broken))
        house.settle()
        rows = house.inbox("finance")
        assert len(rows) == 4
        for row in rows.values():
            assert NAME not in json.dumps(json.loads(row.body), ensure_ascii=False)
            assert "男" not in json.dumps(json.loads(row.body), ensure_ascii=False)
        assert [row.status for row in rows.values()] == ["done", "done", "done", "parked"]
        assert json.loads(rows[TRAINEE_ADMITTED.stream(subject), 1].body)["data"]["place"]["county_name"] == "上城区"

    def test_a_whole_roster_travels_in_one_event(self, house: House):
        subject = uuid4()
        roster = [place() for _ in range(500)]
        house.say(
            subject=subject,
            event_type=COHORT_CONFIRMED,
            cohort_id=subject,
            cohort_number=1,
            seats=500,
            intake=intake(),
            roster=roster,
            funnel=[],
        )
        house.settle()
        house.balance()

    def test_a_rebuilt_read_model_is_the_same(self, house: House):
        for _ in range(4):
            house.say(times=5)
        house.settle()
        before = house.heard("finance")
        house.forget("finance")
        assert sorted(house.heard("finance")) == sorted(before)
        house.balance("finance")

    def test_a_rebuild_passes_over_what_was_discarded_and_keeps_the_order(self, house: House, monkeypatch):
        subject = house.say(times=4)
        stream = TRAINEE_LEFT.stream(subject)
        house.failing["finance"] = fail_for(subject, version=2)
        told = outbox.unsent
        with monkeypatch.context() as backwards:
            backwards.setattr(outbox, "unsent", lambda connection, limit: told(connection, limit)[::-1])
            house.carry()
        monkeypatch.setattr(dispatcher, "SHORTEST_WAIT", dispatcher.timedelta(0))
        house.settle()
        transact(house.databases["finance"], SYSTEM, inbox.discard, house.inbox("finance")[stream, 2].id, reason="test")
        house.settle()
        house.failing.clear()
        for _ in range(2):
            house.forget("finance")
            assert house.heard("finance") == [(stream, 1), (stream, 3), (stream, 4)]
            assert house.inbox("finance")[stream, 2].status == "discarded"

    def test_a_rebuild_leaves_what_is_parked_parked_and_its_successors_waiting(self, house: House, monkeypatch):
        subject = house.say(times=3)
        stream = TRAINEE_LEFT.stream(subject)
        house.failing["finance"] = fail_for(subject, version=2)
        monkeypatch.setattr(dispatcher, "SHORTEST_WAIT", dispatcher.timedelta(0))
        house.settle()
        house.failing.clear()
        house.forget("finance")
        assert house.heard("finance") == [(stream, 1)]
        assert [house.inbox("finance")[stream, version].status for version in (1, 2, 3)] == ["done", "parked", "pending"]
