"""The operator's check: stored states agree with the ledger, and a difference is named."""

from sqlalchemy import update

from services.courses.queries.agreement import differences
from services.courses.storage.tables import TRAINEES
from shared.vocabulary import AttendanceStatus


def test_after_a_taught_cohort_everything_agrees_and_a_tampered_state_is_named(courses, make_cohort):
    cohort = make_cohort(3)
    cohort.teach({cohort.ids[0]: dict.fromkeys((1, 2), AttendanceStatus.ABSENT)})
    cohort.settle()
    assert courses.look(lambda connection: list(differences(connection))) == []
    with courses.database.writing() as connection:
        connection.execute(update(TRAINEES).where(TRAINEES.c.enrollment_id == cohort.ids[0]).values(withdrawn=False))
        connection.execute(update(TRAINEES).where(TRAINEES.c.enrollment_id == cohort.ids[1]).values(completed_on=None))
    found = courses.look(lambda connection: list(differences(connection)))
    assert len(found) == 2
    assert str(cohort.ids[0]) in " ".join(found)
    assert str(cohort.ids[1]) in " ".join(found)
