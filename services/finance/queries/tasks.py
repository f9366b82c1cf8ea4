"""What finance should know before it reads the figures: whether they are fresh, whole, and agree with the log of events."""

from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum

from sqlalchemy import Connection

from services.finance.domain.read_model_run import Run, RunState
from services.finance.queries.freshness import Freshness, freshness
from services.finance.storage import read_model_runs as runs
from shared.storage.work import Actor
from shared.vocabulary import Role
from shared.web.tasks import Task

URL = "/finance/totals"


class TaskCode(StrEnum):
    """What can be said of the figures."""

    FIGURES_BEHIND = "figures_behind"
    PLACES_WITHOUT_ROSTER = "places_without_roster"
    FIGURES_DIFFER = "figures_differ"
    FIGURES_NEVER_COMPARED = "figures_never_compared"
    FIGURES_AGREE = "figures_agree"


def tasks(connection: Connection, actor: Actor) -> list[Task]:
    """What stands against the figures first, then what the last comparison with the services' own records found."""
    if not actor.is_any(Role.FINANCE):
        return []
    return [*_of_freshness(freshness(connection)), _of_comparison(runs.last_compared(connection))]


def _of_freshness(fresh: Freshness) -> Sequence[Task]:
    known = {name: str(value) if hasattr(value, "isoformat") else value for name, value in asdict(fresh).items()}
    behind = fresh.pending + fresh.parked
    found = [Task(TaskCode.FIGURES_BEHIND, behind, known, URL)] if behind else []
    if fresh.awaited:
        found.append(Task(TaskCode.PLACES_WITHOUT_ROSTER, fresh.awaited, {}, URL))
    return found


def _of_comparison(run: Run | None) -> Task:
    if run is None:
        return Task(TaskCode.FIGURES_NEVER_COMPARED, 0, {}, URL)
    day = {"finished_at": run.finished_at.isoformat() if run.finished_at else None, "events": run.events}
    if run.state is RunState.AGREES:
        return Task(TaskCode.FIGURES_AGREE, 0, day, URL)
    return Task(TaskCode.FIGURES_DIFFER, run.difference_count or 0, day, URL)
