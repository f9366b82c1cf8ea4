"""The own data: the certificates of who asks, void ones too, what courses said of the trainings, and who dealt with them (R48)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.certificates.queries import own_data as queries
from shared.web.language import gettext as _
from shared.web.own_data import OwnData, section


def _sections(connection: Connection, person_id: UUID) -> list[dict[str, Any]]:
    return [_certificates(connection, person_id), _completions(connection, person_id)]


def _certificates(connection: Connection, person_id: UUID) -> dict[str, Any]:
    columns = [
        ("number", _("Number")),
        ("name", _("Name")),
        ("standing", _("Status")),
        ("intake_title", _("Training")),
        ("starts_on", _("First day")),
        ("ends_on", _("Last day")),
        ("completed_on", _("Completed on")),
        ("earned_quarter_hours", _("Class hours")),
        ("issued_at", _("Issued at")),
        ("rendered_at", _("File made at")),
        ("voided_at", _("Voided at")),
        ("void_reason", _("Reason")),
    ]
    names = ("intake_title", "starts_on", "ends_on", "completed_on", "earned_quarter_hours")
    rows = [
        [
            each.number,
            each.content.name,
            each.standing,
            *(getattr(each.content.training, name) for name in names),
            each.issued_at,
            each.rendered_at,
            each.voided_at,
            each.void_reason,
        ]
        for each in queries.certificates(connection, person_id)
    ]
    return section("certificates", _("Certificates"), columns, rows)


def _completions(connection: Connection, person_id: UUID) -> dict[str, Any]:
    columns = [("name", _("Name")), ("intake_title", _("Training")), ("stands", _("Completed"))]
    rows = [[row.name, row.training["intake_title"], bool(row.stands)] for row in queries.completions(connection, person_id)]
    return section("completions", _("What teaching said of the trainings"), columns, rows)


OWN_DATA = OwnData("certificates", _sections, queries.things)
