"""Appeals against recorded attendance: the trainee files, who runs the class looks, corrects and decides (R14, R48)."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from services.courses.domain.appeal import LONGEST_TEXT, AppealState
from services.courses.operations.appeals import decide_appeal, file_appeal
from services.courses.pages.attendance import TEACHERS
from services.courses.pages.forms import actor, carry_out
from services.courses.queries.appeals import appeal, decided_appeals, open_appeals, own_appeals
from services.courses.queries.own_data import ledger
from shared.domain import Malformed, NotFound, Problem
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import reading
from shared.web.language import gettext as _

appeals = Blueprint("appeals", __name__, url_prefix="/courses")


@appeals.get("/me/appeals")
@allow(Role.TRAINEE)
def show_own_appeals() -> str:
    """The own appeals with their answers, and the form for a new one."""
    own = actor().person_id
    if own is None:
        raise NotFound
    with reading() as connection:
        filed, entries = own_appeals(connection, own), ledger(connection, own)
    waiting = {(row.session_id, row.enrollment_id) for row in filed if row.state == AppealState.OPEN}
    stands = {(row.session_id, row.enrollment_id): row for row in entries}  # the last revision of an entry is read last
    offered = [row for key, row in stands.items() if key not in waiting]
    return render_template("courses/own_appeals.html", filed=filed, offered=offered, longest=LONGEST_TEXT)


@appeals.post("/me/appeals")
@allow(Role.TRAINEE)
def file() -> Response:
    """File an appeal."""

    def file_it(work: UnitOfWork) -> UUID:
        session_id, enrollment_id = _entry()
        return file_appeal(work, session_id, enrollment_id, text=request.form.get("text", ""))

    return carry_out(lambda _id: _("Your appeal is filed. The answer will stand here."), url_for("appeals.show_own_appeals"), file_it)


@appeals.get("/appeals")
@allow(*TEACHERS)
def list_appeals() -> str:
    """What waits in the classes that the reader runs, and what was decided last."""
    with reading() as connection:
        waiting, decided = open_appeals(connection, actor()), decided_appeals(connection, actor())
    return render_template("courses/appeals.html", waiting=waiting, decided=decided)


@appeals.get("/appeals/<uuid:appeal_id>")
@allow(*TEACHERS)
def show_appeal(appeal_id: UUID) -> str:
    """One appeal with the entry as it stands, the way to its correction, and the form to decide."""
    with reading() as connection:
        found = appeal(connection, actor(), appeal_id)
    return render_template("courses/appeal.html", found=found, longest=LONGEST_TEXT, is_open=found.state == AppealState.OPEN)


@appeals.post("/appeals/<uuid:appeal_id>/decision")
@allow(*TEACHERS)
def decide(appeal_id: UUID) -> Response:
    """Say what came of the appeal, once."""
    granted = request.form.get("outcome") == "granted"
    return carry_out(
        lambda _nothing: _("The appeal is decided; the person reads your answer."),
        url_for("appeals.show_appeal", appeal_id=appeal_id),
        lambda work: decide_appeal(work, appeal_id, granted=granted, answer=request.form.get("answer", "")),
    )


def _entry() -> tuple[UUID, UUID]:
    """The entry chosen in the form: session and place."""
    session_id, _slash, enrollment_id = request.form.get("entry", "").partition("/")
    try:
        return UUID(session_id), UUID(enrollment_id)
    except ValueError as error:
        raise Malformed([Problem("not_a_choice", "entry")]) from error
