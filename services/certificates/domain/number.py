"""The certificate number: issuer prefix, year, intake, category and serial (R39)."""

from dataclasses import dataclass
from datetime import date

from shared.vocabulary import Category

CATEGORY_CODES = {Category.PUBLIC_SCHOOL: "GB", Category.PRIVATE_SCHOOL: "MB", Category.PARTY_AND_IDEOLOGY: "DS"}


@dataclass(frozen=True)
class Series:
    """The numbers of one intake: ``LFJG-2023-12-GB``. The year is that of the intake's end."""

    prefix: str
    year: int
    intake_number: int
    category_code: str

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}-{self.intake_number:02d}-{self.category_code}"


def series_of(prefix: str, *, ends_on: date, intake_number: int, category: Category, codes: dict[Category, str] = CATEGORY_CODES) -> Series:
    """The series in which an intake's certificates are counted."""
    return Series(prefix, ends_on.year, intake_number, codes[category])


def number_of(series: Series, serial: int) -> str:
    """The number as it is printed: ``LFJG-2023-12-GB-0001``. Serials begin at 1."""
    if serial < 1:
        raise ValueError(f"serials begin at 1, not {serial}")
    return f"{series}-{serial:04d}"


def as_typed(number: str) -> str:
    """A number as somebody typed it, in the form in which it is stored."""
    return number.strip().upper().replace("—", "-").replace("–", "-").replace("－", "-").replace(" ", "")
