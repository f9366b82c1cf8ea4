"""The record of a person: trainings with what is missing, hours by year and ledger, the yearly minimum (R16, R18–R21)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from services.courses.domain.completion import ModeRecord
from services.courses.domain.hours import EarnedHours, YearHours, hours_by_year
from services.courses.domain.minimums import MinimumStanding, minimum_for, standing
from services.courses.domain.place import PlaceState
from services.courses.domain.stages import SessionState, Stage, stages
from services.courses.queries.reach import is_self, within_reach
from services.courses.queries.standings import TraineeStanding, standings
from services.courses.storage import cohorts
from services.courses.storage.attendance import STANDS
from services.courses.storage.tables import ATTENDANCE, COHORTS, TRAINEES
from shared.domain import NotFound
from shared.storage.work import Actor
from shared.vocabulary import Delivery, Ledger, Role, TeachingMode


@dataclass(frozen=True)
class OwnMode(Stage):
    """A stage with what the person has in it."""

    attended: int
    earned_quarter_hours: int


@dataclass(frozen=True)
class Training:
    """One training of a person: the cohort, its stages, where the person stands, and the next session."""

    cohort: Row[Any]
    modes: list[OwnMode]
    own: TraineeStanding
    next_session: Row[Any] | None


@dataclass(frozen=True)
class PersonRecord:
    """All trainings of a person that the reader may see, and with all of them the hours."""

    person_id: UUID
    trainings: list[Training]
    hours: list[YearHours]
    minimums: list[MinimumStanding]


def person_record(connection: Connection, actor: Actor, person_id: UUID) -> PersonRecord:
    """What a person has been taught, by any level (R21). Others than organizers and the person see only what is in their reach."""
    wanted = select(TRAINEES).where(TRAINEES.c.person_id == person_id, TRAINEES.c.place != PlaceState.SUBSTITUTED, within_reach(actor))
    places = connection.execute(wanted).all()
    if not places and not (is_self(actor, person_id) or actor.is_any(Role.ORGANIZER)):
        raise NotFound
    rows = {row.id: row for row in connection.execute(select(COHORTS).where(COHORTS.c.id.in_([p.cohort_id for p in places])))}
    trainings = [_training(connection, rows[place.cohort_id], place.enrollment_id) for place in places if place.cohort_id in rows]
    trainings.sort(key=lambda training: training.cohort.starts_on, reverse=True)
    hours = hours_by_year(_earned(connection, [place.enrollment_id for place in places]))
    return PersonRecord(person_id, trainings, hours, _minimums(trainings, hours))


def _training(connection: Connection, cohort: Row[Any], enrollment_id: UUID) -> Training:
    sessions = cohorts.sessions(connection, cohort.id)
    own = standings(connection, cohort, sessions, enrollment_id).trainees[0]
    planned = cohorts.as_planned(sessions)
    coming = next((row for row in sessions if row.state == SessionState.PLANNED), None)
    modes = []
    for stage in stages(planned, [TeachingMode(mode) for mode in cohort.waived]):
        there = own.record.modes.get(stage.mode, ModeRecord())
        modes.append(OwnMode(**vars(stage), attended=there.attended, earned_quarter_hours=there.earned))
    return Training(cohort, modes, own, coming)


def _earned(connection: Connection, enrollment_ids: list[UUID]) -> list[EarnedHours]:
    summed = (
        select(ATTENDANCE.c.held_on, COHORTS.c.ledgers, func.sum(ATTENDANCE.c.quarter_hours))
        .join(COHORTS, COHORTS.c.id == ATTENDANCE.c.cohort_id)
        .where(ATTENDANCE.c.enrollment_id.in_(enrollment_ids), STANDS)
        .group_by(ATTENDANCE.c.held_on, COHORTS.c.id)
    )
    return [
        EarnedHours(day, int(hours), tuple(Ledger(code) for code in codes)) for day, codes, hours in connection.execute(summed) if hours
    ]


def _minimums(trainings: list[Training], hours: list[YearHours]) -> list[MinimumStanding]:
    earned = {(item.year, item.ledger): item.quarter_hours for item in hours}
    result = []
    for year in sorted({item.year for item in hours}, reverse=True):
        # The post is the snapshot of the latest training begun by the end of that year: past years stay as they were.
        posts = [training.own.trainee.post for training in trainings if training.cohort.starts_on <= date(year, 12, 31)]
        minimum = minimum_for(posts[0], year) if posts else None
        if minimum is None:
            continue
        concentrated = sum(
            1 for one in trainings if one.cohort.delivery == Delivery.OFFLINE and one.cohort.ends_on.year == year and one.own.record.earned
        )
        result.append(standing(minimum, year, earned.get((year, minimum.ledger), 0), concentrated))
    return result
