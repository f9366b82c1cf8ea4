"""Mobile phone numbers as counties type them (R8), and how they are shown (R44)."""

import pytest

from services.enrollment.domain.phone import masked, read_phone


@pytest.mark.parametrize(
    "typed",
    [
        "13100000025",
        "１３１００００００２５",
        "+86 131-0000-0025",
        "86 13100000025",
        "0086-13100000025",
        "131 0000 0025",
        13100000025,
        13100000025.0,
    ],
)
def test_one_number_written_in_many_ways(typed):
    assert read_phone(typed, "L4") == ("13100000025", [])


@pytest.mark.parametrize("typed", ["12100000025", "1310000002", "131000000255", "0316-2012345", "一三一"])
def test_other_numbers_are_refused(typed):
    text, problems = read_phone(typed, "L4")
    assert (text, [problem.code for problem in problems]) == ("", ["phone_wrong"])


def test_a_missing_number_is_only_a_warning():
    assert [(problem.code, problem.warning) for problem in read_phone(None, "L4")[1]] == [("phone_missing", True)]


def test_the_mask_hides_the_middle():
    assert masked("13812341234") == "138****1234"
