"""The timetable follows from the plan and the cohort's days."""

from dataclasses import replace
from datetime import date, timedelta

from services.courses.domain.shipped_curricula import shipped_curriculum
from services.courses.domain.timetable import Slot, timetable, used_days
from shared.vocabulary import Category, Delivery, HalfDay

OFFLINE = shipped_curriculum(Category.PUBLIC_SCHOOL, Delivery.OFFLINE)
ONLINE = shipped_curriculum(Category.PUBLIC_SCHOOL, Delivery.ONLINE)


def test_ten_half_days_fill_five_days_morning_and_afternoon():
    slots = timetable(OFFLINE, date(2023, 10, 16), date(2023, 10, 20))
    assert slots[0] == Slot(date(2023, 10, 16), HalfDay.MORNING)
    assert slots[1] == Slot(date(2023, 10, 16), HalfDay.AFTERNOON)
    assert slots[-1] == Slot(date(2023, 10, 20), HalfDay.AFTERNOON)
    assert len(set(slots)) == 10


def test_a_class_from_30_december_to_3_january_teaches_over_new_year_and_the_weekend():
    assert used_days(timetable(OFFLINE, date(2022, 12, 30), date(2023, 1, 3))) == [
        date(2022, 12, 30) + timedelta(days=offset) for offset in range(5)
    ]


def test_a_longer_span_is_taught_on_working_days():
    days = used_days(timetable(OFFLINE, date(2023, 10, 18), date(2023, 10, 26)))
    assert days == [date(2023, 10, day) for day in (18, 19, 20, 23, 24)]


def test_units_for_which_the_days_do_not_suffice_have_no_day_yet():
    slots = timetable(OFFLINE, date(2023, 10, 16), date(2023, 10, 17))
    assert [slot.day is None for slot in slots] == [False] * 4 + [True] * 6


def test_online_units_are_spread_over_the_days_in_order_without_half_days():
    slots = timetable(ONLINE, date(2020, 6, 1), date(2020, 6, 8))
    days = [slot.day for slot in slots]
    assert days == sorted(days)
    assert {days.count(day) for day in set(days)} == {4}
    assert {slot.half_day for slot in slots} == {None}


def test_an_odd_number_of_half_days_ends_in_a_morning():
    slots = timetable(replace(OFFLINE, units=OFFLINE.units[:9]), date(2023, 10, 16), date(2023, 10, 20))
    assert slots[-1] == Slot(date(2023, 10, 20), HalfDay.MORNING)
