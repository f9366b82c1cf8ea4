"""Assessment, pledge and evaluation: plain records, many at once."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from services.courses.api.answers import ResultsAnswer
from services.courses.api.schemas import AssessmentsSchema, EvaluationsSchema, PledgesSchema
from services.courses.operations.results import assess_trainees, take_evaluations, take_pledges
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import answer

results = Blueprint("results_api", __name__, url_prefix="/api/courses", description="Assessment, pledge, evaluation (R16, R30)")


@results.post("/cohorts/<uuid:cohort_id>/assessments")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@results.arguments(AssessmentsSchema)
@results.response(200, ResultsAnswer)
def assess(body: dict[str, Any], cohort_id: UUID) -> Response:
    """Enter grades; `default_grade` is for everyone in training without one."""
    grades = {entry["enrollment_id"]: entry["grade"] for entry in body["entries"]}
    how = {"assessed_on": body["assessed_on"], "default_grade": body["default_grade"]}
    return answer(ResultsAnswer(), assess_trainees, cohort_id, grades, **how)


@results.post("/cohorts/<uuid:cohort_id>/pledges")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@results.arguments(PledgesSchema)
@results.response(200, ResultsAnswer)
def pledge(body: dict[str, Any], cohort_id: UUID) -> Response:
    """Note who has signed the discipline pledge."""
    signers = [entry["enrollment_id"] for entry in body["entries"]]
    return answer(ResultsAnswer(), take_pledges, cohort_id, signers, signed_on=body["signed_on"], everyone=body["everyone"])


@results.post("/cohorts/<uuid:cohort_id>/evaluations")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER, Role.TRAINEE)
@results.arguments(EvaluationsSchema)
@results.response(200, ResultsAnswer)
def evaluate(body: dict[str, Any], cohort_id: UUID) -> Response:
    """Hand in evaluations: a trainee the own one, a class teacher a stack of papers."""
    answers = {entry["enrollment_id"]: (entry["satisfied"], entry["comment"]) for entry in body["entries"]}
    return answer(ResultsAnswer(), take_evaluations, cohort_id, answers, handed_in_on=body["handed_in_on"])
