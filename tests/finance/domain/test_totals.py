"""Totals over many: joint lectures, rates, periods, and who is one person."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.finance.domain.facts import Facts, Intake, Session
from services.finance.domain.figures import Figures
from services.finance.domain.people import one_person
from services.finance.domain.period import Filters, Period, period_of, year_of
from services.finance.domain.totals import count, figures
from shared.domain import Malformed
from shared.vocabulary import Category, Delivery, OrganizedBy

INTAKE = Intake(uuid4(), Category.PUBLIC_SCHOOL, Delivery.OFFLINE, OrganizedBy.CITY, date(2023, 5, 12), closed=True)


def taught(*sessions: Session, filters: Filters | None = None) -> int | None:
    return figures(count(Facts({INTAKE.id: INTAKE}, sessions=sessions)), filters or Filters()).taught_quarter_hours


def test_a_lecture_to_two_cohorts_at_once_is_taught_once() -> None:
    alone = Session(uuid4(), uuid4(), INTAKE.id, Delivery.OFFLINE, date(2023, 5, 8), 16)
    joint = replace(alone, id=uuid4(), joint_lecture_id=uuid4())
    twin = replace(joint, id=uuid4(), cohort_id=uuid4())
    assert taught(alone) == 16
    assert taught(alone, joint, twin) == 32


def test_a_lecture_is_given_to_a_cohort_and_to_no_county() -> None:
    alone = Session(uuid4(), uuid4(), INTAKE.id, Delivery.OFFLINE, date(2023, 5, 8), 16)
    assert taught(alone, filters=Filters(county_code="131002")) is None


def test_rates_are_rounded_half_up_and_absent_without_a_whole() -> None:
    one = Figures(offline=3, completed=2, confirmed=8, checked_in=7, answers=16, satisfied=15)
    assert (one.completion_rate, one.show_up_rate, one.satisfaction) == (Decimal("0.6667"), Decimal("0.8750"), Decimal("0.9375"))
    assert (Figures().completion_rate, Figures().show_up_rate, Figures().satisfaction) == (None, None, None)


def test_merged_records_are_one_person_in_whatever_order_and_direction_they_were_merged() -> None:
    a, b, c, d = (UUID(int=number) for number in (4, 3, 2, 1))
    for pairs in permutations([(a, b), (c, b), (d, c)]):
        assert set(one_person(pairs).values()) == {d}
        assert set(one_person([(other, one) for one, other in pairs]).values()) == {d}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_the_people_left_are_the_groups_that_merges_connect(pairs: list[tuple[int, int]]) -> None:
    groups = [{number} for number in range(10)]
    for one, other in pairs:
        first = next(group for group in groups if one in group)
        second = next(group for group in groups if other in group)
        if first is not second:
            groups.remove(second)
            first |= second
    people = one_person([(UUID(int=one), UUID(int=other)) for one, other in pairs])
    assert {people.get(UUID(int=number), UUID(int=number)) for number in range(10)} == {UUID(int=min(group)) for group in groups}


@pytest.mark.parametrize(
    ("year", "first", "last", "codes"),
    [
        (2023, date(2023, 1, 1), None, ["year_and_days"]),
        (1066, None, None, ["year_out_of_range"]),
        (None, date(2023, 2, 1), date(2023, 1, 1), ["period_reversed"]),
        (1066, date(2023, 2, 1), date(2023, 1, 1), ["year_out_of_range", "year_and_days", "period_reversed"]),
    ],
)
def test_a_period_that_contradicts_itself_is_refused_with_every_reason(
    year: int | None, first: date | None, last: date | None, codes: list[str]
) -> None:
    with pytest.raises(Malformed) as refused:
        period_of(year, first, last)
    assert [problem.code for problem in refused.value.problems] == codes


def test_a_year_holds_its_first_and_last_day() -> None:
    assert period_of(2023, None, None) == year_of(2023) == Period(date(2023, 1, 1), date(2023, 12, 31))
    assert year_of(2023).holds(date(2023, 12, 31))
    assert not year_of(2023).holds(date(2024, 1, 1))
