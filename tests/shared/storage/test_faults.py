"""What is the database's fault and nobody's statement's."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from shared.storage.database import Database, database_fault
from shared.storage.tables import service_metadata
from tests.servers.processes import free_port


def test_a_server_that_cannot_be_reached_is_at_fault():
    database = Database(f"postgresql://nobody:x@127.0.0.1:{free_port()}/nowhere", service_metadata())
    with pytest.raises(OperationalError) as refused, database.reading():
        pass
    assert database_fault(refused.value)


def test_a_statement_that_is_wrong_is_not_the_database_s_fault(both_databases: str):
    database = Database(both_databases, service_metadata())
    with pytest.raises((ProgrammingError, OperationalError)) as wrong, database.reading() as connection:
        connection.execute(text("SELECT no_such_column FROM no_such_table"))
    assert not database_fault(wrong.value)
    database.close()


def test_a_row_that_is_there_twice_is_not_the_database_s_fault(both_databases: str):
    database = Database(both_databases, service_metadata())
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE once (id integer PRIMARY KEY)"))
    with pytest.raises(IntegrityError) as twice, database.writing() as connection:
        connection.execute(text("INSERT INTO once VALUES (1), (1)"))
    assert not database_fault(twice.value)
    database.close()


@pytest.mark.parametrize(
    ("state", "at_fault"), [("53100", True), ("25006", True), ("57P01", True), ("XX000", True), ("57014", False), ("40001", False)]
)
def test_the_states_that_mean_the_database_itself(state: str, at_fault: bool):
    class Said(Exception):
        sqlstate = state

    assert database_fault(DBAPIError("SELECT 1", {}, Said())) == at_fault


def test_what_led_to_an_error_counts_too():
    class Full(Exception):
        sqlite_errorcode = 13

    gave_up = KeyError("the handler gave up")
    gave_up.__context__ = OperationalError("INSERT", {}, Full("disk full"))
    assert database_fault(gave_up)
