"""The door to comparisons and rebuilds: for the operator alone."""

from collections.abc import Callable

import pytest

from shared.vocabulary import Role
from tests.conftest import RunningService

RUNS = "/api/finance/operations/read-model/runs"


@pytest.fixture
def finance(make_service: Callable[..., RunningService]) -> RunningService:
    return make_service("finance")


def test_an_operator_asks_and_finds_the_run_in_the_list(finance: RunningService) -> None:
    operator = finance.client(Role.ADMINISTRATOR, account_id="operator-1")
    asked = operator.post(RUNS, json={"kind": "rebuild"})
    assert asked.status_code == 202
    assert (asked.json["kind"], asked.json["state"], asked.json["asked_by"]) == ("rebuild", "waiting", "operator-1")
    again = operator.post(RUNS, json={"kind": "rebuild"})
    assert (again.status_code, again.json["id"]) == (202, asked.json["id"])
    assert operator.get(RUNS).json == {"runs": [asked.json]}


def test_the_list_holds_the_last_ten(finance: RunningService) -> None:
    operator = finance.client(Role.ADMINISTRATOR)
    carry_out = finance.app.extensions["linghang"].background["read model"]
    for _ in range(12):
        operator.post(RUNS, json={"kind": "comparison"})
        assert carry_out() == 1
    runs = operator.get(RUNS).json["runs"]
    assert [run["id"] for run in runs] == list(range(12, 2, -1))
    assert {run["state"] for run in runs} == {"agrees"}


@pytest.mark.parametrize("body", [{}, {"kind": "repair"}, {"kind": "rebuild", "now": True}])
def test_what_is_no_run_is_refused(finance: RunningService, body: dict[str, object]) -> None:
    operator = finance.client(Role.ADMINISTRATOR)
    assert operator.post(RUNS, json=body).status_code == 422
    assert operator.get(RUNS).json == {"runs": []}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR], ids=str)
def test_nobody_else_sees_or_asks(finance: RunningService, role: Role) -> None:
    other = finance.client(role)
    assert (other.get(RUNS).status_code, other.post(RUNS, json={"kind": "rebuild"}).status_code) == (403, 403)


def test_who_is_not_signed_in_is_refused(finance: RunningService) -> None:
    assert (finance.client().get(RUNS).status_code, finance.client().post(RUNS, json={"kind": "rebuild"}).status_code) == (401, 401)
