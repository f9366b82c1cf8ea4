"""Resident ID numbers as counties type them (R6), and how they are shown (R44)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrollment.domain.resident_id import check_digit, masked, read_resident_id

DAY = date(2019, 5, 6)
GOOD = "131099196902020035"


def codes(value, on=DAY):
    return [problem.code for problem in read_resident_id(value, "K4", on)[1]]


def test_a_good_number_tells_birthday_and_sex():
    found, problems = read_resident_id(GOOD, "K4", DAY)
    assert problems == []
    assert (found.number, found.born_on, found.sex) == (GOOD, date(1969, 2, 2), "男")


@pytest.mark.parametrize("typed", [f" {GOOD} ", "１３１０９９１９６９０２０２００３５", "131099 19690202 0035", f"\u200b{GOOD}"])
def test_full_width_digits_and_blanks_are_forgiven(typed):
    assert read_resident_id(typed, "K4", DAY)[0].number == GOOD


def test_a_small_x_is_a_large_one():
    assert read_resident_id("13109919830416031x", "K4", DAY)[0].number == "13109919830416031X"


@pytest.mark.parametrize("typed", [1.3109919680226e17, 131099196802260000, True])
def test_a_number_typed_as_number_is_refused_on_its_own_ground(typed):
    assert codes(typed) == ["id_is_a_number"]


def test_a_damaged_number_that_happens_to_pass_the_checksum_is_refused_all_the_same():
    bodies = (f"131099{date(1969, 1, 1) + timedelta(days=days):%Y%m%d}000" for days in range(400))
    passing = next(body + "0" for body in bodies if check_digit(body) == "0")
    assert read_resident_id(passing, "K4", DAY)[0] is not None
    assert codes(float(passing)) == ["id_is_a_number"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ["id_missing"]),
        (None, ["id_missing"]),
        ("13109919690202003", ["id_length"]),
        ("1310991969020200355", ["id_length"]),
        ("13109919690202003Y", ["id_characters"]),
        ("1310991969O2020035", ["id_characters"]),
        ("13109X196902020035", ["id_characters"]),
        ("131099-96902", ["id_length", "id_characters"]),
        ("13109919691302003" + check_digit("13109919691302003"), ["id_date"]),
        ("13109919690230003" + check_digit("13109919690230003"), ["id_date"]),
        ("131099196902020036", ["id_checksum"]),
    ],
)
def test_length_characters_date_and_checksum_are_separate_errors(typed, expected):
    assert codes(typed) == expected


def number(area, birthday, sequence="003"):
    body = f"{area}{birthday:%Y%m%d}{sequence}"
    return body + check_digit(body)


def test_sixteen_is_old_enough_and_a_day_less_is_not():
    assert codes(number("131099", date(2003, 5, 6))) == []
    assert codes(number("131099", date(2003, 5, 7))) == ["id_age"]


def test_a_hundred_is_young_enough_and_a_hundred_and_one_is_not():
    assert codes(number("131099", date(1919, 5, 6))) == []
    assert codes(number("131099", date(1918, 5, 6))) == ["id_age"]


def test_an_unknown_area_is_only_a_warning():
    found, problems = read_resident_id(number("990101", date(1970, 1, 1)), "K4", DAY)
    assert found is not None
    assert [(problem.code, problem.warning) for problem in problems] == [("id_area", True)]


def test_a_problem_names_its_cell():
    assert read_resident_id("1", "K4", DAY)[1][0].where == "K4"


def test_the_mask_shows_two_characters_at_each_end():
    assert masked("13109919830416031X") == "13**************1X"


@given(st.dates(date(1930, 1, 1), date(2000, 1, 1)), st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(birthday, sequence, place, shift):
    good = number("131099", birthday, f"{sequence:03d}")
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert read_resident_id(good, "K4", DAY)[0].number == good
    assert "id_checksum" in codes(wrong)
