"""What finance is told before it reads the figures: fresh, whole, and agreeing with the log of events."""

import pytest
from sqlalchemy import update

from services.finance.domain.read_model_run import RunKind
from services.finance.operations.read_model_runs import ask
from services.finance.queries.tasks import TaskCode
from services.finance.storage.tables import PARTICIPATIONS
from shared.storage.tables import INBOX
from shared.vocabulary import Role
from tests.conftest import actor
from tests.finance.hearing import hear
from tests.finance.history import a_random_history

TASKS = "/api/finance/me/tasks"


@pytest.fixture
def finance(make_service, both_databases):
    service = make_service("finance", both_databases)
    hear(service, a_random_history(4).told)
    return service


def told(service):
    answer = service.client(Role.FINANCE).get(TASKS)
    assert answer.status_code == 200, answer.text
    return {task["code"]: task for task in answer.json}


def compare(service):
    service.work(ask, RunKind.COMPARISON, by=actor(Role.ADMINISTRATOR, account_id="operator-1"))
    assert service.app.extensions["linghang"].background["read model"]() == 1


def change(service, statement):
    with service.database.writing() as connection:
        connection.execute(statement)


def test_figures_say_whether_they_agreed_when_they_were_last_compared(finance):
    assert told(finance).keys() == {TaskCode.FIGURES_NEVER_COMPARED}
    compare(finance)
    agreed = told(finance)[TaskCode.FIGURES_AGREE]
    assert agreed["facts"]["events"] > 0
    assert agreed["facts"]["finished_at"]
    change(finance, update(PARTICIPATIONS).values(half_days=PARTICIPATIONS.c.half_days + 1))
    compare(finance)
    differing = told(finance)
    assert TaskCode.FIGURES_AGREE not in differing
    assert differing[TaskCode.FIGURES_DIFFER]["count"] > 0


def test_events_that_wait_or_are_parked_stand_against_the_figures(finance):
    assert TaskCode.FIGURES_BEHIND not in told(finance)
    change(finance, update(INBOX).where(INBOX.c.id == 1).values(status="parked"))
    change(finance, update(INBOX).where(INBOX.c.id == 2).values(status="pending"))
    behind = told(finance)[TaskCode.FIGURES_BEHIND]
    assert (behind["count"], behind["facts"]["parked"], behind["facts"]["pending"]) == (2, 1, 1)
    assert behind["facts"]["cut_off"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.FINANCE])
def test_nobody_else_has_tasks_in_finance(make_service, role):
    assert make_service("finance").client(role).get(TASKS).status_code == 403
