"""What waits, kind by kind: the rows behind a line of the home page, each with the way to the work."""

from flask import Blueprint, render_template

from services.enrollment.pages.door import READERS, actor
from services.enrollment.queries import tasks as queries
from services.enrollment.queries.tasks import TaskCode
from shared.domain import NotFound, city_date, now
from shared.web.access import allow
from shared.web.doors import reading
from shared.web.language import N_

tasks = Blueprint("tasks", __name__, url_prefix="/enrollment/tasks")
TITLES = {
    TaskCode.UNITS_BEHIND_QUOTA: N_("Units behind on their quota"),
    TaskCode.OPEN_PLACES: N_("Open places of your unit"),
    TaskCode.POOL_PLACES: N_("Free seats of the city's pool"),
    TaskCode.ROSTERS_TO_CHECK: N_("Rosters to check"),
    TaskCode.COHORTS_TO_CONFIRM: N_("Cohorts to confirm"),
    TaskCode.INTAKES_TO_CLOSE: N_("Intakes to close"),
    TaskCode.NOT_CHECKED_IN: N_("Not checked in yet"),
    TaskCode.PEOPLE_WAITING: N_("Your people on the waiting list"),
}


@tasks.get("/<code>")
@allow(*READERS)
def show_task(code: str) -> str:
    """The rows of one kind of task."""
    if code not in set(TaskCode):
        raise NotFound
    with reading() as connection:
        rows = queries.waiting(connection, actor(), TaskCode(code), city_date(now()))
    return render_template("enrollment/task.html", code=code, title=TITLES[TaskCode(code)], rows=rows)
