"""What waits, kind by kind: completions without a certificate, certificates without their file."""

from flask import Blueprint, render_template

from services.certificates.queries import tasks as queries
from services.certificates.queries.tasks import TaskCode
from shared.domain import NotFound, now
from shared.storage.work import NOBODY
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import reading
from shared.web.language import N_

tasks = Blueprint("tasks", __name__, url_prefix="/certificates/tasks")
TITLES = {
    TaskCode.CERTIFICATES_NOT_ISSUED: N_("Completed, but without a certificate"),
    TaskCode.CERTIFICATES_WITHOUT_FILE: N_("Certificates without their file"),
}


@tasks.get("/<code>")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
def show_task(code: str) -> str:
    """The rows of one kind of task."""
    if code not in set(TaskCode):
        raise NotFound
    with reading() as connection:
        rows = queries.waiting(connection, current_actor() or NOBODY, TaskCode(code), now())
    return render_template("certificates/task.html", code=code, title=TITLES[TaskCode(code)], rows=rows, most=queries.SHOWN)
