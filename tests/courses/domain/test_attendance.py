"""R14, R17, R25: what an entry of the sheet is worth."""

import pytest

from services.courses.domain.attendance import Credit, credit_for_minutes, credit_for_status, within_day
from shared.vocabulary import AttendanceStatus


@pytest.mark.parametrize(
    ("status", "worth"),
    [
        (AttendanceStatus.PRESENT, (True, 16, 0, 0)),
        (AttendanceStatus.LATE, (True, 16, 0, 0)),
        (AttendanceStatus.LEFT_EARLY, (True, 16, 0, 0)),
        (AttendanceStatus.OFFICIAL_LEAVE, (False, 0, 16, 0)),
        (AttendanceStatus.SICK_LEAVE, (False, 0, 16, 0)),
        (AttendanceStatus.PERSONAL_LEAVE, (False, 0, 16, 0)),
        (AttendanceStatus.ABSENT, (False, 0, 16, 16)),
    ],
)
def test_r14_each_status_counts_as_attended_leave_or_unexcused(status, worth):
    assert credit_for_status(status, 16) == Credit(status, *worth)


@pytest.mark.parametrize(("minutes", "quarters"), [(0, 0), (1, 1), (15, 1), (16, 2), (29, 2), (30, 4), (45, 4), (600, 4)])
def test_r17_minutes_watched_convert_by_the_ladder(minutes, quarters):
    assert credit_for_minutes(minutes, 4).quarter_hours == quarters


def test_r17_a_unit_never_earns_more_than_it_is_long():
    assert credit_for_minutes(45, 2).quarter_hours == 2


def test_r15_a_unit_of_which_nothing_was_watched_is_an_absence():
    assert credit_for_minutes(0, 4) == credit_for_status(AttendanceStatus.ABSENT, 4)


def test_r17_a_day_earns_no_more_than_eight_class_hours():
    hour = credit_for_minutes(45, 4)
    assert within_day(hour, 28).quarter_hours == 4
    assert within_day(hour, 30).quarter_hours == 2
    above = within_day(hour, 32)
    assert (above.quarter_hours, above.attended) == (0, True)
    assert within_day(hour, 40).quarter_hours == 0
