"""R16: completion with its explanation: what is missing, how much, and whether it can still be had."""

from dataclasses import replace
from datetime import date

import pytest

from services.courses.domain.completion import Course, Grade, ModeRecord, Outlook, TraineeRecord, judge
from shared.vocabulary import TeachingMode

LECTURE, ONSITE, SEMINAR, TOUR = TeachingMode
COURSE = Course(
    planned_total=160,
    modes={LECTURE: (16,) * 4, ONSITE: (16, 16), SEMINAR: (16, 16), TOUR: (16, 16)},
    open_sessions=0,
    last_day=date(2023, 10, 20),
)
ALL = {LECTURE: ModeRecord(64, 4, 64), ONSITE: ModeRecord(32, 2, 32), SEMINAR: ModeRecord(32, 2, 32), TOUR: ModeRecord(32, 2, 32)}
DONE = TraineeRecord(
    modes=ALL,
    last_attended_on=date(2023, 10, 20),
    grade=Grade.QUALIFIED,
    assessed_on=date(2023, 10, 20),
    pledged_on=date(2023, 10, 16),
    evaluated_on=date(2023, 10, 20),
)


def missing(course, trainee):
    return [(item.code, dict(item.facts), item.reachable) for item in judge(course, trainee).missing]


def test_r16_who_has_met_every_rule_has_completed_on_the_last_day():
    standing = judge(COURSE, DONE)
    assert (standing.outlook, standing.earned, standing.completed_on) == (Outlook.DONE, 160, date(2023, 10, 20))


def test_r16_a_requirement_met_after_the_last_day_moves_the_day_of_completion():
    assert judge(COURSE, replace(DONE, evaluated_on=date(2023, 11, 2))).completed_on == date(2023, 11, 2)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"grade": None}, ("assessment_missing", {}, True)),
        ({"grade": Grade.UNQUALIFIED}, ("assessment_unqualified", {}, True)),
        ({"pledged_on": None}, ("pledge_missing", {}, True)),
        ({"evaluated_on": None}, ("evaluation_missing", {}, True)),
        ({"gave_up": True}, ("place_given_up", {}, False)),
        ({"missed": 24}, ("withdrawn", {"missed": 24, "total": 160}, False)),
    ],
)
def test_r16_each_rule_alone_keeps_from_completion(change, expected):
    assert missing(COURSE, replace(DONE, **change)) == [expected]


def test_r16_the_evaluation_can_be_switched_off():
    assert judge(replace(COURSE, evaluation_required=False), replace(DONE, evaluated_on=None)).outlook == Outlook.DONE


def test_r16_a_missing_mode_is_named_with_its_hours_and_reachable_while_a_session_is_open():
    modes = {**ALL, ONSITE: ModeRecord()}
    found = missing(COURSE, replace(DONE, modes=modes))
    assert ("mode_missing", {"mode": ONSITE, "quarter_hours": 16}, True) in found
    modes = {**ALL, ONSITE: ModeRecord(0, 0, 32)}
    found = missing(COURSE, replace(DONE, modes=modes))
    assert ("mode_missing", {"mode": ONSITE, "quarter_hours": 16}, False) in found
    assert judge(COURSE, replace(DONE, modes=modes)).outlook == Outlook.UNREACHABLE


def test_r16_six_sevenths_of_the_hours_are_enough_and_a_quarter_less_is_not():
    assert COURSE.required == 138
    just = {**ALL, LECTURE: ModeRecord(42, 3, 64)}
    assert judge(COURSE, replace(DONE, modes=just)).outlook == Outlook.DONE
    short = {**ALL, LECTURE: ModeRecord(41, 3, 64)}
    assert missing(COURSE, replace(DONE, modes=short)) == [("hours_missing", {"quarter_hours": 1}, False)]
    still_open = {**ALL, LECTURE: ModeRecord(41, 3, 48)}
    assert missing(COURSE, replace(DONE, modes=still_open)) == [("hours_missing", {"quarter_hours": 1}, True)]


def test_r16_nobody_completes_while_sessions_are_still_to_come():
    assert missing(replace(COURSE, open_sessions=1), DONE) == [("training_not_over", {"sessions": 1}, True)]


def test_r16_a_cancelled_session_lowers_the_hours_asked_and_not_the_seventh():
    course = replace(COURSE, modes={**COURSE.modes, LECTURE: (16,) * 3})
    assert (course.total, course.required, course.planned_total) == (144, 124, 160)


def test_r12_the_tour_needs_all_stops_less_the_allowed_number():
    course = replace(COURSE, stops=4, stops_allowed_missing=1)
    assert missing(course, replace(DONE, stops_checked_in=2)) == [("stops_missing", {"stops": 1}, True)]
    assert judge(course, replace(DONE, stops_checked_in=3)).outlook == Outlook.DONE


def test_r16_everything_missing_is_named_at_once():
    found = [item.code for item in judge(replace(COURSE, open_sessions=10), TraineeRecord()).missing]
    assert found == ["mode_missing"] * 4 + [
        "hours_missing",
        "training_not_over",
        "assessment_missing",
        "pledge_missing",
        "evaluation_missing",
    ]
