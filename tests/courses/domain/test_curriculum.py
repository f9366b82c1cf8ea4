"""R10, R11: what a teaching plan may look like, and the plans that ship."""

from dataclasses import replace

import pytest

from services.courses.domain.curriculum import Unit
from services.courses.domain.shipped_curricula import shipped_curricula, shipped_curriculum
from shared.vocabulary import MODES_IN_ORDER, Category, Delivery, TeachingMode

OFFLINE = shipped_curriculum(Category.PUBLIC_SCHOOL, Delivery.OFFLINE)
ONLINE = shipped_curriculum(Category.PUBLIC_SCHOOL, Delivery.ONLINE)


def codes(curriculum):
    return [problem.code for problem in curriculum.problems()]


@pytest.mark.parametrize("curriculum", shipped_curricula(), ids=lambda c: f"{c.category}-{c.delivery}")
def test_every_shipped_plan_can_be_taught(curriculum):
    assert curriculum.problems() == []


def test_the_shipped_offline_plan_has_ten_half_days_and_forty_class_hours_in_the_four_modes():
    assert len(OFFLINE.units) == 10
    assert OFFLINE.total_quarter_hours == 40 * 4
    assert list(dict.fromkeys(unit.mode for unit in OFFLINE.units)) == list(MODES_IN_ORDER)


def test_r11_the_shipped_online_plan_has_thirty_two_class_hours_and_virtual_visits():
    assert ONLINE.total_quarter_hours == 32 * 4
    assert {unit.mode for unit in ONLINE.units if unit.virtual} == {TeachingMode.ONSITE_TEACHING, TeachingMode.OBSERVATION_TOUR}


def test_r10_units_stand_in_the_order_of_the_modes():
    assert codes(replace(OFFLINE, units=OFFLINE.units[::-1])).count("unit_out_of_order") == 8


def test_r11_online_a_visit_is_virtual_or_waived():
    real = tuple(replace(unit, virtual=False) for unit in ONLINE.units)
    assert set(codes(replace(ONLINE, units=real))) == {"virtual_visit"}
    taught = (TeachingMode.THEMED_LECTURE, TeachingMode.EXCHANGE_SEMINAR)
    rest = tuple(unit for unit in ONLINE.units if unit.mode in taught)
    assert codes(replace(ONLINE, units=rest)) == ["mode_missing", "mode_missing"]
    waived = frozenset({TeachingMode.ONSITE_TEACHING, TeachingMode.OBSERVATION_TOUR})
    assert codes(replace(ONLINE, units=rest, waived=waived)) == []


def test_r11_lectures_and_seminars_cannot_be_waived_and_offline_nothing_can():
    without = tuple(unit for unit in ONLINE.units if unit.mode != TeachingMode.EXCHANGE_SEMINAR)
    assert codes(replace(ONLINE, units=without, waived=frozenset({TeachingMode.EXCHANGE_SEMINAR}))) == ["mode_not_waivable"]
    without = tuple(unit for unit in OFFLINE.units if unit.mode != TeachingMode.OBSERVATION_TOUR)
    assert codes(replace(OFFLINE, units=without, waived=frozenset({TeachingMode.OBSERVATION_TOUR}))) == ["mode_not_waivable"]


def test_a_plan_names_all_its_problems_at_once_with_their_places():
    wrong = replace(OFFLINE, units=(Unit(TeachingMode.THEMED_LECTURE, "讲座", 17), *OFFLINE.units[1:]), required_numerator=8, ledgers=())
    assert [(p.where, p.code) for p in wrong.problems()] == [
        ("units.0.quarter_hours", "unit_hours"),
        ("required_numerator", "required_share"),
        ("ledgers", "ledger_missing"),
    ]


def test_r17_an_online_unit_is_no_longer_than_the_top_of_the_ladder():
    assert "unit_hours" in codes(replace(ONLINE, units=(Unit(TeachingMode.THEMED_LECTURE, "讲座", 8), *ONLINE.units)))
