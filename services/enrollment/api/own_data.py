"""The own data: what enrollment keeps of who asks, with masks, and who dealt with it (R44, R48)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.enrollment.api.surroundings import secrets
from services.enrollment.domain import phone, resident_id
from services.enrollment.domain.words import PlaceChange
from services.enrollment.queries import own_data as queries
from services.enrollment.queries.correction_requests import of_person
from shared.web.language import gettext as _
from shared.web.own_data import OwnData, section


def _sections(connection: Connection, person_id: UUID) -> list[dict[str, Any]]:
    people = queries.records(connection, person_id)
    ids = [person.id for person in people]
    return [
        _record(people),
        _places(queries.places(connection, ids)),
        _history(queries.history(connection, ids)),
        _requests(connection, person_id),
    ]


def _record(people: Iterable[Any]) -> dict[str, Any]:
    columns = [
        ("name", _("Full name")),
        ("sex", _("Sex")),
        ("nation", _("Ethnic group")),
        ("birth_date", _("Born on")),
        ("political_status", _("Political status")),
        ("id_number", _("ID number")),
        ("phone", _("Mobile number")),
    ]
    known = secrets()
    rows = [
        [
            *(getattr(person, name) for name in ("name", "sex", "nation", "birth_date", "political_status")),
            resident_id.masked(known.decrypt_text(person.id_cipher)),
            phone.masked(known.decrypt_text(person.phone_cipher)),
        ]
        for person in people
    ]
    return section("person", _("Person"), columns, rows)


def _places(places: Iterable[Any]) -> dict[str, Any]:
    columns = [
        ("intake_title", _("Intake")),
        ("cohort_number", _("Cohort")),
        ("intake_starts_on", _("First day")),
        ("intake_ends_on", _("Last day")),
        ("intake_delivery", _("Delivery")),
        ("category", _("Category")),
        ("status", _("State")),
        ("county_name", _("County")),
        ("school_name", _("School")),
        ("post", _("Post")),
        ("waiting_number", _("Waiting number")),
        ("group_number", _("Group")),
        ("lodging", _("Lodging")),
        ("remarks", _("Remarks, diet")),
        ("override_reason", _("Admitted outside the category because")),
        ("nominated_at", _("Nominated at")),
        ("checked_in_at", _("Reported at")),
    ]
    return section("places", _("Places"), columns, [[getattr(place, code) for code, _label in columns] for place in places])


def _history(lines: Iterable[Any]) -> dict[str, Any]:
    columns = [("at", _("When")), ("intake_title", _("Intake")), ("change", _("What")), ("reason", _("Reason")), ("by", _("By"))]
    rows = [[line.at, line.title, PlaceChange(line.change), line.reason, line.account] for line in lines]
    return section("history", _("History"), columns, rows)


def _requests(connection: Connection, person_id: UUID) -> dict[str, Any]:
    columns = [
        ("field", _("Correction of")),
        ("stated", _("It should say")),
        ("text", _("What is wrong")),
        ("state", _("State")),
        ("asked_at", _("Asked at")),
        ("answer", _("Answer")),
        ("decided_at", _("Decided at")),
        ("decided_by", _("By")),
    ]
    found = of_person(connection, person_id, secrets())
    rows = [[getattr(each, code) for code, _label in columns] for each in found]
    return section("correction_requests", _("Requests for a correction"), columns, rows)


OWN_DATA = OwnData("enrollment", _sections, queries.things)
