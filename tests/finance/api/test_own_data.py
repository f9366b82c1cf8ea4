"""What finance tells a person of the own data: what took part, and nothing of others (R25, R48)."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from services.finance.storage.tables import PARTICIPATIONS
from shared.vocabulary import Role
from tests.conftest import RunningService
from tests.finance.hearing import hear
from tests.finance.history import a_random_history

DATA, COPY = "/api/finance/me/data", "/api/finance/me/exports"


@pytest.fixture
def finance(make_service: Callable[..., RunningService]) -> RunningService:
    service = make_service("finance")
    hear(service, a_random_history(7).told)
    return service


def test_r48_everyone_is_told_the_own_participations_and_no_more(finance: RunningService) -> None:
    counted = finance.look(lambda connection: connection.execute(select(PARTICIPATIONS)).all())
    people = sorted({row.person_id for row in counted})
    assert len(people) > 5
    for person_id in people:
        told = finance.client(Role.TRAINEE, person_id=person_id).get(DATA).json
        rows = {section["code"]: section["rows"] for section in told["sections"]}
        own = [row for row in counted if row.person_id == person_id]
        assert sorted(row["quarter_hours"] for row in rows["participations"]) == sorted(row.quarter_hours for row in own)
        assert sum(row["counted"] for row in rows["participations"]) == sum(row.counted for row in own)
        assert rows["places"]
        assert told["entries"] == []


def test_r47_a_copy_leaves_an_entry_for_its_owner_alone(finance: RunningService) -> None:
    first, second = sorted({row.person_id for row in finance.look(lambda c: c.execute(select(PARTICIPATIONS)).all())})[:2]
    assert finance.client(Role.TRAINEE, person_id=first).post(COPY, json={}).status_code == 200
    entries = [finance.client(Role.TRAINEE, person_id=person).get(DATA).json["entries"] for person in (first, second)]
    assert [[entry["action"] for entry in found] for found in entries] == [["data.exported"], []]


def test_r45_nobody_else_has_own_data_in_finance(finance: RunningService) -> None:
    for role in set(Role) - {Role.TRAINEE}:
        assert finance.client(role).get(DATA).status_code == finance.client(role).post(COPY, json={}).status_code == 403
