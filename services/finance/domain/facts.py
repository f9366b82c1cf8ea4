"""What counting starts from: plain facts as enrollment, courses and certificates told them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from shared.vocabulary import Category, Delivery, HalfDay, OrganizedBy, Word


class Standing(Word):
    """What became of a place after the roster was closed."""

    TAKEN = "taken", "占用名额", "Taken"
    LEFT = "left", "已退出", "Left"
    SUBSTITUTED = "substituted", "已换人", "Substituted"


class Outcome(Word):
    """The last word of courses on whether one place completed; each later word replaces the one before."""

    COMPLETED = "completed", "已结业", "Completed"
    UNDONE = "undone", "结业已撤销", "Completion undone"
    WITHDRAWN = "withdrawn", "退训", "Withdrawn from training"


@dataclass(frozen=True)
class Intake:
    """One numbered run of a program; it is closed when an organizer has said so (R22)."""

    id: UUID
    category: Category
    delivery: Delivery
    organized_by: OrganizedBy
    ends_on: date
    closed: bool


@dataclass(frozen=True)
class Cohort:
    """A class within an intake, with its number of billable days (R28)."""

    id: UUID
    intake_id: UUID
    billable_days: int = 0


@dataclass(frozen=True)
class Place:
    """One enrollment; the county is a snapshot of the day, people move and past totals do not."""

    enrollment_id: UUID
    person_id: UUID
    cohort_id: UUID
    intake_id: UUID
    county_code: str
    standing: Standing = Standing.TAKEN
    checked_in: bool = False
    outcome: Outcome | None = None
    certified: bool = False
    satisfied: bool | None = None


@dataclass(frozen=True)
class Slot:
    """What stands about one person in one half-day or online unit, after all corrections (R14)."""

    sheet_id: UUID
    enrollment_id: UUID
    delivery: Delivery
    held_on: date
    half_day: HalfDay | None
    attended: bool
    quarter_hours: int


@dataclass(frozen=True)
class Session:
    """A session really taught to a cohort; the same joint lecture for several cohorts is paid once (R29)."""

    id: UUID
    cohort_id: UUID
    intake_id: UUID
    delivery: Delivery
    held_on: date
    quarter_hours: int
    joint_lecture_id: UUID | None = None


@dataclass(frozen=True)
class Seats:
    """What one county was given and had nominated in one cohort (R24)."""

    cohort_id: UUID
    county_code: str
    quota: int
    nominated: int


@dataclass(frozen=True)
class Facts:
    """Everything known; `merges` are pairs of person ids found to be one person (R7), in no particular order."""

    intakes: Mapping[UUID, Intake] = field(default_factory=dict)
    cohorts: Mapping[UUID, Cohort] = field(default_factory=dict)
    places: Sequence[Place] = ()
    slots: Sequence[Slot] = ()
    sessions: Sequence[Session] = ()
    seats: Sequence[Seats] = ()
    merges: Sequence[tuple[UUID, UUID]] = ()
