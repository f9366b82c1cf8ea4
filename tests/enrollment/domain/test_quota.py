"""How seats are split over counties (R4) and people over groups (R13)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrollment.domain.errors import QuotaBelowTaken, QuotaSumWrong
from services.enrollment.domain.groups import groups_of_ten
from services.enrollment.domain.quota import check_grid, largest_remainder

PUBLIC_SCHOOLS = {
    "131000": 27, "131002": 74, "131003": 84, "131022": 90, "131023": 60, "131024": 70,
    "131025": 75, "131026": 85, "131028": 27, "131071": 20, "131081": 115, "131082": 150,
}  # fmt: skip
SEATS = {
    "131000": 3, "131002": 8, "131003": 10, "131022": 10, "131023": 7, "131024": 8,
    "131025": 9, "131026": 10, "131028": 3, "131071": 2, "131081": 13, "131082": 17,
}  # fmt: skip
counties = st.dictionaries(st.sampled_from(sorted(PUBLIC_SCHOOLS)), st.integers(0, 400), min_size=1)


def test_the_model_citys_877_schools_share_100_seats_as_the_city_does():
    assert largest_remainder(PUBLIC_SCHOOLS, 100) == SEATS


@given(counties, st.integers(0, 500))
def test_a_split_adds_up_exactly_and_stays_within_one_of_the_fair_share(weights, seats):
    split = largest_remainder(weights, seats)
    total = sum(weights.values())
    assert sum(split.values()) == (seats if total else 0)
    assert all(abs(split[code] * total - weights[code] * seats) < max(total, 1) for code in weights)


def test_counties_without_schools_get_no_seat():
    assert largest_remainder({"a": 0, "b": 5}, 7) == {"a": 0, "b": 7}


def test_a_grid_of_99_is_refused():
    with pytest.raises(QuotaSumWrong):
        check_grid({**SEATS, "131082": 16}, {}, 100)


def test_a_cell_never_drops_below_what_is_used_in_it():
    check_grid(SEATS, {"131071": 2}, 100)
    with pytest.raises(QuotaBelowTaken):
        check_grid({**SEATS, "131071": 1, "131082": 18}, {"131071": 2}, 100)


def test_a_county_left_out_of_the_grid_counts_as_none():
    with pytest.raises(QuotaBelowTaken):
        check_grid({"131082": 100}, {"131071": 1}, 100)


def test_100_people_make_ten_groups_of_ten():
    assert set(Counter(groups_of_ten(["x"] * 100)).values()) == {10}


def test_95_people_make_five_groups_of_ten_and_five_of_nine():
    assert Counter(Counter(groups_of_ten(["x"] * 95)).values()) == {10: 5, 9: 5}


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=130))
def test_counties_spread_over_the_groups(people):
    numbers = groups_of_ten(people)
    sizes = Counter(numbers)
    assert max(sizes.values()) - min(sizes.values()) <= 1
    assert max(sizes.values()) <= 10
    for county in set(people):
        of_county = Counter(number for number, home in zip(numbers, people, strict=True) if home == county)
        spread = [of_county[number] for number in sizes]
        assert max(spread) - min(spread) <= 1
