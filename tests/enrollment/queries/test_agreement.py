"""The books agree with the places, and the check says so when they do not."""

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from services.enrollment.__main__ import command
from services.enrollment.queries.agreement import differences
from services.enrollment.storage.tables import COHORTS, QUOTA_CELLS
from shared.contracts.courses import TRAINEE_WITHDRAWN
from tests.enrollment.places import A, B, County


@pytest.fixture
def county(make_service):
    county = County(make_service("enrollment"))
    county.open()
    return county


def found(county):
    return county.service.look(lambda connection: list(differences(connection)))


def change(county, table, **values):
    with county.service.database.writing() as connection:
        connection.execute(update(table).values(**values))


def test_after_everything_that_can_happen_to_a_place_the_books_agree(county):
    first, second, _waiting, other = (county.nominate(number, school) for number, school in enumerate((f"{A}0001",) * 3 + (f"{B}0001",)))
    county.confirm()
    county.substitute(first.enrollment_id, 9)
    county.withdraw(second.enrollment_id)
    county.check_in(other.enrollment_id)
    data = {"cohort_id": county.cohort_id, "enrollment_id": other.enrollment_id, "person_id": other.person_id}
    county.service.deliver(TRAINEE_WITHDRAWN, other.enrollment_id, {**data, "missed_quarter_hours": 24, "total_quarter_hours": 160})
    assert found(county) == []


@pytest.mark.parametrize(("table", "values"), [(COHORTS, {"taken": 0}), (QUOTA_CELLS, {"used": 0}), (QUOTA_CELLS, {"seats": 3})])
def test_a_book_that_was_tampered_with_is_named(county, table, values):
    county.nominate(1)
    change(county, table, **values)
    assert any(str(county.cohort_id) in line for line in found(county))


def test_the_command_prints_pass_or_what_differs(county, monkeypatch):
    folder = county.service.app.extensions["linghang"].settings
    monkeypatch.setenv("ENROLLMENT_DATABASE_URL", folder.database_url)
    monkeypatch.setenv("ENROLLMENT_DATA_FOLDER", str(folder.data_folder))
    county.nominate(1)
    assert CliRunner().invoke(command, ["check"]).output == "PASS\n"
    change(county, COHORTS, taken=2)
    answer = CliRunner().invoke(command, ["check"])
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (1, "FAIL: 1 differences")
