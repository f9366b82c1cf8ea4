"""Plan programs and intakes, open cohorts in them, and close what is over."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from services.enrollment.domain.errors import (
    CohortNotConfirmed,
    IntakeAlreadyTold,
    IntakeIsClosed,
    IntakeNotOver,
    IntakeOpenedTwice,
    NumberTaken,
)
from services.enrollment.domain.words import CohortState, IntakeState
from services.enrollment.events import publishes
from services.enrollment.storage import cohorts as cohort_rows
from services.enrollment.storage import places
from services.enrollment.storage.tables import COHORTS, INTAKES, PROGRAMS
from shared.domain import Malformed, NotFound, Problem, RuleBroken, city_date
from shared.storage.work import UnitOfWork
from shared.vocabulary import Category, Delivery, OrganizedBy

SEATS = 100
YEARS = range(2000, 2100)
LONGEST = timedelta(days=366)


def plan_program(
    work: UnitOfWork, *, year: int, title: str, category: Category, planned_intakes: int, planned_people: int, funding: str = ""
) -> UUID:
    """Enter a line of the year's training plan."""
    program_id = uuid4()
    row = {"id": program_id, "year": year, "title": title, "category": category, "funding": funding}
    _insert(
        work, PROGRAMS, {**row, "planned_intakes": planned_intakes, "planned_people": planned_people}, refusal=NumberTaken(number=title)
    )
    work.note("program.planned", str(program_id), title=title, year=year)
    return program_id


def open_intake(
    work: UnitOfWork,
    *,
    title: str,
    category: Category,
    delivery: Delivery,
    starts_on: date,
    ends_on: date,
    number: int | None = None,
    organized_by: OrganizedBy = OrganizedBy.CITY,
    program_id: UUID | None = None,
    base: str = "",
    planned: bool = True,
    approval: str = "",
) -> UUID:
    """Open an intake. One outside the plan names the leader's approval (R37); days that can only be a slip of the pen are refused.

    One of the province, which has no number, is not opened a second time with the same title and days.
    """
    problems = _problems(starts_on, ends_on, planned, approval)
    if number is None and organized_by is OrganizedBy.CITY:
        problems.append(Problem("number_missing", "number"))
    if program_id is not None and not work.connection.execute(select(PROGRAMS.c.id).where(PROGRAMS.c.id == program_id)).first():
        problems.append(Problem("program_unknown", "program_id"))
    if problems:
        raise Malformed(problems)
    intake_id = uuid4()
    row: dict[str, Any] = {
        "id": intake_id,
        "program_id": program_id,
        "number": number,
        "title": title,
        "category": category,
        "delivery": delivery,
    }
    row |= {"organized_by": organized_by, "starts_on": starts_on, "ends_on": ends_on, "base": base, "planned": planned}
    refusal = NumberTaken(number=number) if organized_by is OrganizedBy.CITY else IntakeOpenedTwice(title=title)
    _insert(work, INTAKES, {**row, "approval": approval, "state": IntakeState.OPEN}, refusal=refusal)
    work.note("intake.opened", str(intake_id), title=title, number=number, planned=planned)
    return intake_id


def correct_intake(
    work: UnitOfWork,
    intake_id: UUID,
    *,
    title: str,
    starts_on: date,
    ends_on: date,
    base: str = "",
    planned: bool = True,
    approval: str = "",
) -> None:
    """Correct an open intake, checked like a new one, while none of its cohorts is confirmed: after that the others have been told.

    Nobody in it comes to be in two offline cohorts on the same days (R3).
    """
    intake = _intake(work, intake_id)
    cohorts = cohort_rows.lock_all(work.connection, intake_id)
    problems = _problems(starts_on, ends_on, planned, approval)
    if intake.delivery is Delivery.OFFLINE and (people := places.people_elsewhere(work.connection, intake_id, starts_on, ends_on)):
        problems.append(Problem("days_taken", "starts_on", {"people": people}))
    if problems:
        raise Malformed(problems)
    if any(cohort.state is CohortState.CONFIRMED for cohort in cohorts):
        raise IntakeAlreadyTold
    new = {"title": title, "starts_on": starts_on, "ends_on": ends_on, "base": base, "planned": planned, "approval": approval}
    correcting = update(INTAKES).where(INTAKES.c.id == intake_id, INTAKES.c.state == IntakeState.OPEN).values(**new)
    try:
        with work.connection.begin_nested():
            corrected = work.connection.execute(correcting.returning(INTAKES.c.id)).first()
    except IntegrityError as error:
        raise IntakeOpenedTwice(title=title) from error
    if corrected is None:
        raise IntakeIsClosed
    old = intake._mapping
    work.note("intake.corrected", str(intake_id), **{name: f"{old[name]} → {value}" for name, value in new.items() if old[name] != value})


def open_cohort(
    work: UnitOfWork, intake_id: UUID, *, number: int | None = None, seats: int = SEATS, round_deadline: date | None = None
) -> UUID:
    """Open a cohort in an intake; without a number it is the next one."""
    intake = _intake(work, intake_id)
    if intake.state is not IntakeState.OPEN:
        raise IntakeIsClosed
    if number is None:
        taken = work.connection.execute(select(COHORTS.c.number).where(COHORTS.c.intake_id == intake_id)).scalars()
        number = max(taken, default=0) + 1
    cohort_id = uuid4()
    row = {"id": cohort_id, "intake_id": intake_id, "number": number, "seats": seats, "round_deadline": round_deadline}
    _insert(work, COHORTS, {**row, "state": CohortState.OPEN}, refusal=NumberTaken(number=number))
    work.note("cohort.opened", str(cohort_id), number=number, seats=seats)
    return cohort_id


def clone_last_intake(work: UnitOfWork, *, category: Category, number: int, starts_on: date) -> UUID:
    """Open an intake like the last one of its category: same delivery, base, length and cohorts."""
    wanted = select(INTAKES).where(INTAKES.c.category == category, INTAKES.c.organized_by == OrganizedBy.CITY)
    last = work.connection.execute(wanted.order_by(INTAKES.c.starts_on.desc()).limit(1)).one_or_none()
    if last is None:
        raise NotFound
    if starts_on.year not in YEARS:
        raise Malformed([_year_implausible("starts_on")])
    intake_id = open_intake(
        work,
        title=last.title.replace(f"第{last.number}期", f"第{number}期"),
        category=category,
        delivery=last.delivery,
        starts_on=starts_on,
        ends_on=starts_on + (last.ends_on - last.starts_on),
        number=number,
        base=last.base,
    )
    wanted_cohorts = select(COHORTS.c.number, COHORTS.c.seats).where(COHORTS.c.intake_id == last.id).order_by(COHORTS.c.number)
    for cohort in work.connection.execute(wanted_cohorts).all():
        open_cohort(work, intake_id, number=cohort.number, seats=cohort.seats)
    return intake_id


def close_intake(work: UnitOfWork, intake_id: UUID, *, closed_on: date | None = None) -> None:
    """Close an intake after its last day; from then on it counts as held (R22)."""
    intake = _intake(work, intake_id)
    day = closed_on or city_date(work.now)
    if day < intake.ends_on or day > city_date(work.now):
        raise IntakeNotOver(ends_on=intake.ends_on)
    cohorts = work.connection.execute(select(COHORTS).where(COHORTS.c.intake_id == intake_id).order_by(COHORTS.c.number)).all()
    unconfirmed = [cohort.number for cohort in cohorts if cohort.state is not CohortState.CONFIRMED]
    if unconfirmed:
        raise CohortNotConfirmed(number=unconfirmed[0])
    closing = update(INTAKES).where(INTAKES.c.id == intake_id, INTAKES.c.state == IntakeState.OPEN)
    if work.connection.execute(closing.values(state=IntakeState.CLOSED, closed_on=day).returning(INTAKES.c.id)).first() is None:
        raise IntakeIsClosed
    publishes.intake_closed(work, intake_id, [cohort.id for cohort in cohorts], day)
    work.note("intake.closed", str(intake_id), closed_on=day)


def _problems(starts_on: date, ends_on: date, planned: bool, approval: str) -> list[Problem]:
    problems = [_year_implausible(where) for where, day in (("starts_on", starts_on), ("ends_on", ends_on)) if day.year not in YEARS]
    if ends_on < starts_on:
        problems.append(Problem("ends_before_it_starts", "ends_on"))
    elif ends_on - starts_on > LONGEST:
        problems.append(Problem("intake_too_long", "ends_on", {"most": LONGEST.days}))
    if not planned and not approval.strip():
        problems.append(Problem("approval_missing", "approval"))
    return problems


def _year_implausible(where: str) -> Problem:
    return Problem("year_implausible", where, {"first": YEARS[0], "last": YEARS[-1]})


def _intake(work: UnitOfWork, intake_id: UUID) -> Any:
    intake = work.connection.execute(select(INTAKES).where(INTAKES.c.id == intake_id)).one_or_none()
    if intake is None:
        raise NotFound
    return intake


def _insert(work: UnitOfWork, table: Any, row: dict[str, Any], *, refusal: RuleBroken) -> None:
    try:
        with work.connection.begin_nested():
            work.connection.execute(insert(table).values(**row))
    except IntegrityError as error:
        raise refusal from error
