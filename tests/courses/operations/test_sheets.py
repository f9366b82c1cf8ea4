"""R14, R17: one sheet per slot, recorded once for everyone, safe to repeat."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import event as listening

from services.courses.domain.attendance import Source
from services.courses.domain.errors import AlreadyRecorded, HeldOnAnotherDay, InTheFuture, ModeOutOfOrder, SessionIsCancelled
from services.courses.domain.leave import LeaveKind, Span
from services.courses.operations.corrections import correct_attendance
from services.courses.operations.leaves import decide_leave, request_leave
from services.courses.operations.sessions import cancel_session
from services.courses.operations.sheets import Entry, Slot, record_sheet
from services.courses.storage import attendance
from shared.contracts.courses import ATTENDANCE_RECORDED, TRAINEE_WITHDRAWN
from shared.contracts.enrollment import TRAINEE_LEFT, TRAINEE_SUBSTITUTED
from shared.domain import Malformed, NotFound
from shared.vocabulary import AttendanceStatus, Delivery, HalfDay
from tests.courses.conftest import place

PRESENT, LATE, _EARLY, OFFICIAL, SICK, PERSONAL, ABSENT = AttendanceStatus


def standing(courses, session):
    return {row.enrollment_id: row for row in courses.look(attendance.sheet, session.id)}


def test_a_half_day_is_recorded_for_everyone_with_one_event(courses, make_cohort):
    cohort = make_cohort(4)
    first = cohort.sessions()[0]
    result = cohort.record(first, {cohort.ids[2]: SICK})
    assert (result.recorded, result.unchanged) == (4, 0)
    (event,) = courses.outbox(ATTENDANCE_RECORDED)
    assert event["data"]["sheet_id"] == str(first.id)
    assert (event["data"]["held_on"], event["data"]["half_day"], event["data"]["delivery"]) == ("2023-10-16", "morning", "offline")
    told = {entry["enrollment_id"]: (entry["status"], entry["attended"], entry["quarter_hours"]) for entry in event["data"]["entries"]}
    assert told[str(cohort.ids[0])] == ("present", True, 16)
    assert told[str(cohort.ids[2])] == ("sick_leave", False, 0)


def test_r14_the_same_sheet_again_changes_nothing(courses, make_cohort):
    cohort = make_cohort(3)
    first = cohort.sessions()[0]
    for _ in range(2):
        result = cohort.record(first, {cohort.ids[0]: ABSENT})
    assert (result.recorded, result.unchanged) == (0, 3)
    assert len(courses.outbox(ATTENDANCE_RECORDED)) == 1


def test_r14_a_recorded_slot_with_another_value_takes_a_correction(courses, make_cohort):
    cohort = make_cohort(3)
    first = cohort.sessions()[0]
    cohort.record(first)
    with pytest.raises(AlreadyRecorded) as refused:
        cohort.record(first, {cohort.ids[1]: LATE})
    assert refused.value.facts == {"count": 1, "names": "学员2"}
    assert standing(courses, first)[cohort.ids[1]].status == PRESENT


@pytest.mark.parametrize("status", [ABSENT, SICK, LATE])
def test_all_present_does_not_silently_keep_somebody_absent(make_cohort, status):
    cohort = make_cohort(3)
    first = cohort.sessions()[0]
    cohort.record(first, {cohort.ids[1]: status})
    with pytest.raises(AlreadyRecorded):
        cohort.record(first)


def test_who_is_missing_on_a_sheet_can_be_added_later(courses, make_cohort):
    cohort = make_cohort(3)
    first = cohort.sessions()[0]
    cohort.record(first, {cohort.ids[0]: PRESENT}, default=None)
    result = cohort.record(first, {cohort.ids[0]: PRESENT, cohort.ids[1]: LATE}, default=None)
    assert (result.recorded, result.unchanged) == (1, 1)
    assert cohort.ids[2] not in standing(courses, first)


def test_r14_leave_granted_afterwards_does_not_contradict_the_sheet_sent_again(courses, make_cohort):
    cohort = make_cohort(3)
    day = cohort.starts_on
    asked = courses.work(request_leave, cohort.ids[0], LeaveKind.OFFICIAL, Span(day, HalfDay.MORNING, day, HalfDay.MORNING), reason="会议")
    morning, afternoon = cohort.sessions()[:2]
    cohort.record(morning)
    assert standing(courses, morning)[cohort.ids[0]].status == PRESENT
    courses.work(decide_leave, asked.leave_id, approved=True)
    cohort.record(afternoon)
    assert standing(courses, afternoon)[cohort.ids[0]].status == PRESENT
    assert cohort.record(morning).recorded == 0


def test_r14_leave_granted_beforehand_is_marked_as_leave(courses, make_cohort):
    cohort = make_cohort(3)
    day = cohort.starts_on
    span = Span(day, HalfDay.MORNING, day, HalfDay.MORNING)
    asked = courses.work(request_leave, cohort.ids[0], LeaveKind.OFFICIAL, span, reason="会议")
    courses.work(decide_leave, asked.leave_id, approved=True)
    morning, afternoon = cohort.sessions()[:2]
    for session in (morning, afternoon):
        cohort.record(session)
    assert [standing(courses, session)[cohort.ids[0]].status for session in (morning, afternoon)] == [OFFICIAL, PRESENT]


def test_r10_a_later_mode_cannot_be_attended_before_it_is_open(make_cohort):
    cohort = make_cohort(2)
    with pytest.raises(ModeOutOfOrder):
        cohort.record(cohort.sessions()[4])


def test_a_cancelled_session_has_no_attendance(courses, make_cohort):
    cohort = make_cohort(2)
    first = cohort.sessions()[0]
    courses.work(cancel_session, first.id, reason="停电")
    with pytest.raises(SessionIsCancelled):
        cohort.record(first)


def test_nobody_has_attended_tomorrow(make_cohort):
    cohort = make_cohort(2, starts_on=date(2999, 1, 7), ends_on=date(2999, 1, 11))
    with pytest.raises(InTheFuture):
        cohort.record(cohort.sessions()[0])


def test_a_half_day_takes_place_on_one_day_only(courses, make_cohort):
    cohort = make_cohort(2)
    first = cohort.sessions()[0]
    cohort.hold(first, held_on=date(2023, 10, 17))
    with pytest.raises(HeldOnAnotherDay):
        courses.work(record_sheet, cohort.id, Slot(first.id, date(2023, 10, 16)), [Entry(cohort.ids[0], PRESENT)], source=Source.SHEET)


def test_all_problems_of_a_sheet_are_named_at_once(courses, make_cohort):
    cohort = make_cohort(2)
    courses.deliver(TRAINEE_SUBSTITUTED, cohort.id, {"cohort_id": cohort.id, "substituted_enrollment_id": cohort.ids[0], "place": place(9)})
    stranger = uuid4()
    marks = [Entry(cohort.ids[0], PRESENT), Entry(stranger, PRESENT), Entry(cohort.ids[1]), Entry(cohort.ids[1], PRESENT, 30)]
    with pytest.raises(Malformed) as refused:
        courses.work(record_sheet, cohort.id, Slot(cohort.sessions()[0].id), marks, source=Source.SHEET)
    assert [(problem.where, problem.code) for problem in refused.value.problems] == [
        ("entries.0.enrollment_id", "was_substituted"),
        ("entries.1.enrollment_id", "not_in_cohort"),
        ("entries.2.status", "status_or_minutes"),
        ("entries.3.status", "status_or_minutes"),
        ("entries.3.enrollment_id", "listed_twice"),
    ]
    assert standing(courses, cohort.sessions()[0]) == {}


def test_r25_who_left_after_three_days_keeps_them_and_is_not_marked_by_default(courses, make_cohort):
    cohort = make_cohort(3)
    leaver = cohort.people[0]
    courses.deliver(
        TRAINEE_LEFT,
        cohort.id,
        {"cohort_id": cohort.id, "enrollment_id": leaver["enrollment_id"], "person_id": leaver["person_id"], "checked_in": True},
    )
    first = cohort.sessions()[0]
    assert cohort.record(first).recorded == 2
    assert cohort.record(first, {leaver["enrollment_id"]: PRESENT}).recorded == 1


def test_r15_who_was_withdrawn_is_no_longer_marked_by_default(courses, make_cohort):
    cohort = make_cohort(3)
    cohort.teach({cohort.ids[0]: {1: ABSENT, 2: ABSENT}}, leave_open=7)
    fourth = cohort.sessions()[2]
    assert cohort.ids[0] not in standing(courses, fourth)
    assert len(courses.outbox(TRAINEE_WITHDRAWN)) == 1


def test_r17_minutes_convert_and_a_day_earns_no_more_than_eight_class_hours(courses, make_cohort):
    cohort = make_cohort(2, delivery=Delivery.ONLINE)
    day = date(2023, 10, 16)
    lectures = cohort.sessions()[:9]
    for session in lectures:
        entries = [Entry(cohort.ids[0], minutes=45), Entry(cohort.ids[1], minutes=16)]
        courses.work(record_sheet, cohort.id, Slot(session.id, day), entries, source=Source.PLATFORM)
    earned = [standing(courses, session)[cohort.ids[0]].quarter_hours for session in lectures]
    assert earned == [4] * 8 + [0]
    assert [standing(courses, session)[cohort.ids[1]].quarter_hours for session in lectures] == [2] * 9


def test_r17_the_day_is_the_persons_across_cohorts(courses, make_cohort):
    person = place(1)
    offline = make_cohort([person])
    online = make_cohort([place(1, person_id=person["person_id"])], delivery=Delivery.ONLINE)
    offline.record(offline.sessions()[0])
    offline.record(offline.sessions()[1])
    lecture = online.sessions()[0]
    courses.work(record_sheet, online.id, Slot(lecture.id, offline.starts_on), [Entry(online.ids[0], minutes=45)], source=Source.PLATFORM)
    assert standing(courses, lecture)[online.ids[0]].quarter_hours == 0


def test_an_unknown_session_or_slot_is_not_found(courses, make_cohort):
    cohort, other = make_cohort(1), make_cohort(1)
    for slot in (Slot(other.sessions()[0].id), Slot(None, date(2023, 10, 15), HalfDay.MORNING)):
        with pytest.raises(NotFound):
            courses.work(record_sheet, cohort.id, slot, [Entry(cohort.ids[0], PRESENT)], source=Source.SHEET)


def test_an_empty_sheet_is_refused(make_cohort):
    cohort = make_cohort(1)
    first = cohort.sessions()[0]
    with pytest.raises(Malformed):
        cohort.record(first, default=None)


def counted(courses, work):
    said = []

    def hear(_connection, _cursor, statement, *_rest):
        said.append(statement)

    listening.listen(courses.database.engine, "before_cursor_execute", hear)
    try:
        work()
    finally:
        listening.remove(courses.database.engine, "before_cursor_execute", hear)
    return [statement for statement in said if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]


@pytest.mark.parametrize("people", [5, 100])
def test_the_number_of_statements_does_not_depend_on_the_number_of_people(courses, make_cohort, people):
    cohort = make_cohort(people)
    first, second, third = cohort.sessions()[:3]
    said = counted(courses, lambda: cohort.record(first, {cohort.ids[0]: LATE}))
    assert sum("INSERT INTO attendance" in statement for statement in said) == 1
    assert sum("INSERT INTO outbox" in statement for statement in said) == 1
    assert len(said) == 11
    said = counted(courses, lambda: cohort.record(second, {cohort.ids[0]: SICK}))
    assert not any("UPDATE trainees" in statement for statement in said)
    said = counted(courses, lambda: cohort.record(third, dict.fromkeys(cohort.ids, ABSENT)))
    assert len(said) <= 19


@pytest.mark.parametrize("people", [5, 100])
def test_completing_everyone_takes_a_fixed_number_of_statements(courses, make_cohort, people):
    cohort = make_cohort(people)
    cohort.teach()
    cohort.settle(evaluations=False)
    evaluate = cohort.evaluate
    said = counted(courses, evaluate)
    assert len(said) <= 16
    assert sum("UPDATE trainees" in statement for statement in said) == 1


@pytest.fixture
def full_day(courses, make_cohort):
    """An online cohort of one who has watched eight units on one day, and its ninth unit."""
    cohort = make_cohort(1, delivery=Delivery.ONLINE)
    *watched, ninth = cohort.sessions()[:9]
    for session in watched:
        courses.work(
            record_sheet, cohort.id, Slot(session.id, cohort.starts_on), [Entry(cohort.ids[0], minutes=45)], source=Source.PLATFORM
        )
    return cohort, watched, ninth


def test_r17_a_correction_does_not_count_its_own_entry_against_the_day(courses, full_day):
    cohort, watched, _ninth = full_day
    corrected = courses.work(correct_attendance, watched[0].id, Entry(cohort.ids[0], minutes=35), reason="平台核对")
    assert corrected.new.quarter_hours == 4


def test_r17_what_was_superseded_no_longer_fills_the_day(courses, full_day):
    cohort, watched, ninth = full_day
    courses.work(correct_attendance, watched[0].id, Entry(cohort.ids[0], minutes=10), reason="平台核对")
    courses.work(record_sheet, cohort.id, Slot(ninth.id, cohort.starts_on), [Entry(cohort.ids[0], minutes=45)], source=Source.PLATFORM)
    assert standing(courses, ninth)[cohort.ids[0]].quarter_hours == 3
