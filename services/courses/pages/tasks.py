"""What waits, kind by kind: the rows behind a line of the home page, each with the way to the work."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from services.courses.operations.leaves import decide_leave
from services.courses.pages.forms import actor, carry_out
from services.courses.queries import tasks as queries
from services.courses.queries.tasks import TaskCode
from shared.domain import NotFound, city_date, now
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import reading
from shared.web.language import N_
from shared.web.language import gettext as _

tasks = Blueprint("tasks", __name__, url_prefix="/courses/tasks")
TITLES = {
    TaskCode.SHEETS_MISSING: N_("Sessions without a complete attendance sheet"),
    TaskCode.LEAVES_TO_DECIDE: N_("Leave to decide"),
    TaskCode.TRAINEES_UNREACHABLE: N_("Trainees who cannot complete any more"),
    TaskCode.AWAY_TODAY: N_("Absent or on leave today"),
    TaskCode.SESSIONS_TODAY: N_("Sessions of today"),
    TaskCode.NEXT_SESSIONS: N_("The next sessions"),
}


@tasks.get("/<code>")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT)
def show_task(code: str) -> str:
    """The rows of one kind of task."""
    if code not in set(TaskCode):
        raise NotFound
    with reading() as connection:
        rows = queries.waiting(connection, actor(), TaskCode(code), city_date(now()))
    return render_template("courses/task.html", code=code, title=TITLES[TaskCode(code)], rows=rows)


@tasks.post("/leaves_to_decide/<uuid:leave_id>")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
def decide_next(leave_id: UUID) -> Response:
    """Grant or refuse leave and go on with the next request of the list."""
    approved = request.form.get("approved") == "yes"
    said = _("The leave is granted.") if approved else _("The leave is refused.")
    back = url_for("tasks.show_task", code=TaskCode.LEAVES_TO_DECIDE.value)
    return carry_out(lambda _outcome: said, back, lambda work: decide_leave(work, leave_id, approved=approved))
