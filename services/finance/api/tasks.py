"""What the person who asks should know before reading the figures."""

from flask_smorest import Blueprint

from services.finance.queries import tasks as queries
from shared.storage.work import NOBODY
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import reading
from shared.web.tasks import Task, TaskSchema

blueprint = Blueprint("tasks_api", __name__, url_prefix="/api/finance", description="What waits for whom")


@blueprint.route("/me/tasks")
@blueprint.response(200, TaskSchema(many=True))
@allow(Role.FINANCE)
def list_own_tasks() -> list[Task]:
    """Whether the figures are fresh and whole, and whether they agreed when they were last compared with the log of events."""
    with reading() as connection:
        return queries.tasks(connection, current_actor() or NOBODY)
