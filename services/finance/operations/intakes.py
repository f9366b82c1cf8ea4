"""Intakes as told: only a closed one is a session held (R22)."""

from typing import Any

from services.finance.operations.told import Told
from services.finance.storage.places import know_cohort
from services.finance.storage.rows import put
from services.finance.storage.tables import INTAKES
from shared.storage.work import UnitOfWork


def note_closing(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """An organizer has closed the intake; its facts may still be on their way."""
    put(work.connection, INTAKES, [{"id": data["intake_id"], "closed_on": data["closed_on"]}])
    for cohort_id in data["cohort_ids"]:
        know_cohort(work.connection, cohort_id, data["intake_id"])
