"""What waits for the person who asks."""

from flask_smorest import Blueprint

from services.courses.api.cohorts import actor
from services.courses.queries import tasks as queries
from shared.domain import city_date, now
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import reading
from shared.web.tasks import Task, TaskSchema

tasks = Blueprint("tasks_api", __name__, url_prefix="/api/courses", description="What waits for whom")


@tasks.get("/me/tasks")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT)
@tasks.response(200, TaskSchema(many=True))
def list_own_tasks() -> list[Task]:
    """What waits for you: how much, the most pressing of it, and the page that shows exactly that (R14, R16, R45)."""
    with reading() as connection:
        return queries.tasks(connection, actor(), city_date(now()))
