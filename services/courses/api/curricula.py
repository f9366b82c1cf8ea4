"""Curricula: look at them, edit them."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.courses.api.answers import CurriculumAnswer
from services.courses.api.schemas import CurriculumEditSchema
from services.courses.domain.curriculum import Curriculum, Unit
from services.courses.operations.curricula import edit_curriculum
from services.courses.storage.curricula import curricula as curricula_in_force
from shared.domain import NotFound
from shared.vocabulary import Category, Delivery, Role
from shared.web.access import allow
from shared.web.doors import answer, reading

curricula = Blueprint("curricula_api", __name__, url_prefix="/api/courses", description="Curricula (R10, R11, R16)")


@curricula.get("/curricula")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@curricula.response(200, CurriculumAnswer(many=True))
def list_curricula() -> list[Curriculum]:
    """The plans in force, one per category and delivery."""
    with reading() as connection:
        return curricula_in_force(connection)


@curricula.put("/curricula/<category>/<delivery>")
@allow(Role.ORGANIZER)
@curricula.arguments(CurriculumEditSchema)
@curricula.response(200, CurriculumAnswer)
def put_curriculum(body: dict[str, Any], category: str, delivery: str) -> Response:
    """Put a plan in force for cohorts confirmed from now on."""
    if category not in list(Category) or delivery not in list(Delivery):
        raise NotFound
    units = tuple(Unit(**unit) for unit in body["units"])
    facts = {**body, "units": units, "waived": frozenset(body["waived"]), "ledgers": tuple(body["ledgers"])}
    return answer(CurriculumAnswer(), edit_curriculum, Curriculum(Category(category), Delivery(delivery), **facts))
