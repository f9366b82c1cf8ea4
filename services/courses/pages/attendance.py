"""The attendance grid of a slot: all present, mark the absent; and corrections with their effect (R14, R40)."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from services.courses.domain.attendance import Source
from services.courses.operations.corrections import Correction, correct_attendance, source_of
from services.courses.operations.sheets import Entry, SheetResult, Slot, record_sheet
from services.courses.pages.forms import actor, carry_out, choice, day, number
from services.courses.pages.messages import missing_sentence
from services.courses.queries.sheets import Sheet, SheetLine, sheet
from shared.domain import Malformed, NotFound, Problem
from shared.storage.work import UnitOfWork
from shared.vocabulary import AttendanceStatus, Delivery, Role
from shared.web.access import allow
from shared.web.doors import reading, run
from shared.web.language import gettext as _
from shared.web.language import ngettext

attendance = Blueprint("attendance", __name__, url_prefix="/courses")
TEACHERS = (Role.ORGANIZER, Role.CLASS_TEACHER)


@attendance.get("/sessions/<uuid:session_id>/attendance")
@allow(*TEACHERS)
def show_sheet(session_id: UUID) -> str:
    """The grid: everyone who has no entry yet with the suggested status, the others with what stands."""
    found = _sheet(session_id)
    unmarked = [line for line in found.lines if not line.history]
    marked = [line for line in found.lines if line.history]
    online = found.cohort.delivery == Delivery.ONLINE
    return render_template(
        "courses/sheet.html",
        found=found,
        unmarked=unmarked,
        marked=marked,
        online=online,
        statuses=list(AttendanceStatus),
        sources=(Source.PLATFORM,) if online else (Source.SHEET, source_of(actor()), Source.GROUP_LEADER),
    )


@attendance.post("/sessions/<uuid:session_id>/attendance")
@allow(*TEACHERS)
def record(session_id: UUID) -> Response:
    """Enter what the grid says of everyone shown in it."""
    cohort_id = _sheet(session_id).cohort.id
    try:
        listed = [UUID(name.removeprefix("mark-")) for name in request.form if name.startswith("mark-")]
    except ValueError as error:
        raise Malformed([Problem("not_a_choice", "mark")]) from error

    def enter(work: UnitOfWork) -> SheetResult:
        entries = [entry for who in listed if (entry := _entry(who)) is not None]
        source = choice("source", Source) or Source.SHEET
        return record_sheet(work, cohort_id, Slot(session_id, held_on=day("held_on")), entries, source=source)

    return carry_out(_recorded, url_for("attendance.show_sheet", session_id=session_id), enter)


@attendance.get("/sessions/<uuid:session_id>/attendance/<uuid:enrollment_id>")
@allow(*TEACHERS)
def show_entry(session_id: UUID, enrollment_id: UUID) -> str:
    """One person's entry with its history, and the form to correct it."""
    return _correction_page(session_id, enrollment_id, None)


@attendance.post("/sessions/<uuid:session_id>/attendance/<uuid:enrollment_id>/preview")
@allow(*TEACHERS)
def preview(session_id: UUID, enrollment_id: UUID) -> str:
    """What the correction would do to the person's completion; nothing is written (R40)."""
    entry = _correcting(enrollment_id)
    reason = request.form.get("reason", "")
    effect = run(correct_attendance, session_id, entry, reason=reason, preview=True)
    return _correction_page(session_id, enrollment_id, effect, reason=reason)


@attendance.post("/sessions/<uuid:session_id>/attendance/<uuid:enrollment_id>")
@allow(*TEACHERS)
def correct(session_id: UUID, enrollment_id: UUID) -> Response:
    """Supersede the entry."""
    reason = request.form.get("reason", "")
    return carry_out(
        _corrected,
        url_for("attendance.show_entry", session_id=session_id, enrollment_id=enrollment_id),
        lambda work: correct_attendance(work, session_id, _correcting(enrollment_id), reason=reason),
    )


def _sheet(session_id: UUID) -> Sheet:
    with reading() as connection:
        return sheet(connection, actor(), session_id)


def _entry(who: UUID) -> Entry | None:
    """The mark of one person: a status, or minutes; an empty minutes field marks nobody."""
    name = f"mark-{who}"
    if request.form[name] in list(AttendanceStatus):
        return Entry(who, AttendanceStatus(request.form[name]))
    minutes = number(name)
    return None if minutes is None else Entry(who, minutes=minutes)


def _correcting(enrollment_id: UUID) -> Entry:
    return Entry(enrollment_id, choice("status", AttendanceStatus), number("minutes"))


def _correction_page(session_id: UUID, enrollment_id: UUID, effect: Correction | None, reason: str = "") -> str:
    found = _sheet(session_id)
    line: SheetLine | None = next((each for each in found.lines if each.trainee.enrollment_id == enrollment_id and each.history), None)
    if line is None:
        raise NotFound
    return render_template(
        "courses/correction.html",
        found=found,
        line=line,
        effect=effect,
        reason=reason,
        online=found.cohort.delivery == Delivery.ONLINE,
        statuses=list(AttendanceStatus),
        why=missing_sentence,
    )


def _recorded(result: SheetResult) -> str:
    said = ngettext("%(num)d entry recorded.", "%(num)d entries recorded.", result.recorded)
    if withdrawn := len(result.withdrawn):
        said += " "
        said += ngettext("%(num)d person has been withdrawn from training.", "%(num)d people have been withdrawn from training.", withdrawn)
    return said


def _corrected(correction: Correction) -> str:
    return _("The correction stands.") if correction.changed else _("This is what stood already; nothing has changed.")
