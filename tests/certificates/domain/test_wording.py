"""R42: dates and class hours as a certificate words them."""

from datetime import date

import pytest

from services.certificates.domain.wording import chinese_date, chinese_span, class_hours, english_span


def test_r42_dates_in_chinese_carry_no_leading_zero() -> None:
    assert chinese_date(date(2023, 5, 9)) == "2023年5月9日"


@pytest.mark.parametrize(
    ("first", "last", "chinese", "english"),
    [
        (date(2023, 5, 9), date(2023, 5, 9), "2023年5月9日", "9 May 2023"),
        (date(2023, 5, 9), date(2023, 5, 13), "2023年5月9日至5月13日", "9–13 May 2023"),
        (date(2023, 5, 30), date(2023, 6, 3), "2023年5月30日至6月3日", "30 May – 3 June 2023"),
        (date(2023, 12, 30), date(2024, 1, 3), "2023年12月30日至2024年1月3日", "30 December 2023 – 3 January 2024"),
    ],
)
def test_r42_a_span_says_the_year_once_unless_it_changes(first: date, last: date, chinese: str, english: str) -> None:
    assert chinese_span(first, last) == chinese
    assert english_span(first, last) == english


@pytest.mark.parametrize(("quarter_hours", "hours"), [(160, "40"), (128, "32"), (150, "37.5"), (149, "37.25"), (3, "0.75"), (0, "0")])
def test_class_hours_are_worded_exactly(quarter_hours: int, hours: str) -> None:
    assert class_hours(quarter_hours) == hours
