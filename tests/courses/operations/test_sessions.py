"""R10, R13, R29: sessions are held in the order of the modes, cancelled with a reason, or taught jointly."""

from datetime import date
from uuid import uuid4

import pytest

from services.courses.domain.errors import (
    HeldOnAnotherDay,
    InTheFuture,
    JointLectureElsewhere,
    ModeOutOfOrder,
    SeminarRecordMissing,
    SessionClosed,
    SessionHasAttendance,
    SlotTaken,
)
from services.courses.operations.sessions import cancel_session, hold_joint_lecture, hold_session, move_session
from shared.contracts.courses import SESSION_CANCELLED, SESSION_HELD, TRAINING_COMPLETED
from shared.domain import Malformed, NotFound
from shared.vocabulary import Delivery, HalfDay, Role, TeachingMode
from tests.conftest import actor


def of(cohort, mode):
    return [session for session in cohort.sessions() if session.mode == mode]


def test_r10_onsite_teaching_waits_for_the_last_lecture(courses, make_cohort):
    cohort = make_cohort(2)
    *lectures, last = of(cohort, TeachingMode.THEMED_LECTURE)
    for session in lectures:
        cohort.hold(session)
    visit = of(cohort, TeachingMode.ONSITE_TEACHING)[0]
    with pytest.raises(ModeOutOfOrder):
        cohort.hold(visit)
    cohort.hold(last)
    assert cohort.hold(visit).state == "held"
    assert len(courses.outbox(SESSION_HELD)) == 5


def test_r10_a_cancelled_lecture_lets_the_next_mode_begin(courses, make_cohort):
    cohort = make_cohort(2)
    *lectures, last = of(cohort, TeachingMode.THEMED_LECTURE)
    for session in lectures:
        cohort.hold(session)
    courses.work(cancel_session, last.id, reason="授课人生病")
    assert cohort.hold(of(cohort, TeachingMode.ONSITE_TEACHING)[0]).state == "held"
    (event,) = courses.outbox(SESSION_CANCELLED)
    assert event["data"]["reason"] == "授课人生病"


def test_r10_within_a_mode_the_order_is_free(make_cohort):
    cohort = make_cohort(2)
    assert cohort.hold(cohort.sessions()[3]).state == "held"


def test_r11_an_online_class_ends_its_virtual_visits_before_the_seminars(make_cohort):
    cohort = make_cohort(1, delivery=Delivery.ONLINE)
    assert all(session.virtual for session in of(cohort, TeachingMode.OBSERVATION_TOUR))
    with pytest.raises(ModeOutOfOrder):
        cohort.hold(of(cohort, TeachingMode.EXCHANGE_SEMINAR)[0])


def test_r13_a_seminar_closes_only_with_a_record(courses, make_cohort):
    cohort = make_cohort(2)
    for session in cohort.sessions()[:6]:
        cohort.hold(session)
    seminar = of(cohort, TeachingMode.EXCHANGE_SEMINAR)[0]
    with pytest.raises(SeminarRecordMissing):
        courses.work(hold_session, seminar.id, record=" ")
    assert courses.work(hold_session, seminar.id, record="各组发言要点").record == "各组发言要点"


def test_a_session_held_again_stays_as_it_is(courses, make_cohort):
    cohort = make_cohort(2)
    first = cohort.sessions()[0]
    assert cohort.hold(first).held_on == cohort.hold(first).held_on == date(2023, 10, 16)
    assert len(courses.outbox(SESSION_HELD)) == 1
    with pytest.raises(SessionClosed):
        cohort.hold(first, held_on=date(2023, 10, 17))


def test_a_session_is_not_held_before_its_day(make_cohort):
    cohort = make_cohort(1, starts_on=date(2999, 1, 7), ends_on=date(2999, 1, 11))
    with pytest.raises(InTheFuture):
        cohort.hold(cohort.sessions()[0])


def test_the_day_of_the_attendance_is_the_day_of_the_session(make_cohort):
    cohort = make_cohort(2)
    first = cohort.sessions()[0]
    cohort.record(first)
    with pytest.raises(HeldOnAnotherDay):
        cohort.hold(first, held_on=date(2023, 10, 17))
    assert cohort.hold(first).held_on == date(2023, 10, 16)


def test_a_session_with_attendance_cannot_be_cancelled_nor_a_held_one(courses, make_cohort):
    cohort = make_cohort(2)
    first, second = cohort.sessions()[:2]
    cohort.record(first)
    with pytest.raises(SessionHasAttendance):
        courses.work(cancel_session, first.id, reason="停电")
    cohort.hold(second)
    with pytest.raises(SessionClosed):
        courses.work(cancel_session, second.id, reason="停电")


def test_r10_a_cancellation_needs_a_reason_and_repeats_without_effect(courses, make_cohort):
    cohort = make_cohort(2)
    first = cohort.sessions()[0]
    with pytest.raises(Malformed):
        courses.work(cancel_session, first.id, reason="")
    for _ in range(2):
        courses.work(cancel_session, first.id, reason="停电")
    assert len(courses.outbox(SESSION_CANCELLED)) == 1


def test_cancelling_the_last_open_session_can_complete_people(courses, make_cohort):
    cohort = make_cohort(2)
    cohort.teach(leave_open=1)
    cohort.settle()
    assert courses.outbox(TRAINING_COMPLETED) == []
    courses.work(cancel_session, cohort.sessions()[-1].id, reason="大雨")
    completed = courses.outbox(TRAINING_COMPLETED)
    assert len(completed) == 2
    assert (completed[0]["data"]["earned_quarter_hours"], completed[0]["data"]["total_quarter_hours"]) == (144, 144)


def test_a_session_is_moved_to_a_free_half_day_only(courses, make_cohort):
    cohort = make_cohort(2)
    first, second = cohort.sessions()[:2]
    with pytest.raises(SlotTaken):
        courses.work(move_session, first.id, planned_on=second.planned_on, half_day=second.half_day)
    courses.work(cancel_session, second.id, reason="停电")
    moved = courses.work(move_session, first.id, planned_on=second.planned_on, half_day=second.half_day)
    assert (moved.planned_on, moved.half_day) == (second.planned_on, HalfDay.AFTERNOON)
    with pytest.raises(Malformed):
        courses.work(move_session, first.id, planned_on=date(2023, 10, 16))


def test_r29_a_joint_lecture_is_one_lecture_for_several_cohorts(courses, make_cohort):
    firsts = [make_cohort(2).sessions()[0] for _ in range(3)]
    joint = courses.work(hold_joint_lecture, [session.id for session in firsts])
    assert {event["data"]["joint_lecture_id"] for event in courses.outbox(SESSION_HELD)} == {str(joint)}
    assert len(courses.outbox(SESSION_HELD)) == 3
    assert courses.work(hold_joint_lecture, [session.id for session in firsts]) == joint
    assert len(courses.outbox(SESSION_HELD)) == 3


def test_r29_a_joint_lecture_is_at_one_time(courses, make_cohort):
    one, other = make_cohort(1), make_cohort(1)
    with pytest.raises(JointLectureElsewhere):
        courses.work(hold_joint_lecture, [one.sessions()[0].id, other.sessions()[1].id])
    assert courses.outbox(SESSION_HELD) == []


def test_r45_a_class_teacher_holds_sessions_of_the_own_cohorts_only(courses, make_cohort):
    own, other = make_cohort(1), make_cohort(1)
    teacher = actor(Role.CLASS_TEACHER, cohort_ids=frozenset({own.id}))
    assert courses.work(hold_session, own.sessions()[0].id, by=teacher).state == "held"
    with pytest.raises(NotFound):
        courses.work(hold_session, other.sessions()[0].id, by=teacher)
    with pytest.raises(NotFound):
        courses.work(hold_session, uuid4())
