"""Single places and people: withdraw, substitute, merge, look up."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from services.enrollment.api import schemas
from services.enrollment.api.nominees import nominee_from
from services.enrollment.api.surroundings import secrets
from services.enrollment.operations import duplicates
from services.enrollment.operations import enrollments as operations
from services.enrollment.queries import enrollments as queries
from shared.domain import NotFound
from shared.storage.work import NOBODY, UnitOfWork
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import answer, reading

blueprint = Blueprint("enrollments_api", __name__, url_prefix="/api/enrollment", description="Single places and people")
CONTACTS = (Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT)


@blueprint.route("/enrollments/<uuid:enrollment_id>/check-in", methods=["POST"])
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@blueprint.arguments(schemas.CheckIn)
def check_in(body: dict[str, Any], enrollment_id: UUID) -> Response:
    """Mark one trainee as reported."""

    def mark(work: UnitOfWork) -> dict[str, int]:
        place = queries.place(work.connection, enrollment_id, work.actor)
        if place is None:
            raise NotFound
        return {"people": operations.check_in(work, place.cohort_id, enrollment_ids=[enrollment_id], at=body["checked_in_at"])}

    return answer(schemas.Confirmed(), mark)


@blueprint.route("/enrollments/<uuid:enrollment_id>/withdrawal", methods=["POST"])
@allow(*CONTACTS)
@blueprint.arguments(schemas.Withdrawal)
def withdraw(body: dict[str, Any], enrollment_id: UUID) -> Response:
    """Give up a place; the first who waits for the cell moves up."""

    def leave(work: UnitOfWork) -> dict[str, UUID | None]:
        return {"moved_up": operations.withdraw(work, enrollment_id, reason=body["reason"])}

    return answer(schemas.MovedUp(), leave)


@blueprint.route("/enrollments/<uuid:enrollment_id>/substitution", methods=["POST"])
@allow(*CONTACTS)
@blueprint.arguments(schemas.Substitution)
def substitute(body: dict[str, Any], enrollment_id: UUID) -> Response:
    """Let another person take a place before check-in (R9)."""
    nominee = nominee_from(body["nominee"])
    return answer(
        schemas.Nomination(), operations.substitute, enrollment_id, nominee=nominee, reason=body["reason"], secrets=secrets(), status=201
    )


@blueprint.route("/people/<uuid:person_id>/merge", methods=["POST"])
@allow(Role.ORGANIZER)
@blueprint.arguments(schemas.Merge)
def merge(body: dict[str, Any], person_id: UUID) -> Response:
    """Two records are one person (R7)."""

    def merge_them(work: UnitOfWork) -> dict[str, UUID]:
        duplicates.merge_people(work, person_id, merged=body["merged_person_id"], reason=body["reason"])
        return {"id": person_id}

    return answer(schemas.Made(), merge_them)


@blueprint.route("/people/<uuid:person_id>/enrollments", methods=["GET"])
@allow(Role.ORGANIZER)
@blueprint.response(200, schemas.OwnEnrollment(many=True))
def list_of_person(person_id: UUID) -> Any:
    """All places of a person, latest training first."""
    with reading() as connection:
        return queries.of_person(connection, person_id)


@blueprint.route("/me/enrollments", methods=["GET"])
@allow(Role.TRAINEE)
@blueprint.response(200, schemas.OwnEnrollment(many=True))
def list_own() -> Any:
    """The signed-in trainee's own places, latest training first."""
    actor = current_actor() or NOBODY
    if actor.person_id is None:
        raise NotFound
    with reading() as connection:
        return queries.of_person(connection, actor.person_id)
