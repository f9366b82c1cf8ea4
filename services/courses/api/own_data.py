"""The own data: what courses keeps of who asks, and who dealt with it (R48)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.courses.queries import own_data as queries
from services.courses.queries.appeals import own_appeals
from services.courses.storage.tables import ASSESSMENTS, EVALUATIONS, PLEDGES
from shared.web.language import gettext as _
from shared.web.own_data import OwnData, section

Columns = Sequence[tuple[str, str]]


def _sections(connection: Connection, person_id: UUID) -> list[dict[str, Any]]:
    return [
        _places(connection, person_id),
        _ledger(queries.ledger(connection, person_id)),
        _leaves(queries.leaves(connection, person_id)),
        _stops(queries.stops(connection, person_id)),
        *_results(connection, person_id),
        _appeals(own_appeals(connection, person_id)),
    ]


def _places(connection: Connection, person_id: UUID) -> dict[str, Any]:
    columns = [
        ("intake_title", _("Training")),
        ("cohort_number", _("Cohort")),
        ("starts_on", _("First day")),
        ("ends_on", _("Last day")),
        ("delivery", _("Delivery")),
        ("name", _("Name")),
        ("county_name", _("County")),
        ("school_name", _("School")),
        ("post", _("Post")),
        ("place", _("State")),
        ("group_number", _("Group")),
        ("checked_in_at", _("Checked in")),
        ("withdrawn", _("Withdrawn from training")),
        ("completed_on", _("Completed on")),
        ("leads_group", _("Leads the group")),
        ("records_group", _("Keeps the group's record")),
    ]
    leading, recording = queries.group_duties(connection, person_id)
    rows = [
        [*(getattr(place, code) for code, _label in columns[:-2]), place.enrollment_id in leading, place.enrollment_id in recording]
        for place in queries.places(connection, person_id)
    ]
    return section("places", _("Trainings"), columns, rows)


def _ledger(entries: Iterable[Any]) -> dict[str, Any]:
    columns = [
        ("held_on", _("Day")),
        ("half_day", _("Half-day")),
        ("title", _("Session")),
        ("mode", _("Mode")),
        ("revision", _("Version")),
        ("status", _("Mark")),
        ("minutes", _("Minutes")),
        ("quarter_hours", _("Class hours")),
        ("source", _("Source")),
        ("reason", _("Reason")),
        ("recorded_at", _("Recorded at")),
        ("recorded_by_name", _("By")),
    ]
    return section("attendance", _("Attendance, with every correction"), columns, _rows(entries, columns))


def _leaves(leaves: Iterable[Any]) -> dict[str, Any]:
    columns = [
        ("kind", _("Kind")),
        ("first_day", _("From")),
        ("first_half", _("From the half-day")),
        ("last_day", _("Until")),
        ("last_half", _("Until the half-day")),
        ("reason", _("Reason")),
        ("state", _("State")),
        ("requested_at", _("Asked")),
        ("decided_at", _("Decided")),
    ]
    return section("leaves", _("Leave"), columns, _rows(leaves, columns))


def _stops(stops: Iterable[Any]) -> dict[str, Any]:
    columns = [("host_school", _("Host school")), ("checked_in_at", _("Checked in"))]
    return section("tour_stops", _("Stops of observation tours"), columns, _rows(stops, columns))


def _results(connection: Connection, person_id: UUID) -> list[dict[str, Any]]:
    training, recorded = ("intake_title", _("Training")), ("recorded_at", _("Recorded at"))
    kinds = (
        ("assessments", ASSESSMENTS, _("Assessments"), [("grade", _("Grade")), ("assessed_on", _("Day"))]),
        ("pledges", PLEDGES, _("Discipline pledges"), [("signed_on", _("Signed on"))]),
        (
            "evaluations",
            EVALUATIONS,
            _("Evaluations"),
            [("satisfied", _("Satisfied")), ("comment", _("Comment")), ("handed_in_on", _("Handed in on"))],
        ),
    )
    return [
        section(code, title, named, _rows(queries.results(connection, person_id, table), named))
        for code, table, title, columns in kinds
        for named in [[training, *columns, recorded]]
    ]


def _appeals(appeals: Iterable[Any]) -> dict[str, Any]:
    columns = [
        ("held_on", _("Day")),
        ("half_day", _("Half-day")),
        ("title", _("Session")),
        ("text", _("What is wrong")),
        ("state", _("State")),
        ("filed_at", _("Filed at")),
        ("answer", _("Answer")),
        ("decided_at", _("Decided at")),
        ("decided_by", _("By")),
    ]
    return section("appeals", _("Appeals against attendance"), columns, _rows(appeals, columns))


def _rows(found: Iterable[Any], columns: Columns) -> list[list[Any]]:
    return [[getattr(row, code) for code, _label in columns] for row in found]


OWN_DATA = OwnData("courses", _sections, queries.things)
