"""Leave: a span of half-days that a trainee asks for and a class teacher grants (R14, R15)."""

from dataclasses import dataclass
from datetime import date

from shared.domain import Malformed, Problem
from shared.vocabulary import AttendanceStatus, HalfDay, Word


class LeaveKind(Word):
    """The kinds of leave; each has its status on the sheet."""

    OFFICIAL = "official_leave", "公假", "Official leave"
    SICK = "sick_leave", "病假", "Sick leave"
    PERSONAL = "personal_leave", "事假", "Personal leave"

    @property
    def status(self) -> AttendanceStatus:
        """What stands on the sheet for a slot inside such a leave."""
        return AttendanceStatus(self.value)


class LeaveState(Word):
    """What has become of a request."""

    REQUESTED = "requested", "待审批", "Requested"
    APPROVED = "approved", "已批准", "Approved"
    REFUSED = "refused", "未批准", "Refused"


@dataclass(frozen=True)
class Span:
    """From one half-day to another, both included."""

    first_day: date
    first_half: HalfDay
    last_day: date
    last_half: HalfDay

    def __post_init__(self) -> None:
        if _rank(self.first_day, self.first_half) > _rank(self.last_day, self.last_half):
            raise Malformed([Problem("leave_ends_before_it_begins", "last_day")])

    def covers(self, day: date | None, half_day: HalfDay | None) -> bool:
        """Whether a slot lies inside; a slot without a half-day (online) lies inside with its day."""
        if day is None:
            return False
        if half_day is None:
            return self.first_day <= day <= self.last_day
        first, last = _rank(self.first_day, self.first_half), _rank(self.last_day, self.last_half)
        return first <= _rank(day, half_day) <= last


def _rank(day: date, half_day: HalfDay) -> tuple[date, int]:
    return day, list(HalfDay).index(half_day)
