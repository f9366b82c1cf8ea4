"""The embedded bus keeps the promises, on SQLite."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from shared.contracts import SUBSCRIPTIONS
from shared.messaging import inbox
from shared.messaging.embedded import EmbeddedRelay
from tests.shared.messaging.house import SERVICES, Crash, House, open_database
from tests.shared.messaging.promises import BusPromises


class EmbeddedHouse(House):
    def relay_of(self, publisher: str) -> EmbeddedRelay:
        return EmbeddedRelay(publisher, self.databases)

    def carry(self) -> None:
        for publisher in SERVICES:
            self.relay_of(publisher).drain()


class TestEmbeddedBus(BusPromises):
    @pytest.fixture
    def house(self, tmp_path: Path) -> Iterator[EmbeddedHouse]:
        house = EmbeddedHouse({name: open_database(f"sqlite:///{tmp_path}/{name}.db") for name in SERVICES})
        yield house
        house.close()

    def test_a_relay_killed_between_two_listeners_tells_the_second_when_it_starts_again(self, house: House, monkeypatch):
        house.say(times=3)
        store = inbox.store
        stored = []

        def die_at_the_second(connection, received):
            if stored:
                raise Crash
            stored.append(store(connection, received))

        monkeypatch.setattr(inbox, "store", die_at_the_second)
        house.crash(house.carry)
        monkeypatch.undo()
        listeners = [name for name, heard in SUBSCRIPTIONS.items() if "enrollment" in heard]
        assert [len(house.inbox(name)) for name in listeners] == [3, 0, 0, 0]
        house.settle()
        house.balance()

    def test_a_file_that_is_held_keeps_nothing_from_the_other_listeners(self, house: House, monkeypatch):
        house.say(times=3)

        def held():
            raise OperationalError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError("database is locked"))

        with monkeypatch.context() as busy:
            busy.setattr(house.databases["finance"], "writing", held)
            with pytest.raises(OperationalError):
                house.carry()
        assert [len(house.inbox(name)) for name in ("courses", "finance", "portal")] == [3, 0, 3]
        assert house.unsent() == 3
        house.settle()
        house.balance()

    def test_no_file_is_written_while_another_is_held(self, house: House, monkeypatch):
        house.say()
        held = []
        for name, database in house.databases.items():
            writing = database.writing

            def watched(name=name, writing=writing):
                return Watched(name, writing, held)

            monkeypatch.setattr(database, "writing", watched)
        house.carry()
        assert house.unsent() == 0


class Watched:
    """Stands in for a writing transaction and refuses a second one at the same time."""

    def __init__(self, name, writing, held):
        self.name, self.manager, self.held = name, writing(), held

    def __enter__(self):
        assert not self.held, f"{self.held} is held while {self.name} is written"
        self.held.append(self.name)
        return self.manager.__enter__()

    def __exit__(self, *error):
        self.held.remove(self.name)
        return self.manager.__exit__(*error)
