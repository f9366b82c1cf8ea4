"""Whether what is stored of trainees agrees with what the ledger says (R15, R16)."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from services.courses.domain.place import PlaceState
from services.courses.queries.standings import standings
from services.courses.storage.tables import COHORTS


def differences(connection: Connection) -> Iterator[str]:
    """Judge every cohort anew; a sentence for each trainee whose stored state differs."""
    for cohort in connection.execute(select(COHORTS).order_by(COHORTS.c.starts_on, COHORTS.c.id)).all():
        for one in standings(connection, cohort).trainees:
            trainee, standing = one.trainee, one.standing
            if (trainee.completed_on is None) != (standing.completed_on is None):
                yield f"enrollment {trainee.enrollment_id}: stored completion {trainee.completed_on}, by the ledger {standing.outlook}"
            if trainee.place == PlaceState.IN_TRAINING and trainee.withdrawn != standing.withdrawn:
                yield f"enrollment {trainee.enrollment_id}: stored withdrawn {trainee.withdrawn}, by the ledger {standing.withdrawn}"
