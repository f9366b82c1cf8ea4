"""What every page here needs: who asks, which cohort is meant, and what to say when an operation is refused."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.enrollment.queries import cohorts
from shared.domain import Malformed, NotFound, RuleBroken
from shared.storage.work import NOBODY, Actor
from shared.vocabulary import Role
from shared.web.access import current_actor
from shared.web.problems import explain_error, explain_problem

Refusal = RuleBroken | Malformed
CONTACTS = (Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT)
READERS = (*CONTACTS, Role.CLASS_TEACHER)


def actor() -> Actor:
    """The person behind this request."""
    return current_actor() or NOBODY


def told(error: Refusal) -> tuple[list[dict[str, Any]], int]:
    """The problems to show and the status to answer with; what does not exist is left to the common page."""
    if isinstance(error, NotFound):
        raise error
    if isinstance(error, Malformed):
        return [explain_problem(problem) for problem in error.problems], 422
    return [{"where": "", "message": explain_error(error), "warning": False}], 409


def found_cohort(connection: Connection, cohort_id: UUID) -> Any:
    """The cohort with its intake's columns. A class teacher finds only the own classes (R45)."""
    cohort = cohorts.cohort(connection, cohort_id)
    if cohort is None or not (actor().is_any(*CONTACTS) or cohort_id in actor().cohort_ids):
        raise NotFound
    return cohort
