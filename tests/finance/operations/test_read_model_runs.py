"""Operators ask for a comparison or a rebuild; the worker carries it out, one at a time, and says what came of it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from services.finance.domain.period import Filters
from services.finance.domain.read_model_run import TRIES, Run, RunKind, RunState, rebuilt
from services.finance.operations.read_model_runs import ask, carry_out_next, finish, take
from services.finance.queries.read_model_runs import last_runs
from services.finance.queries.totals import totals
from services.finance.storage.read_model_runs import alone
from shared.messaging import rebuilding
from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import Role
from tests.conftest import RunningService, actor
from tests.finance.hearing import hear
from tests.finance.history import a_random_history


@pytest.fixture
def finance(make_service: Callable[..., RunningService], both_databases: str) -> RunningService:
    return make_service("finance", both_databases)


@pytest.fixture
def full(make_service: Callable[..., RunningService]) -> RunningService:
    """Finance after a history of many events."""
    service = make_service("finance")
    hear(service, a_random_history(4).told)
    return service


def asked(service: RunningService, kind: RunKind, account: str = "operator-1") -> Run:
    run: Run = service.work(ask, kind, by=actor(Role.ADMINISTRATOR, account_id=account))
    return run


def carry_out(service: RunningService) -> Run:
    """The worker's step, as the service's own parts hold it; answers the newest run."""
    step = service.app.extensions["linghang"].background["read model"]
    assert step() == 1
    newest: Run = service.look(last_runs)[0]
    return newest


def step(service: RunningService) -> int:
    return carry_out_next(service.database, service.app.extensions["linghang"].listens)


def test_figures_that_follow_from_the_log_agree_with_it(full: RunningService) -> None:
    asked(full, RunKind.COMPARISON)
    run = carry_out(full)
    assert (run.state, run.difference_count, list(run.differences), run.error) == (RunState.AGREES, 0, [], None)
    assert run.events is not None
    assert run.events > 100
    assert run.started_at is not None
    assert run.finished_at is not None
    assert run.asked_at <= run.started_at <= run.finished_at
    assert step(full) == 0, "a finished run is not carried out again"


def test_what_was_tampered_with_is_found_and_a_rebuild_mends_it(full: RunningService) -> None:
    before = full.look(totals, Filters())
    with full.database.writing() as connection:
        assert connection.execute(text("UPDATE participations SET half_days = half_days + 1 WHERE counted = 1")).rowcount > 0
    asked(full, RunKind.COMPARISON)
    found = carry_out(full)
    assert found.state is RunState.DIFFERS
    assert found.difference_count is not None
    assert 0 < len(found.differences) <= 20 <= found.difference_count
    assert "participations" in found.differences[0]
    assert full.look(totals, Filters()) != before, "a comparison changes nothing"
    asked(full, RunKind.REBUILD)
    assert carry_out(full).state is RunState.REBUILT
    assert full.look(totals, Filters()) == before


def test_asking_while_one_of_the_same_kind_waits_answers_that_one(finance: RunningService) -> None:
    first, again = asked(finance, RunKind.REBUILD), asked(finance, RunKind.REBUILD, "operator-2")
    assert again == first
    other = asked(finance, RunKind.COMPARISON)
    assert [run.id for run in finance.look(last_runs)] == [other.id, first.id]
    notes = finance.look(lambda connection: connection.execute(select(AUDIT_ENTRIES)).all())
    assert [(note.account, note.action, note.subject) for note in notes] == [
        ("operator-1", "read_model_run.asked", str(first.id)),
        ("operator-1", "read_model_run.asked", str(other.id)),
    ]


def test_one_may_be_asked_for_while_another_is_at_work(finance: RunningService) -> None:
    first = asked(finance, RunKind.REBUILD)
    assert finance.work(take).id == first.id
    assert asked(finance, RunKind.REBUILD).id != first.id


def test_many_who_ask_at_once_get_the_same_run(make_service: Callable[..., RunningService], postgres_database: str) -> None:
    finance, got = make_service("finance", postgres_database), []
    threads = [threading.Thread(target=lambda: got.append(asked(finance, RunKind.REBUILD).id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(got)) == 1


def test_the_oldest_is_carried_out_first(finance: RunningService) -> None:
    older, newer = asked(finance, RunKind.REBUILD), asked(finance, RunKind.COMPARISON)
    assert finance.work(take).id == older.id
    step(finance)
    assert [(run.id, run.state) for run in finance.look(last_runs)] == [(newer.id, RunState.WAITING), (older.id, RunState.REBUILT)]


def test_a_failure_is_recorded_and_leaves_the_figures(full: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> int:
        raise RuntimeError("no room left")

    before = full.look(totals, Filters())
    monkeypatch.setattr(rebuilding, "rebuild", broken)
    asked(full, RunKind.REBUILD)
    run = carry_out(full)
    assert (run.state, run.error, run.events) == (RunState.FAILED, "RuntimeError: no room left", None)
    assert run.finished_at is not None
    assert full.look(totals, Filters()) == before
    assert step(full) == 0, "a failed run waits for nobody"


def test_a_run_that_a_killed_worker_left_is_taken_over(finance: RunningService) -> None:
    left, waiting = asked(finance, RunKind.REBUILD), asked(finance, RunKind.COMPARISON)
    assert finance.work(take).id == left.id
    step(finance)
    assert [(run.id, run.state, run.tries) for run in finance.look(last_runs)] == [
        (waiting.id, RunState.WAITING, 0),
        (left.id, RunState.REBUILT, 2),
    ]


def test_a_run_that_no_worker_survives_does_not_go_on_forever(finance: RunningService) -> None:
    asked(finance, RunKind.REBUILD)
    for _ in range(TRIES):
        finance.work(take)
    run = carry_out(finance)
    assert (run.state, run.tries) == (RunState.FAILED, TRIES + 1)
    assert run.error is not None
    assert "worker ended" in run.error


def test_who_was_taken_for_dead_does_not_overwrite_what_came_of_it(finance: RunningService) -> None:
    asked(finance, RunKind.REBUILD)
    slow, other = finance.work(take), finance.work(take)
    assert finance.work(finish, slow, rebuilt(98)) is False, "the other one is at it"
    assert finance.work(finish, other, rebuilt(99)) is True
    assert finance.work(finish, slow, rebuilt(98)) is False
    assert finance.look(last_runs)[0].events == 99


def test_two_workers_never_carry_out_at_once(make_service: Callable[..., RunningService], postgres_database: str) -> None:
    finance = make_service("finance", postgres_database)
    asked(finance, RunKind.REBUILD)
    with alone(finance.database) as mine:
        assert mine
        finance.work(take)
        assert step(finance) == 0, "the other one is at it"
    assert carry_out(finance).state is RunState.REBUILT
