"""Curricula: the organizer's plan for a category and delivery; running cohorts keep the one they began with."""

from services.courses.domain.curriculum import Curriculum
from services.courses.storage import curricula
from shared.domain import Malformed
from shared.storage.work import UnitOfWork


def edit_curriculum(work: UnitOfWork, plan: Curriculum) -> Curriculum:
    """Put a plan in force for cohorts confirmed from now on; every problem is named at once (R10, R11)."""
    problems = plan.problems()
    if problems:
        raise Malformed(problems)
    curricula.put(work.connection, plan, work.now, work.actor.account_id)
    work.note("curriculum.edited", f"curriculum/{plan.category}/{plan.delivery}", units=len(plan.units))
    return plan
