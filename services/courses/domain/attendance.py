"""What an entry of the attendance sheet is worth: attended, earned, missed (R14, R17, R25)."""

from dataclasses import dataclass, replace

from services.courses.domain.hours import DAY_CAP_QUARTER_HOURS, LADDER, Ladder, quarter_hours_for
from shared.vocabulary import AttendanceStatus, Word

ATTENDED = frozenset({AttendanceStatus.PRESENT, AttendanceStatus.LATE, AttendanceStatus.LEFT_EARLY})
LEAVE = frozenset({AttendanceStatus.OFFICIAL_LEAVE, AttendanceStatus.SICK_LEAVE, AttendanceStatus.PERSONAL_LEAVE})


class Source(Word):
    """Where an entry of the ledger comes from (R14)."""

    QR = "qr", "扫码签到", "QR code"
    SHEET = "sheet", "签到表", "Sign-in sheet"
    IMPORT = "import", "导入", "Import"
    ORGANIZER = "organizer", "组织者登记", "Organizer"
    CLASS_TEACHER = "class_teacher", "班主任登记", "Class teacher"
    GROUP_LEADER = "group_leader", "组长登记", "Group leader"
    PLATFORM = "platform", "学习平台", "Learning platform"


@dataclass(frozen=True)
class Credit:
    """The worth of one entry. `missed` counts leave and absence (R15), `unexcused` absence alone."""

    status: AttendanceStatus
    attended: bool
    quarter_hours: int
    missed: int
    unexcused: int


def credit_for_status(status: AttendanceStatus, unit_quarter_hours: int) -> Credit:
    """A half-day is earned whole or not at all; who came late or left early was there (R14)."""
    if status in ATTENDED:
        return Credit(status, True, unit_quarter_hours, 0, 0)
    unexcused = unit_quarter_hours if status == AttendanceStatus.ABSENT else 0
    return Credit(status, False, 0, unit_quarter_hours, unexcused)


def credit_for_minutes(minutes: int, unit_quarter_hours: int, ladder: Ladder = LADDER) -> Credit:
    """The ladder decides what a unit watched online earns, never more than the unit is long (R17)."""
    earned = min(quarter_hours_for(minutes, ladder), unit_quarter_hours)
    if not earned:
        return credit_for_status(AttendanceStatus.ABSENT, unit_quarter_hours)
    return Credit(AttendanceStatus.PRESENT, True, earned, 0, 0)


def within_day(credit: Credit, earned_that_day: int, cap: int = DAY_CAP_QUARTER_HOURS) -> Credit:
    """A person earns no more than eight class hours a day; what lies above is not credited (R17)."""
    return replace(credit, quarter_hours=max(0, min(credit.quarter_hours, cap - earned_that_day)))
