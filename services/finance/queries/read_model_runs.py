"""The last comparisons and rebuilds of the figures, with what came of them."""

from sqlalchemy import Connection

from services.finance.domain.read_model_run import Run
from services.finance.storage import read_model_runs as runs

SHOWN = 10


def last_runs(connection: Connection) -> list[Run]:
    """The last ten runs, newest first."""
    return runs.latest(connection, SHOWN)
