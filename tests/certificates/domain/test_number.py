"""R39: the number of a certificate."""

from datetime import date

import pytest

from services.certificates.domain.number import as_typed, number_of, series_of
from shared.vocabulary import Category


def test_r39_the_number_names_issuer_year_intake_category_and_serial() -> None:
    series = series_of("LFJG", ends_on=date(2023, 3, 17), intake_number=12, category=Category.PUBLIC_SCHOOL)
    assert number_of(series, 1) == "LFJG-2023-12-GB-0001"


@pytest.mark.parametrize(("category", "code"), [("public_school", "GB"), ("private_school", "MB"), ("party_and_ideology", "DS")])
def test_r39_each_category_has_its_code(category: str, code: str) -> None:
    series = series_of("LFJG", ends_on=date(2019, 9, 6), intake_number=2, category=Category(category))
    assert str(series) == f"LFJG-2019-02-{code}"


def test_r39_an_intake_over_new_year_is_numbered_in_the_year_in_which_it_ends() -> None:
    series = series_of("LFJG", ends_on=date(2024, 1, 3), intake_number=15, category=Category.PRIVATE_SCHOOL)
    assert number_of(series, 200) == "LFJG-2024-15-MB-0200"


def test_r39_the_ten_thousandth_certificate_of_a_series_still_has_a_number_of_its_own() -> None:
    series = series_of("LFJG", ends_on=date(2024, 1, 3), intake_number=15, category=Category.PRIVATE_SCHOOL)
    assert number_of(series, 10_000) == "LFJG-2024-15-MB-10000"


def test_r39_there_is_no_certificate_number_zero() -> None:
    series = series_of("LFJG", ends_on=date(2024, 1, 3), intake_number=15, category=Category.PRIVATE_SCHOOL)
    with pytest.raises(ValueError, match="begin at 1"):
        number_of(series, 0)


def test_a_number_is_found_however_it_was_typed() -> None:
    assert as_typed("  lfjg－2023–12-gb - 0001 ") == "LFJG-2023-12-GB-0001"
