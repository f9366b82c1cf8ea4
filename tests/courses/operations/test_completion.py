"""R15, R16, R40: completion and withdrawal are told exactly when they change."""

from datetime import date

import pytest

from services.courses.domain.attendance import Source
from services.courses.domain.completion import Grade
from services.courses.domain.errors import EvaluationHandedIn, InTheFuture, NothingToCorrect
from services.courses.operations.corrections import Effect, correct_attendance
from services.courses.operations.results import assess_trainees, take_evaluations, take_pledges
from services.courses.operations.sheets import Entry
from services.courses.storage import attendance, trainees
from shared.contracts.courses import (
    ATTENDANCE_CORRECTED,
    COMPLETION_WITHDRAWN,
    EVALUATION_HANDED_IN,
    TRAINEE_REINSTATED,
    TRAINEE_WITHDRAWN,
    TRAINING_COMPLETED,
)
from shared.contracts.enrollment import TRAINEE_LEFT
from shared.domain import Malformed, NotFound
from shared.vocabulary import AttendanceStatus, Delivery, Role
from tests.conftest import actor

PRESENT, LATE, _EARLY, OFFICIAL, SICK, PERSONAL, ABSENT = AttendanceStatus


@pytest.fixture
def completed(make_cohort):
    cohort = make_cohort(3)
    cohort.teach()
    cohort.settle()
    return cohort


def told(courses, event_type):
    return [event["data"]["enrollment_id"] for event in courses.outbox(event_type)]


def test_r16_half_a_day_of_sick_leave_still_completes(courses, make_cohort):
    cohort = make_cohort(2)
    cohort.teach({cohort.ids[0]: {4: SICK}})
    cohort.settle()
    earned = {event["data"]["enrollment_id"]: event["data"]["earned_quarter_hours"] for event in courses.outbox(TRAINING_COMPLETED)}
    assert earned == {str(cohort.ids[0]): 144, str(cohort.ids[1]): 160}


def test_r15_a_day_of_leave_in_a_week_withdraws_and_is_told_once(courses, make_cohort):
    cohort = make_cohort(2)
    cohort.teach({cohort.ids[0]: {1: PERSONAL, 2: PERSONAL}})
    cohort.settle()
    (event,) = courses.outbox(TRAINEE_WITHDRAWN)
    assert event["data"]["enrollment_id"] == str(cohort.ids[0])
    assert (event["data"]["missed_quarter_hours"], event["data"]["total_quarter_hours"]) == (32, 160)
    assert told(courses, TRAINING_COMPLETED) == [str(cohort.ids[1])]


def test_r15_a_corrected_mistake_brings_a_withdrawn_trainee_back(courses, make_cohort):
    cohort = make_cohort(1)
    first, second = cohort.sessions()[:2]
    cohort.record(first, {cohort.ids[0]: ABSENT})
    cohort.record(second, {cohort.ids[0]: ABSENT})
    assert courses.look(trainees.trainee, cohort.ids[0]).withdrawn
    correction = courses.work(correct_attendance, first.id, Entry(cohort.ids[0], PRESENT), reason="漏签")
    assert correction.effects == (Effect.RETURNS,)
    assert not courses.look(trainees.trainee, cohort.ids[0]).withdrawn


def test_r14_a_correction_names_as_its_source_who_made_it(courses, make_cohort):
    cohort = make_cohort(1)
    session = cohort.sessions()[0]
    cohort.record(session)
    teacher = actor(Role.CLASS_TEACHER, cohort_ids=frozenset({cohort.id}))
    courses.work(correct_attendance, session.id, Entry(cohort.ids[0], ABSENT), reason="未到", by=teacher)
    courses.work(correct_attendance, session.id, Entry(cohort.ids[0], PRESENT), reason="核对", by=actor(Role.ORGANIZER, Role.CLASS_TEACHER))
    history = courses.look(attendance.entries_of, session.id, cohort.ids[0])
    assert [entry.source for entry in history] == [Source.SHEET, Source.CLASS_TEACHER, Source.ORGANIZER]


def test_r15_a_return_is_told_exactly_once_on_the_stream_of_the_enrollment(courses, make_cohort):
    cohort = make_cohort(2)
    first, second = cohort.sessions()[:2]
    for session in (first, second):
        cohort.record(session, dict.fromkeys(cohort.ids, ABSENT))
    mistaken = Entry(cohort.ids[0], PRESENT)
    courses.work(correct_attendance, first.id, mistaken, reason="", preview=True)
    assert courses.outbox(TRAINEE_REINSTATED) == []
    for _ in range(2):
        courses.work(correct_attendance, first.id, mistaken, reason="漏签")
    courses.work(correct_attendance, second.id, mistaken, reason="漏签")
    (event,) = courses.outbox(TRAINEE_REINSTATED)
    assert event["stream"] == f"courses/enrollment/{cohort.ids[0]}"
    person = {name: str(cohort.people[0][name]) for name in ("enrollment_id", "person_id")}
    assert event["data"] == {"cohort_id": str(cohort.id), **person}


def test_r15_withdrawn_returned_and_withdrawn_again_are_told_in_this_order(courses, make_cohort):
    cohort = make_cohort(1)
    first, second = cohort.sessions()[:2]
    for session in (first, second):
        cohort.record(session, {cohort.ids[0]: ABSENT})
    for status in (PRESENT, ABSENT, ABSENT, PRESENT):
        courses.work(correct_attendance, first.id, Entry(cohort.ids[0], status), reason="核对")
    stream = f"courses/enrollment/{cohort.ids[0]}"
    told_there = [(event["version"], event["type"]) for event in courses.outbox() if event["stream"] == stream]
    out, back = TRAINEE_WITHDRAWN.name, TRAINEE_REINSTATED.name
    assert told_there == [(1, out), (2, back), (3, out), (4, back)]


def test_r15_who_returns_and_so_completes_again_is_told_as_returned_first(courses, completed):
    who = completed.ids[0]
    second, third = completed.sessions()[1:3]
    for session, status in ((second, PERSONAL), (third, PERSONAL), (third, PRESENT)):
        courses.work(correct_attendance, session.id, Entry(who, status), reason="核对")
    told_there = [event["type"] for event in courses.outbox() if event["stream"] == f"courses/enrollment/{who}"]
    undone = [COMPLETION_WITHDRAWN.name, TRAINEE_WITHDRAWN.name]
    assert told_there[-4:] == [*undone, TRAINEE_REINSTATED.name, TRAINING_COMPLETED.name]


def test_r15_who_gave_the_place_up_does_not_return(courses, make_cohort):
    cohort = make_cohort(1)
    first, second = cohort.sessions()[:2]
    for session in (first, second):
        cohort.record(session, {cohort.ids[0]: ABSENT})
    person = cohort.people[0]
    data = {"cohort_id": cohort.id, "enrollment_id": person["enrollment_id"], "person_id": person["person_id"], "checked_in": True}
    courses.deliver(TRAINEE_LEFT, cohort.id, data)
    correction = courses.work(correct_attendance, first.id, Entry(cohort.ids[0], PRESENT), reason="漏签")
    assert Effect.RETURNS not in correction.effects
    assert courses.outbox(TRAINEE_REINSTATED) == []


def test_r16_the_last_requirement_completes_and_its_day_is_the_day_of_completion(courses, make_cohort):
    cohort = make_cohort(2)
    cohort.teach()
    cohort.settle(evaluations=False)
    assert told(courses, TRAINING_COMPLETED) == []
    courses.work(take_evaluations, cohort.id, {cohort.ids[0]: (True, "")}, handed_in_on=date(2023, 11, 5))
    (event,) = courses.outbox(TRAINING_COMPLETED)
    assert event["data"]["completed_on"] == "2023-11-05"


def test_r40_a_correction_that_undoes_a_completion_is_told_with_its_reasons(courses, completed):
    who = completed.ids[0]
    second, third = completed.sessions()[1:3]
    for session in (second, third):
        courses.work(correct_attendance, session.id, Entry(who, PERSONAL), reason="补登请假")
    (event,) = courses.outbox(COMPLETION_WITHDRAWN)
    assert event["data"]["enrollment_id"] == str(who)
    assert event["data"]["missing"] == ["withdrawn", "hours_missing"]
    assert event["stream"] == f"courses/enrollment/{who}"
    courses.work(correct_attendance, third.id, Entry(who, PRESENT), reason="请假已撤销")
    assert told(courses, TRAINING_COMPLETED).count(str(who)) == 2


def test_r40_a_preview_shows_the_effect_and_writes_nothing(courses, completed):
    who, session = completed.ids[0], completed.sessions()[4]
    before = len(courses.outbox())
    shown = courses.work(correct_attendance, session.id, Entry(who, ABSENT), reason="", preview=True)
    assert shown.effects == (Effect.NONE,)
    courses.work(correct_attendance, completed.sessions()[5].id, Entry(who, SICK), reason="病假")
    shown = courses.work(correct_attendance, session.id, Entry(who, ABSENT), reason="", preview=True)
    assert shown.effects == (Effect.UNDOES, Effect.WITHDRAWS)
    assert [item.code for item in shown.after.missing] == ["withdrawn", "mode_missing", "hours_missing"]
    assert len(courses.outbox()) == before + 1
    assert len(courses.look(attendance.entries_of, session.id, who)) == 1


@pytest.mark.parametrize("status", list(AttendanceStatus))
def test_r40_the_preview_foretells_what_the_correction_does(courses, make_cohort, status):
    cohort = make_cohort(1)
    cohort.teach({cohort.ids[0]: {1: SICK}})
    cohort.settle()
    session = cohort.sessions()[9]
    shown = courses.work(correct_attendance, session.id, Entry(cohort.ids[0], status), reason="", preview=True)
    courses.work(correct_attendance, session.id, Entry(cohort.ids[0], status), reason="核对")
    after = courses.work(correct_attendance, session.id, Entry(cohort.ids[0], status), reason="", preview=True)
    assert after.before == shown.after
    assert (courses.look(trainees.trainee, cohort.ids[0]).completed_on is None) == (shown.after.completed_on is None)


def test_r14_a_correction_keeps_the_old_value_who_and_why(courses, completed):
    who, session = completed.ids[0], completed.sessions()[0]
    courses.work(correct_attendance, session.id, Entry(who, LATE), reason="迟到二十分钟")
    first, second = courses.look(attendance.entries_of, session.id, who)
    assert (first.revision, first.status, first.reason) == (1, PRESENT, "")
    assert (second.revision, second.status, second.reason, second.recorded_by) == (2, LATE, "迟到二十分钟", "test-organizer")
    (event,) = courses.outbox(ATTENDANCE_CORRECTED)
    assert event["data"]["entry"]["status"] == "late"
    assert event["data"]["sheet_id"] == str(session.id)


def test_r14_a_correction_sent_twice_counts_once_and_needs_a_reason(courses, completed):
    who, session = completed.ids[0], completed.sessions()[0]
    for _ in range(2):
        courses.work(correct_attendance, session.id, Entry(who, LATE), reason="迟到")
    assert len(courses.outbox(ATTENDANCE_CORRECTED)) == 1
    with pytest.raises(Malformed):
        courses.work(correct_attendance, session.id, Entry(who, ABSENT), reason=" ")


def test_r14_only_what_is_recorded_can_be_corrected(courses, make_cohort):
    one, other = make_cohort(1), make_cohort(1)
    with pytest.raises(NothingToCorrect):
        courses.work(correct_attendance, one.sessions()[0].id, Entry(one.ids[0], ABSENT), reason="核对")
    with pytest.raises(NotFound):
        courses.work(correct_attendance, one.sessions()[0].id, Entry(other.ids[0], ABSENT), reason="核对")


def test_r17_corrected_minutes_convert_by_the_ladder_within_the_day(courses, make_cohort):
    cohort = make_cohort(1, delivery=Delivery.ONLINE)
    session = cohort.sessions()[0]
    cohort.record(session, default=Entry(cohort.ids[0], minutes=10))
    correction = courses.work(correct_attendance, session.id, Entry(cohort.ids[0], minutes=31), reason="平台补传")
    assert (correction.old.quarter_hours, correction.new.quarter_hours) == (1, 4)


def test_who_leaves_after_completing_loses_the_completion(courses, completed):
    person = completed.people[0]
    data = {"cohort_id": completed.id, "enrollment_id": person["enrollment_id"], "person_id": person["person_id"], "checked_in": True}
    courses.deliver(TRAINEE_LEFT, completed.id, data)
    (event,) = courses.outbox(COMPLETION_WITHDRAWN)
    assert event["data"]["missing"] == ["place_given_up"]


def test_results_repeat_without_effect_and_name_strangers(courses, make_cohort):
    one, other = make_cohort(2), make_cohort(1)
    for _ in range(2):
        taken = courses.work(assess_trainees, one.id, {one.ids[0]: Grade.QUALIFIED}, default_grade=Grade.EXCELLENT)
    assert (taken.recorded, taken.unchanged) == (0, 1)
    with pytest.raises(Malformed) as refused:
        courses.work(take_pledges, one.id, [one.ids[0], other.ids[0]])
    assert [problem.where for problem in refused.value.problems] == ["entries.1.enrollment_id"]
    with pytest.raises(InTheFuture):
        courses.work(take_pledges, one.id, [one.ids[0]], signed_on=date(2999, 1, 1))


def test_r16_a_grade_below_qualified_undoes_and_a_better_one_restores(courses, completed):
    courses.work(assess_trainees, completed.id, {completed.ids[0]: Grade.UNQUALIFIED}, assessed_on=date(2023, 10, 21))
    (event,) = courses.outbox(COMPLETION_WITHDRAWN)
    assert event["data"]["missing"] == ["assessment_unqualified"]
    courses.work(assess_trainees, completed.id, {completed.ids[0]: Grade.QUALIFIED}, assessed_on=date(2023, 10, 25))
    assert courses.outbox(TRAINING_COMPLETED)[-1]["data"]["completed_on"] == "2023-10-25"


def test_r30_an_evaluation_is_handed_in_once(courses, make_cohort):
    cohort = make_cohort(2)
    own = actor(Role.TRAINEE, person_id=cohort.people[0]["person_id"])
    for _ in range(2):
        courses.work(take_evaluations, cohort.id, {cohort.ids[0]: (True, "好")}, by=own)
    (event,) = courses.outbox(EVALUATION_HANDED_IN)
    assert event["data"]["satisfied"] is True
    with pytest.raises(EvaluationHandedIn):
        courses.work(take_evaluations, cohort.id, {cohort.ids[0]: (False, "")}, by=own)
    with pytest.raises(NotFound):
        courses.work(take_evaluations, cohort.id, {cohort.ids[1]: (True, "")}, by=own)
    with pytest.raises(NotFound):
        courses.work(take_evaluations, cohort.id, {}, by=own)
