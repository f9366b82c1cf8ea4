"""What waits for the person who asks."""

from flask_smorest import Blueprint

from services.enrollment.queries import tasks as queries
from shared.domain import city_date, now
from shared.storage.work import NOBODY
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import reading
from shared.web.tasks import Task, TaskSchema

blueprint = Blueprint("tasks_api", __name__, url_prefix="/api/enrollment", description="What waits for whom")


@blueprint.route("/me/tasks", methods=["GET"])
@allow(Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.CLASS_TEACHER)
@blueprint.response(200, TaskSchema(many=True))
def list_own_tasks() -> list[Task]:
    """What waits for you: how much, the most pressing of it, and the page that shows exactly that (R4, R5, R7, R45)."""
    with reading() as connection:
        return queries.tasks(connection, current_actor() or NOBODY, city_date(now()))
