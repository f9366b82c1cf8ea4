"""The figures of a report, as whole numbers, and what is worked out from them (R22–R30)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

COUNTING_RULES = "R22–R31 / 2026-1"


def share(part: int, whole: int) -> Decimal | None:
    """Part of whole with four places, rounded half up; nothing when there is no whole."""
    if not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"), ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One column of a report. Days are kept as half-days and hours as quarter-hours, so nothing is ever rounded.

    Where a report is narrowed to a county, `taught_quarter_hours` is none: a lecture is given to a cohort, not to a county.
    """

    intakes: int = 0
    cohorts: int = 0
    people: int = 0
    offline: int = 0
    online: int = 0
    half_days: int = 0
    billable_days: int = 0
    quarter_hours: int = 0
    taught_quarter_hours: int | None = 0
    quota: int = 0
    nominated: int = 0
    confirmed: int = 0
    checked_in: int = 0
    completed: int = 0
    certified: int = 0
    answers: int = 0
    satisfied: int = 0

    @property
    def participations(self) -> int:
        """人次: offline + online, always (R25, R26)."""
        return self.offline + self.online

    @property
    def person_days(self) -> Decimal:
        """Attended person-days: half-days ÷ 2 (R28)."""
        return Decimal(self.half_days) / 2

    @property
    def person_hours(self) -> Decimal:
        """Class hours earned by all (R29)."""
        return Decimal(self.quarter_hours) / 4

    @property
    def taught_hours(self) -> Decimal | None:
        """Class hours taught, a joint lecture once (R29)."""
        return None if self.taught_quarter_hours is None else Decimal(self.taught_quarter_hours) / 4

    @property
    def completion_rate(self) -> Decimal | None:
        """Completed ÷ attended (R30)."""
        return share(self.completed, self.participations)

    @property
    def show_up_rate(self) -> Decimal | None:
        """Checked in ÷ confirmed (R30)."""
        return share(self.checked_in, self.confirmed)

    @property
    def satisfaction(self) -> Decimal | None:
        """Satisfied answers ÷ answers; to be shown with the number of answers (R30)."""
        return share(self.satisfied, self.answers)
