"""The year's plans of the model city: fourteen intakes as they were held, and one of the province's."""

from dataclasses import dataclass
from datetime import date, timedelta

PUBLIC, PRIVATE, PARTY = "public_school", "private_school", "party_and_ideology"


@dataclass(frozen=True)
class Intake:
    """One numbered intake: when it began, for whom, how it was taught and in how many cohorts."""

    number: int | None
    starts_on: date
    category: str
    delivery: str
    cohorts: int
    planned: bool = True
    organized_by: str = "city"

    @property
    def ends_on(self) -> date:
        """Five days in a base, or four weeks online."""
        return self.starts_on + timedelta(days=4 if self.delivery == "offline" else 25)


INTAKES = (
    Intake(1, date(2019, 5, 6), PUBLIC, "offline", 2),
    Intake(2, date(2019, 9, 16), PARTY, "offline", 2),
    Intake(3, date(2019, 11, 11), PRIVATE, "offline", 2),
    Intake(4, date(2020, 6, 1), PUBLIC, "online", 5, planned=False),
    Intake(5, date(2020, 10, 19), PARTY, "offline", 2),
    Intake(6, date(2021, 4, 12), PUBLIC, "offline", 2),
    Intake(7, date(2021, 6, 1), PARTY, "online", 5),
    Intake(8, date(2021, 10, 18), PRIVATE, "offline", 2),
    Intake(9, date(2022, 4, 4), PUBLIC, "online", 4),
    Intake(10, date(2022, 8, 15), PARTY, "offline", 2),
    Intake(11, date(2022, 11, 1), PARTY, "online", 4),
    Intake(12, date(2023, 3, 13), PUBLIC, "offline", 2),
    Intake(13, date(2023, 5, 15), PRIVATE, "offline", 2),
    Intake(14, date(2023, 10, 16), PUBLIC, "offline", 2),
)
PROVINCIAL = Intake(None, date(2023, 7, 10), PUBLIC, "offline", 1, organized_by="province")


@dataclass(frozen=True)
class Cohort:
    """A cohort as the history goes along."""

    id: str
    number: int
    seats: int
    intake: Intake
    intake_id: str

    @property
    def is_first(self) -> bool:
        """The first cohort of the first intake is where most of the special people are."""
        return self.intake.number == 1 and self.number == 1
