"""Several people write about one cohort at once, on SQLite and PostgreSQL: each thing happens once, and none is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.courses.storage import attendance
from services.courses.storage.trainees import trainee
from shared.contracts.courses import ATTENDANCE_RECORDED, SESSION_HELD
from shared.contracts.enrollment import COHORT_CONFIRMED, PERSON_MERGED
from shared.storage.work import SYSTEM, transact
from shared.vocabulary import AttendanceStatus
from tests.courses.conftest import Cohort, place


@pytest.fixture
def cohort(make_service, both_databases):
    return Cohort(make_service("courses", both_databases), [place(number) for number in range(1, 21)]).confirm()


def together(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(call) for call in calls]]


def test_one_sheet_sent_by_several_at_once_is_recorded_once(cohort):
    first = cohort.sessions()[0]
    results = together(*[lambda: cohort.record(first, {cohort.ids[0]: AttendanceStatus.LATE})] * 6)
    assert sorted(result.recorded for result in results) == [0, 0, 0, 0, 0, 20]
    assert len(cohort.service.outbox(ATTENDANCE_RECORDED)) == 1
    assert len(cohort.service.look(attendance.sheet, first.id)) == 20


def test_different_sessions_of_a_cohort_are_held_at_once_and_all_are_told_in_order(cohort):
    lectures = cohort.sessions()[:4]
    together(*[lambda session=session: cohort.hold(session) for session in lectures])
    held = cohort.service.outbox(SESSION_HELD)
    assert {event["data"]["session_id"] for event in held} == {str(session.id) for session in lectures}
    versions = sorted(event["version"] for event in cohort.service.outbox())
    assert versions == list(range(1, 6))


def test_r7_a_roster_and_a_merge_applied_at_once_see_each_other(cohort):
    service, listens = cohort.service, cohort.service.app.extensions["linghang"].listens
    others = [Cohort(service, [place(number)]) for number in range(4)]
    kept = place()["person_id"]

    class Heard:
        def __init__(self, subject, data):
            self.subject_id, self.data = subject, data

    def hear(event_type, subject, data):
        return lambda: transact(service.database, SYSTEM, listens[event_type.name], Heard(subject, data))

    merges = [
        (other.people[0]["person_id"], {"kept_person_id": kept, "merged_person_id": other.people[0]["person_id"]}) for other in others
    ]
    together(
        *[hear(COHORT_CONFIRMED, other.id, other.payload()) for other in others],
        *[hear(PERSON_MERGED, subject, data) for subject, data in merges],
    )
    assert {service.look(trainee, other.ids[0]).person_id for other in others} == {kept}
