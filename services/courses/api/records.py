"""The record of a person: trainings, hours by year and ledger, yearly minimum."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from services.courses.api.answers import RecordAnswer
from services.courses.api.cohorts import actor
from services.courses.queries.records import PersonRecord, person_record
from shared.domain import NotFound
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import reading

records = Blueprint("records_api", __name__, url_prefix="/api/courses", description="Records of people (R16, R18–R21)")


@records.get("/people/<uuid:person_id>/record")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.TRAINEE)
@records.response(200, RecordAnswer)
def show_record(person_id: UUID) -> PersonRecord:
    """What a person has been taught, as far as it is yours to see."""
    return _record(person_id)


@records.get("/me/record")
@allow(Role.TRAINEE)
@records.response(200, RecordAnswer)
def show_own_record() -> PersonRecord:
    """Your own record."""
    own: Any = actor().person_id
    if own is None:
        raise NotFound
    return _record(own)


def _record(person_id: UUID) -> PersonRecord:
    with reading() as connection:
        return person_record(connection, actor(), person_id)
