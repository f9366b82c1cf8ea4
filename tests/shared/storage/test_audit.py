"""The audit log's chain (R47): sealed behind the writers, and whatever is changed afterwards is found and named."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from shared.domain import now
from shared.storage import audit
from shared.storage.audit import Head, digest_of, seal, verify
from shared.storage.database import Database
from shared.storage.tables import AUDIT_ENTRIES, service_metadata

AT_ONCE = timedelta(0)


@pytest.fixture
def database(both_databases: str) -> Iterator[Database]:
    """A service's tables, without the triggers that keep a chain from being broken at all."""
    database = Database(both_databases, service_metadata())
    database.metadata.create_all(database.engine)
    yield database
    database.close()


def note(database: Database, *subjects: str, seconds_ago: float = 60) -> None:
    said = {"at": now() - timedelta(seconds=seconds_ago), "account": "王", "address": "192.0.2.7", "action": "made.up", "facts": "{}"}
    rows = [{**said, "subject": subject} for subject in subjects]
    with database.writing() as connection:
        connection.execute(insert(AUDIT_ENTRIES), rows)


def verdict(database: Database, known: Head | None = None) -> audit.Verdict:
    with database.reading() as connection:
        return verify(connection, known)


def change(database: Database, statement) -> None:
    with database.writing() as connection:
        assert connection.execute(statement).rowcount > 0


def of(subject: str):
    return AUDIT_ENTRIES.c.subject == subject


def test_entries_are_chained_in_batches_and_the_chain_holds(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit, "BATCH", 2)
    assert verdict(database).head == Head(0, audit.FIRST)
    note(database, "one", "two", "three")
    assert [seal(database) for _ in range(3)] == [2, 1, 0]
    note(database, "four")
    found = verdict(database)
    assert (found.sealed, found.unsealed, found.head.position, found.broken) == (3, 1, 3, None)


def test_what_has_just_been_written_is_left_to_gather(database: Database):
    note(database, "one", seconds_ago=0)
    assert seal(database) == 0
    assert seal(database, AT_ONCE) == 1


def test_an_entry_that_was_changed_is_named(database: Database):
    note(database, "one", "two", "three")
    seal(database)
    change(database, update(AUDIT_ENTRIES).where(of("two")).values(account="somebody else"))
    broken = str(verdict(database).broken)
    assert broken
    assert broken.startswith("position 2, entry ")
    assert broken.endswith("what it says was changed")


def test_an_entry_that_was_taken_out_is_missed(database: Database):
    note(database, "one", "two", "three", "four")
    seal(database)
    change(database, delete(AUDIT_ENTRIES).where(AUDIT_ENTRIES.c.subject.in_(["two", "three"])))
    assert "position 4" in str(verdict(database).broken)
    assert "2 entries before it are gone" in str(verdict(database).broken)


def test_an_entry_that_was_put_in_is_seen(database: Database):
    note(database, "one", "two")
    seal(database)
    note(database, "false")
    change(database, update(AUDIT_ENTRIES).where(of("two")).values(position=3))
    with database.reading() as connection:
        row = connection.execute(select(AUDIT_ENTRIES).where(of("false"))).one()
    own = digest_of("made up", 2, row)
    change(database, update(AUDIT_ENTRIES).where(of("false")).values(position=2, previous="made up", digest=own))
    assert "it does not follow the entry before it" in str(verdict(database).broken)


def test_a_chain_made_anew_or_cut_short_is_found_by_a_head_that_was_noted(database: Database):
    note(database, "one", "two")
    seal(database)
    noted = verdict(database).head
    note(database, "three")
    seal(database)
    assert verdict(database, noted).broken is None
    change(database, update(AUDIT_ENTRIES).values(position=None, previous=None, digest=None))
    change(database, update(AUDIT_ENTRIES).where(of("one")).values(account="somebody else"))
    seal(database)
    assert verdict(database).broken is None  # by itself it holds
    assert "chained anew" in str(verdict(database, noted).broken)
    change(database, delete(AUDIT_ENTRIES).where(AUDIT_ENTRIES.c.position > 1))
    assert "noted earlier are gone" in str(verdict(database, noted).broken)


def test_what_is_past_its_retention_may_be_gone_from_the_beginning(database: Database):
    note(database, "one", "two", "three")
    seal(database)
    change(database, delete(AUDIT_ENTRIES).where(of("one")))
    assert verdict(database).broken is None


def test_sealers_side_by_side_make_one_chain_and_no_writer_waits_for_them(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit, "BATCH", 7)
    failures = []

    def repeatedly(step) -> None:
        try:
            for _ in range(20):
                step()
        except Exception as error:
            failures.append(error)

    people = [threading.Thread(target=repeatedly, args=(lambda: note(database, "x", "y"),)) for _ in range(2)]
    sealers = [threading.Thread(target=repeatedly, args=(lambda: seal(database),)) for _ in range(3)]
    for thread in (*people, *sealers):
        thread.start()
    for thread in (*people, *sealers):
        thread.join()
    while seal(database):
        pass
    assert failures == []
    found = verdict(database)
    assert (found.sealed, found.unsealed, found.broken) == (80, 0, None)
