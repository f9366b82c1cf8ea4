"""What waits for the person who asks."""

from flask_smorest import Blueprint

from services.certificates.queries import tasks as queries
from shared.domain import now
from shared.storage.work import NOBODY
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import reading
from shared.web.tasks import Task, TaskSchema

tasks = Blueprint("tasks_api", __name__, url_prefix="/api/certificates", description="What waits for whom")


@tasks.get("/me/tasks")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@tasks.response(200, TaskSchema(many=True))
def list_own_tasks() -> list[Task]:
    """What waits for you: how much, the first of it, and the page that shows exactly that (R39, R45)."""
    with reading() as connection:
        return queries.tasks(connection, current_actor() or NOBODY, now())
