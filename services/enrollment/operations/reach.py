"""How far a person's authority reaches in enrollment: the city, a county, a school, a cohort, oneself (R45)."""

from uuid import UUID

from shared.domain import NotFound
from shared.storage.work import Actor
from shared.vocabulary import Role


def require_place(actor: Actor, county_code: str, school_id: UUID | None = None) -> None:
    """The actor may act for this county, or for this school; to others the place does not exist."""
    if actor.is_any(Role.ORGANIZER):
        return
    if actor.is_any(Role.COUNTY_CONTACT) and actor.county_code == county_code:
        return
    if actor.is_any(Role.SCHOOL_CONTACT) and school_id is not None and actor.school_id == school_id:
        return
    raise NotFound


def require_cohort(actor: Actor, cohort_id: UUID) -> None:
    """The actor may see the whole cohort: the organizer, and the teacher of the class."""
    if actor.is_any(Role.ORGANIZER) or (actor.is_any(Role.CLASS_TEACHER) and cohort_id in actor.cohort_ids):
        return
    raise NotFound
