"""What every page here needs: who asks, which cohort is meant, and what to say when an operation is refused."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.enrollment.queries import cohorts
from shared.domain import Malformed, NotFound, RuleBroken
from shared.storage.work import NOBODY, Actor
from shared.vocabulary import Role
from shared.web.access import current_actor
from shared.web.language import N_
from shared.web.language import gettext as _
from shared.web.problems import explain_error, explain_problem

Refusal = RuleBroken | Malformed
CONTACTS = (Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT)
READERS = (*CONTACTS, Role.CLASS_TEACHER)
FIELDS: dict[str, str] = {
    "answer": N_("Answer"),
    "approval": N_("Leader's approval"),
    "at": N_("Reported at"),
    "category": N_("Category"),
    "cohorts": N_("Cohorts of 100"),
    "delivery": N_("Delivery"),
    "ends_on": N_("Last day"),
    "enrollment_ids": N_("Check in"),
    "field": N_("Of your data"),
    "file": N_("Roster"),
    "id_number": N_("ID number"),
    "name": N_("Full name"),
    "number": N_("Intake number"),
    "organized_by": N_("Held by"),
    "override_reason": N_("Reason"),
    "phone": N_("Mobile number"),
    "planned_intakes": N_("Planned intakes"),
    "planned_people": N_("Planned people"),
    "post": N_("Post"),
    "program_id": N_("Program"),
    "remarks": N_("Remarks, diet"),
    "school": N_("School"),
    "school_id": N_("School"),
    "seats": N_("Seats"),
    "starts_on": N_("First day"),
    "stated": N_("It should say"),
    "text": N_("What is wrong"),
    "title": N_("Title"),
    "year": N_("Year"),
}


def actor() -> Actor:
    """The person behind this request."""
    return current_actor() or NOBODY


def told(error: Refusal) -> tuple[list[dict[str, Any]], int]:
    """The problems to show, each at its field as the page names it, and the status to answer with.

    What does not exist is left to the common page.
    """
    if isinstance(error, NotFound):
        raise error
    if isinstance(error, Malformed):
        shown = [explain_problem(problem) for problem in error.problems]
        return [{**problem, "where": _(FIELDS.get(problem["where"], problem["where"]))} for problem in shown], 422
    return [{"where": "", "message": explain_error(error), "warning": False}], 409


def found_cohort(connection: Connection, cohort_id: UUID) -> Any:
    """The cohort with its intake's columns. A class teacher finds only the own classes (R45)."""
    cohort = cohorts.cohort(connection, cohort_id)
    if cohort is None or not (actor().is_any(*CONTACTS) or cohort_id in actor().cohort_ids):
        raise NotFound
    return cohort
