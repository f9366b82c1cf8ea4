"""The own data: what finance counts of who asks, and who took a copy (R25, R48)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.finance.queries import own_data as queries
from shared.web.language import gettext as _
from shared.web.own_data import OwnData, section

Columns = Sequence[tuple[str, str]]


def _sections(connection: Connection, person_id: UUID) -> list[dict[str, Any]]:
    return [
        _participations(queries.participations(connection, person_id)),
        _places(queries.places(connection, person_id)),
        _slots(queries.slots(connection, person_id)),
    ]


def _participations(found: Iterable[Any]) -> dict[str, Any]:
    columns = [
        ("title", _("Intake")),
        ("starts_on", _("First day")),
        ("ends_on", _("Last day")),
        ("county_name", _("County")),
        ("delivery", _("Delivery")),
        ("counted", _("Counts as a participation")),
        ("half_days", _("Half-days attended")),
        ("billable_days", _("Billable days")),
        ("quarter_hours", _("Class hours")),
        ("completed", _("Completed")),
        ("certified", _("Certified")),
    ]
    flags = {"counted", "completed", "certified"}
    rows = [[bool(row._mapping[code]) if code in flags else row._mapping[code] for code, _label in columns] for row in found]
    return section("participations", _("Participations counted"), columns, rows)


def _places(found: Iterable[Any]) -> dict[str, Any]:
    columns = [
        ("title", _("Intake")),
        ("post", _("Post")),
        ("standing", _("Place")),
        ("checked_in_at", _("Checked in")),
        ("outcome", _("Outcome")),
        ("number", _("Certificate")),
        ("issued_on", _("Issued on")),
        ("voided_on", _("Voided on")),
        ("satisfied", _("Satisfied")),
    ]
    return section("places", _("Places as told by the other services"), columns, _rows(found, columns))


def _slots(found: Iterable[Any]) -> dict[str, Any]:
    columns = [
        ("held_on", _("Day")),
        ("half_day", _("Half-day")),
        ("delivery", _("Delivery")),
        ("status", _("Attendance")),
        ("quarter_hours", _("Class hours")),
        ("stands", _("Stands")),
    ]
    return section("slots", _("Attendance as told by teaching"), columns, _rows(found, columns))


def _rows(found: Iterable[Any], columns: Columns) -> list[list[Any]]:
    return [[row._mapping[code] for code, _label in columns] for row in found]


OWN_DATA = OwnData("finance", _sections, queries.things)
