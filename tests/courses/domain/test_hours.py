"""R18, R19: hours by the year of the day attended, in separate books."""

from datetime import date

from services.courses.domain.hours import EarnedHours, YearHours, hours_by_year
from shared.vocabulary import Ledger


def test_r19_a_class_over_new_year_splits_its_hours_between_the_years():
    days = [date(2022, 12, 30), date(2022, 12, 31), date(2023, 1, 1), date(2023, 1, 2), date(2023, 1, 3)]
    books = hours_by_year(EarnedHours(day, 32, (Ledger.PARTY_TRAINING,)) for day in days)
    assert books == [YearHours(2023, Ledger.PARTY_TRAINING, 96), YearHours(2022, Ledger.PARTY_TRAINING, 64)]


def test_r18_one_activity_feeds_several_ledgers_and_nothing_is_added_across_them():
    day = date(2023, 5, 9)
    books = hours_by_year(
        [EarnedHours(day, 16, (Ledger.PARTY_TRAINING, Ledger.TEACHER_EDUCATION)), EarnedHours(day, 4, (Ledger.ONLINE_STUDY,))]
    )
    assert books == [
        YearHours(2023, Ledger.PARTY_TRAINING, 16),
        YearHours(2023, Ledger.ONLINE_STUDY, 4),
        YearHours(2023, Ledger.TEACHER_EDUCATION, 16),
    ]
