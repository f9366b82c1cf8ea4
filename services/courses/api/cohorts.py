"""Cohorts: timetable, stages, completion list, seminar groups."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import Row

from services.courses.api.answers import CohortAnswer, CohortLineAnswer, CompletionAnswer, GroupAnswer, SessionAnswer
from services.courses.api.schemas import GroupsSchema, OfficersSchema
from services.courses.operations.groups import deal_groups, name_officers
from services.courses.queries.cohorts import CohortLine, CohortPicture, Group, cohort_groups, cohort_list, cohort_picture
from services.courses.queries.completion import CompletionList, completion_list
from shared.storage.work import NOBODY, Actor, UnitOfWork
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import answer, reading

cohorts = Blueprint("cohorts_api", __name__, url_prefix="/api/courses", description="Cohorts (R10, R13, R16)")
READERS = (Role.ORGANIZER, Role.CLASS_TEACHER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT)


def actor() -> Actor:
    """Who asks."""
    return current_actor() or NOBODY


@cohorts.get("/cohorts")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@cohorts.response(200, CohortLineAnswer(many=True))
def list_cohorts() -> list[CohortLine]:
    """The cohorts you run, the latest first."""
    with reading() as connection:
        return cohort_list(connection, actor())


@cohorts.get("/cohorts/<uuid:cohort_id>")
@allow(*READERS, Role.TRAINEE)
@cohorts.response(200, CohortAnswer)
def show_cohort(cohort_id: UUID) -> CohortPicture:
    """A cohort with its timetable in the four modes and how far it has come."""
    with reading() as connection:
        return cohort_picture(connection, actor(), cohort_id)


@cohorts.get("/cohorts/<uuid:cohort_id>/sessions")
@allow(*READERS, Role.TRAINEE)
@cohorts.response(200, SessionAnswer(many=True))
def list_sessions(cohort_id: UUID) -> list[Row[Any]]:
    """The sessions of a cohort in their order."""
    with reading() as connection:
        return list(cohort_picture(connection, actor(), cohort_id).sessions)


@cohorts.get("/cohorts/<uuid:cohort_id>/completion")
@allow(*READERS)
@cohorts.response(200, CompletionAnswer)
def show_completion(cohort_id: UUID) -> CompletionList:
    """Done, reachable, no longer reachable, each with its reasons; contacts see their own people only (R16, R45)."""
    with reading() as connection:
        return completion_list(connection, actor(), cohort_id)


@cohorts.get("/cohorts/<uuid:cohort_id>/groups")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@cohorts.response(200, GroupAnswer(many=True))
def list_groups(cohort_id: UUID) -> list[Group]:
    """The seminar groups with their leaders and recorders (R13)."""
    with reading() as connection:
        return cohort_groups(connection, actor(), cohort_id)


@cohorts.post("/cohorts/<uuid:cohort_id>/groups")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@cohorts.arguments(GroupsSchema)
@cohorts.response(200, GroupAnswer(many=True))
def deal_anew(body: dict[str, Any], cohort_id: UUID) -> Response:
    """Deal everyone in training into so many seminar groups (R13)."""
    return answer(GroupAnswer(many=True), _deal, cohort_id, body["groups"])


@cohorts.put("/cohorts/<uuid:cohort_id>/groups/officers")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@cohorts.arguments(OfficersSchema)
@cohorts.response(200, GroupAnswer(many=True))
def put_officers(body: dict[str, Any], cohort_id: UUID) -> Response:
    """Name leaders and recorders of seminar groups (R13)."""
    officers = {item["group"]: (item["leader"], item["recorder"]) for item in body["officers"]}
    return answer(GroupAnswer(many=True), _name, cohort_id, officers)


def _deal(work: UnitOfWork, cohort_id: UUID, groups: int) -> list[Group]:
    deal_groups(work, cohort_id, groups)
    return cohort_groups(work.connection, work.actor, cohort_id)


def _name(work: UnitOfWork, cohort_id: UUID, officers: dict[int, tuple[UUID, UUID]]) -> list[Group]:
    name_officers(work, cohort_id, officers)
    return cohort_groups(work.connection, work.actor, cohort_id)
