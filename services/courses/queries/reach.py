"""How far an actor's authority reaches (R45); what lies beyond does not exist for them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, true

from services.courses.storage.tables import TRAINEES
from shared.domain import NotFound
from shared.storage.work import Actor
from shared.vocabulary import Role


def teaches(actor: Actor, cohort_id: UUID) -> bool:
    """Whether the actor runs this cohort: an organizer, or its class teacher."""
    return actor.is_any(Role.ORGANIZER) or (actor.is_any(Role.CLASS_TEACHER) and cohort_id in actor.cohort_ids)


def require_teaching(actor: Actor, cohort_id: UUID) -> None:
    """Refuse those who do not run this cohort, as if it did not exist."""
    if not teaches(actor, cohort_id):
        raise NotFound


def is_self(actor: Actor, person_id: UUID) -> bool:
    """Whether the actor is the trainee."""
    return actor.is_any(Role.TRAINEE) and actor.person_id == person_id


def within_reach(actor: Actor) -> ColumnElement[bool]:
    """The condition on trainees whose records the actor may read."""
    if actor.is_any(Role.ORGANIZER):
        return true()
    conditions: list[Any] = []
    if actor.is_any(Role.CLASS_TEACHER):
        conditions.append(TRAINEES.c.cohort_id.in_(actor.cohort_ids))
    if actor.is_any(Role.COUNTY_CONTACT) and actor.county_code:
        conditions.append(TRAINEES.c.county_code == actor.county_code)
    if actor.is_any(Role.SCHOOL_CONTACT) and actor.school_id:
        conditions.append(TRAINEES.c.school_id == actor.school_id)
    if actor.is_any(Role.TRAINEE) and actor.person_id:
        conditions.append(TRAINEES.c.person_id == actor.person_id)
    return or_(false(), *conditions)
