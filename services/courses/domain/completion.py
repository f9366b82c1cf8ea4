"""Completion: every rule that must hold, and for each that does not, how much is missing and whether it can still be had (R16)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.courses.domain.tour import stops_missing
from services.courses.domain.withdrawal import must_withdraw
from shared.vocabulary import MODES_IN_ORDER, TeachingMode, Word


class Grade(Word):
    """The result of the assessment; 合格 or better completes."""

    EXCELLENT = "excellent", "优秀", "Excellent"
    QUALIFIED = "qualified", "合格", "Qualified"
    UNQUALIFIED = "unqualified", "不合格", "Not qualified"


class Outlook(Word):
    """Where a trainee stands on the way to completion."""

    DONE = "done", "已结业", "Completed"
    REACHABLE = "reachable", "可结业", "Reachable"
    UNREACHABLE = "unreachable", "无法结业", "No longer reachable"


@dataclass(frozen=True)
class Course:
    """What a cohort's completion asks. `modes` maps each required mode to its session hours, cancelled ones left out."""

    planned_total: int
    modes: Mapping[TeachingMode, tuple[int, ...]]
    open_sessions: int
    last_day: date
    numerator: int = 6
    denominator: int = 7
    evaluation_required: bool = True
    stops: int = 0
    stops_allowed_missing: int = 0

    @property
    def total(self) -> int:
        """The hours that can be earned: the plan's, less what was cancelled."""
        return sum(sum(hours) for hours in self.modes.values())

    @property
    def required(self) -> int:
        """The fewest quarter-hours that are the required share of the total."""
        return -(-self.total * self.numerator // self.denominator)


@dataclass(frozen=True)
class ModeRecord:
    """What one trainee has in one mode: hours earned, slots attended, and the hours of slots already in the ledger."""

    earned: int = 0
    attended: int = 0
    recorded: int = 0


@dataclass(frozen=True)
class TraineeRecord:
    """Everything of one trainee that completion looks at."""

    modes: Mapping[TeachingMode, ModeRecord] = field(default_factory=dict)
    missed: int = 0
    unexcused: int = 0
    last_attended_on: date | None = None
    grade: Grade | None = None
    assessed_on: date | None = None
    pledged_on: date | None = None
    evaluated_on: date | None = None
    stops_checked_in: int = 0
    gave_up: bool = False

    @property
    def earned(self) -> int:
        """All quarter-hours earned."""
        return sum(mode.earned for mode in self.modes.values())


@dataclass(frozen=True)
class Missing:
    """One rule that does not hold, with its amounts, and whether it can still be met."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    reachable: bool = True


@dataclass(frozen=True)
class Standing:
    """Where a trainee stands, why, and the day the last requirement was met."""

    outlook: Outlook
    missing: tuple[Missing, ...]
    withdrawn: bool
    earned: int
    completed_on: date | None


def judge(course: Course, trainee: TraineeRecord) -> Standing:
    """Compare a trainee's record with what the course asks."""
    missing = tuple(_missing(course, trainee))
    withdrawn = must_withdraw(trainee.missed, trainee.unexcused, course.planned_total)
    if not missing:
        return Standing(Outlook.DONE, (), False, trainee.earned, _completed_on(course, trainee))
    outlook = Outlook.REACHABLE if all(item.reachable for item in missing) else Outlook.UNREACHABLE
    return Standing(outlook, missing, withdrawn, trainee.earned, None)


def _missing(course: Course, trainee: TraineeRecord) -> Iterator[Missing]:
    if trainee.gave_up:
        yield Missing("place_given_up", reachable=False)
    if must_withdraw(trainee.missed, trainee.unexcused, course.planned_total):
        yield Missing("withdrawn", {"missed": trainee.missed, "total": course.planned_total}, reachable=False)
    yield from _modes_missing(course, trainee)
    yield from _hours_missing(course, trainee)
    if course.open_sessions:
        yield Missing("training_not_over", {"sessions": course.open_sessions})
    if trainee.grade is None:
        yield Missing("assessment_missing")
    elif trainee.grade == Grade.UNQUALIFIED:
        yield Missing("assessment_unqualified")
    if trainee.pledged_on is None:
        yield Missing("pledge_missing")
    if course.evaluation_required and trainee.evaluated_on is None:
        yield Missing("evaluation_missing")


def _modes_missing(course: Course, trainee: TraineeRecord) -> Iterator[Missing]:
    for mode in MODES_IN_ORDER:
        if mode not in course.modes:
            continue
        record = trainee.modes.get(mode, ModeRecord())
        if not record.attended:
            reachable = record.recorded < sum(course.modes[mode])
            yield Missing("mode_missing", {"mode": mode, "quarter_hours": min(course.modes[mode])}, reachable)
        elif mode == TeachingMode.OBSERVATION_TOUR:
            stops = stops_missing(course.stops, trainee.stops_checked_in, course.stops_allowed_missing)
            if stops:
                yield Missing("stops_missing", {"stops": stops})


def _hours_missing(course: Course, trainee: TraineeRecord) -> Iterator[Missing]:
    short = course.required - trainee.earned
    if short > 0:
        recorded = sum(record.recorded for record in trainee.modes.values())
        yield Missing("hours_missing", {"quarter_hours": short}, short <= course.total - recorded)


def _completed_on(course: Course, trainee: TraineeRecord) -> date:
    days = (course.last_day, trainee.last_attended_on, trainee.assessed_on, trainee.pledged_on, trainee.evaluated_on)
    return max(day for day in days if day is not None)
