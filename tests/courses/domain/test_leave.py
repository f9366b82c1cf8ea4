"""R14: which slots a leave covers."""

from datetime import date

import pytest

from services.courses.domain.leave import LeaveKind, Span
from shared.domain import Malformed
from shared.vocabulary import AttendanceStatus, HalfDay

MORNING, AFTERNOON = HalfDay
DAY, NEXT = date(2023, 10, 17), date(2023, 10, 18)


def test_r14_a_leave_covers_the_half_days_from_its_first_to_its_last():
    span = Span(DAY, AFTERNOON, NEXT, MORNING)
    covered = [span.covers(day, half) for day in (DAY, NEXT) for half in HalfDay]
    assert covered == [False, True, True, False]
    assert not span.covers(None, None)


def test_r14_an_online_unit_is_covered_with_its_day():
    assert Span(DAY, AFTERNOON, DAY, AFTERNOON).covers(DAY, None)


def test_r14_a_leave_cannot_end_before_it_begins():
    with pytest.raises(Malformed):
        Span(DAY, AFTERNOON, DAY, MORNING)


def test_r14_each_kind_of_leave_has_its_status_on_the_sheet():
    assert [kind.status for kind in LeaveKind] == [
        AttendanceStatus.OFFICIAL_LEAVE,
        AttendanceStatus.SICK_LEAVE,
        AttendanceStatus.PERSONAL_LEAVE,
    ]
