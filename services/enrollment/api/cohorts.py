"""Cohorts, in the order of their life: open, split the seats, nominate, confirm, check in."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from services.enrollment.api import schemas
from services.enrollment.api.nominees import nominee_from
from services.enrollment.api.surroundings import secrets
from services.enrollment.operations import cohorts as closing
from services.enrollment.operations import enrollments, intakes, nominations, quotas
from services.enrollment.queries import cohorts as queries
from services.enrollment.queries import enrollments as places
from shared.domain import Malformed, NotFound, Problem
from shared.storage.work import NOBODY, UnitOfWork
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import answer, reading

blueprint = Blueprint("cohorts_api", __name__, url_prefix="/api/enrollment", description="Cohorts, quotas, places")
READERS = (Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.CLASS_TEACHER)
CONTACTS = (Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT)


@blueprint.route("/intakes/<uuid:intake_id>/cohorts", methods=["POST"])
@allow(Role.ORGANIZER)
@blueprint.arguments(schemas.NewCohort)
def open_cohort(body: dict[str, Any], intake_id: UUID) -> Response:
    """Open a cohort; 100 seats unless said otherwise (R1)."""

    def open_it(work: UnitOfWork) -> dict[str, UUID]:
        return {"id": intakes.open_cohort(work, intake_id, **body)}

    return answer(schemas.Made(), open_it, status=201)


@blueprint.route("/intakes/<uuid:intake_id>/cohorts", methods=["GET"])
@allow(*READERS)
@blueprint.response(200, schemas.Cohort(many=True))
def list_cohorts(intake_id: UUID) -> Any:
    """The cohorts of an intake; a class teacher sees the own classes."""
    with reading() as connection:
        return queries.cohorts(connection, intake_id, ids=_own_classes())


@blueprint.route("/cohorts", methods=["GET"])
@allow(*READERS)
@blueprint.arguments(schemas.CohortFilter, location="query")
@blueprint.response(200, schemas.Cohort(many=True))
def find_cohorts(query: dict[str, Any]) -> Any:
    """Cohorts, of one intake or of all; a class teacher finds the own classes."""
    with reading() as connection:
        return queries.cohorts(connection, query["intake_id"], ids=_own_classes())


@blueprint.route("/cohorts/<uuid:cohort_id>", methods=["GET"])
@allow(*READERS)
@blueprint.response(200, schemas.Cohort)
def show_cohort(cohort_id: UUID) -> Any:
    """One cohort and how it stands; of a class teacher an own class."""
    own = _own_classes()
    if own is not None and cohort_id not in own:
        raise NotFound
    with reading() as connection:
        found = queries.cohorts(connection, ids=[cohort_id])
    if not found:
        raise NotFound
    return found[0]


@blueprint.route("/cohorts/<uuid:cohort_id>/quotas", methods=["GET"])
@allow(*CONTACTS)
@blueprint.response(200, schemas.CellProgress(many=True))
def show_grid(cohort_id: UUID) -> Any:
    """The quota grid with its progress; contacts see their own county's cell."""
    actor = current_actor() or NOBODY
    with reading() as connection:
        grid = queries.quota_grid(connection, cohort_id, _cohort(connection, cohort_id).intake_category)
    return [cell for cell in grid if actor.is_any(Role.ORGANIZER) or cell.county_code == actor.county_code]


@blueprint.route("/cohorts/<uuid:cohort_id>/quotas", methods=["PUT"])
@allow(Role.ORGANIZER)
@blueprint.arguments(schemas.Grid)
def set_grid(body: dict[str, Any], cohort_id: UUID) -> Response:
    """Write the whole grid; it adds up to the seats exactly (R4)."""
    cells = {cell["county_code"]: cell["seats"] for cell in body["cells"]}
    if len(cells) < len(body["cells"]):
        raise Malformed([Problem("county_twice", "cells")])

    def write(work: UnitOfWork) -> dict[str, UUID]:
        quotas.set_grid(work, cohort_id, cells=cells)
        return {"id": cohort_id}

    return answer(schemas.Made(), write)


@blueprint.route("/cohorts/<uuid:cohort_id>/quotas/proposal", methods=["GET"])
@allow(Role.ORGANIZER)
@blueprint.response(200, schemas.Grid)
def propose_grid(cohort_id: UUID) -> Any:
    """The seats split by the largest remainder over the eligible schools (R4)."""
    with reading() as connection:
        cohort = _cohort(connection, cohort_id)
        split = queries.proposal(connection, cohort.intake_category, cohort.seats)
    return {"cells": [{"county_code": code, "seats": seats} for code, seats in split.items()]}


@blueprint.route("/cohorts/<uuid:cohort_id>/quotas/return", methods=["POST"])
@allow(Role.ORGANIZER)
def close_round_one(cohort_id: UUID) -> Response:
    """Return unused seats to the city's pool and open round 2 (R4)."""

    def close(work: UnitOfWork) -> dict[str, int]:
        return {"returned": quotas.close_round_one(work, cohort_id)}

    return answer(schemas.Returned(), close)


@blueprint.route("/cohorts/<uuid:cohort_id>/enrollments", methods=["POST"])
@allow(*CONTACTS)
@blueprint.arguments(schemas.NewNominee)
def nominate(body: dict[str, Any], cohort_id: UUID) -> Response:
    """Nominate one person: enrolled, or on the waiting list with a number (R1)."""
    nominee = nominee_from(body)
    return answer(schemas.Nomination(), nominations.nominate, cohort_id, nominee=nominee, secrets=secrets(), status=201)


@blueprint.route("/cohorts/<uuid:cohort_id>/enrollments", methods=["GET"])
@allow(*READERS)
@blueprint.response(200, schemas.Enrollment(many=True))
def list_enrollments(cohort_id: UUID) -> Any:
    """The places of a cohort; contacts see their own people, a class teacher the own class."""
    own = _own_classes()
    if own is not None and cohort_id not in own:
        raise NotFound
    with reading() as connection:
        return places.of_cohort(connection, cohort_id, current_actor() or NOBODY)


@blueprint.route("/cohorts/<uuid:cohort_id>/confirmation", methods=["POST"])
@allow(Role.ORGANIZER)
def confirm_cohort(cohort_id: UUID) -> Response:
    """Close the roster of a cohort."""

    def confirm(work: UnitOfWork) -> dict[str, int]:
        return {"people": closing.confirm_cohort(work, cohort_id)}

    return answer(schemas.Confirmed(), confirm)


@blueprint.route("/cohorts/<uuid:cohort_id>/check-ins", methods=["POST"])
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@blueprint.arguments(schemas.CheckIns)
def check_in(body: dict[str, Any], cohort_id: UUID) -> Response:
    """Mark trainees as reported."""

    def mark(work: UnitOfWork) -> dict[str, int]:
        at = body["checked_in_at"]
        return {"people": enrollments.check_in(work, cohort_id, enrollment_ids=body["enrollment_ids"], at=at)}

    return answer(schemas.Confirmed(), mark)


def _own_classes() -> list[UUID] | None:
    """The classes of a class teacher, who sees no others (R45); none for those who see every cohort."""
    actor = current_actor() or NOBODY
    return None if actor.is_any(*CONTACTS) else sorted(actor.cohort_ids)


def _cohort(connection: Any, cohort_id: UUID) -> Any:
    cohort = queries.cohort(connection, cohort_id)
    if cohort is None:
        raise NotFound
    return cohort
