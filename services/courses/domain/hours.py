"""Class hours in whole quarters: the online ladder, the day's cap, and the books they are kept in (R17–R19)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shared.vocabulary import Ledger

DAY_CAP_QUARTER_HOURS = 32


@dataclass(frozen=True)
class Step:
    """A rung of the ladder: from (or, when `beyond`, above) so many minutes a unit earns `quarter_hours`."""

    minutes: int
    quarter_hours: int
    beyond: bool = True

    def reached(self, minutes: int) -> bool:
        """Whether the watched minutes stand on this rung."""
        return minutes > self.minutes or (minutes == self.minutes and not self.beyond)


Ladder = Sequence[Step]
LADDER: Ladder = (Step(30, 4, beyond=False), Step(15, 2), Step(0, 1))


def quarter_hours_for(minutes: int, ladder: Ladder = LADDER) -> int:
    """Minutes watched of one unit as class hours, in quarters (R17): ≥30 one, >15 half, >0 a quarter, none nothing."""
    return max((step.quarter_hours for step in ladder if step.reached(minutes)), default=0)


@dataclass(frozen=True)
class EarnedHours:
    """Hours earned on one day by an activity that feeds some ledgers."""

    day: date
    quarter_hours: int
    ledgers: tuple[Ledger, ...]


@dataclass(frozen=True)
class YearHours:
    """The hours of a person in one book of one year."""

    year: int
    ledger: Ledger
    quarter_hours: int


def hours_by_year(earned: Iterable[EarnedHours]) -> list[YearHours]:
    """Hours by calendar year of the day attended and by ledger; an activity may feed several, none is added across (R18, R19)."""
    books: dict[tuple[int, Ledger], int] = {}
    for item in earned:
        for ledger in item.ledgers:
            key = (item.day.year, ledger)
            books[key] = books.get(key, 0) + item.quarter_hours
    order = list(Ledger)
    return [
        YearHours(year, ledger, hours) for (year, ledger), hours in sorted(books.items(), key=lambda b: (-b[0][0], order.index(b[0][1])))
    ]
