"""R14, R15: leave is asked for, weighed against the seventh, and decided once."""

from datetime import date

import pytest

from services.courses.domain.errors import LeaveDecided, PlaceGivenUp
from services.courses.domain.leave import LeaveKind, LeaveState, Span
from services.courses.operations.leaves import decide_leave, request_leave
from shared.contracts.courses import TRAINEE_WITHDRAWN
from shared.domain import Malformed, NotFound
from shared.vocabulary import AttendanceStatus, HalfDay, Role
from tests.conftest import actor

MORNING, AFTERNOON = HalfDay
MONDAY, TUESDAY = date(2023, 10, 16), date(2023, 10, 17)


def ask(courses, cohort, span, **how):
    return courses.work(request_leave, cohort.ids[0], LeaveKind.PERSONAL, span, **{"reason": "家中有事", **how})


def test_r15_a_request_says_whether_it_would_end_the_training(courses, make_cohort):
    cohort = make_cohort(2)
    half = ask(courses, cohort, Span(MONDAY, MORNING, MONDAY, MORNING))
    assert (half.quarter_hours, half.leave_left, half.would_withdraw) == (16, 22, False)
    day = ask(courses, cohort, Span(MONDAY, AFTERNOON, TUESDAY, MORNING))
    assert (day.quarter_hours, day.would_withdraw) == (32, True)
    assert courses.outbox(TRAINEE_WITHDRAWN) == []


def test_r15_what_was_missed_before_counts(courses, make_cohort):
    cohort = make_cohort(2)
    first = cohort.sessions()[0]
    cohort.hold(first)
    cohort.record(first, {cohort.ids[0]: AttendanceStatus.SICK_LEAVE})
    asked = ask(courses, cohort, Span(TUESDAY, MORNING, TUESDAY, MORNING))
    assert (asked.missed_before, asked.leave_left, asked.would_withdraw) == (16, 6, True)


def test_leave_is_decided_once_and_the_same_decision_repeats_without_effect(courses, make_cohort):
    cohort = make_cohort(2)
    asked = ask(courses, cohort, Span(MONDAY, MORNING, MONDAY, MORNING))
    for _ in range(2):
        assert courses.work(decide_leave, asked.leave_id, approved=True).state == LeaveState.APPROVED
    with pytest.raises(LeaveDecided):
        courses.work(decide_leave, asked.leave_id, approved=False)


def test_r45_a_trainee_asks_for_own_leave_only_and_decides_none(courses, make_cohort):
    cohort = make_cohort(2)
    own = actor(Role.TRAINEE, person_id=cohort.people[0]["person_id"])
    other = actor(Role.TRAINEE, person_id=cohort.people[1]["person_id"])
    span = Span(MONDAY, MORNING, MONDAY, MORNING)
    asked = ask(courses, cohort, span, by=own)
    with pytest.raises(NotFound):
        ask(courses, cohort, span, by=other)
    with pytest.raises(NotFound):
        courses.work(decide_leave, asked.leave_id, approved=True, by=own)
    foreign = actor(Role.CLASS_TEACHER, cohort_ids=frozenset())
    with pytest.raises(NotFound):
        courses.work(decide_leave, asked.leave_id, approved=True, by=foreign)


def test_leave_needs_a_reason_and_a_place_in_training(courses, make_cohort):
    cohort = make_cohort(2)
    span = Span(MONDAY, MORNING, MONDAY, MORNING)
    with pytest.raises(Malformed):
        ask(courses, cohort, span, reason="  ")
    cohort.teach({cohort.ids[0]: {1: AttendanceStatus.ABSENT, 2: AttendanceStatus.ABSENT}}, leave_open=8)
    with pytest.raises(PlaceGivenUp):
        ask(courses, cohort, span)
