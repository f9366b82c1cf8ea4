"""The own data: account, sign-ins and slips of who asks, and who dealt with them (R48)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.portal.queries import own_data as queries
from shared.web.language import gettext as _
from shared.web.language import word
from shared.web.own_data import OwnData, section

Columns = Sequence[tuple[str, str]]


def _sections(connection: Connection, person_id: UUID) -> list[dict[str, Any]]:
    return [
        _account(connection, person_id),
        _sessions(queries.open_sessions(connection, person_id)),
        _tries(queries.tries(connection, person_id)),
        _slips(queries.slips(connection, person_id)),
        _identities(queries.identities(connection, person_id)),
    ]


def _account(connection: Connection, person_id: UUID) -> dict[str, Any]:
    columns = [
        ("login", _("Sign-in name")),
        ("name", _("Name")),
        ("unit_name", _("Unit")),
        ("opened_at", _("Opened at")),
        ("password_set_at", _("Password set at")),
        ("roles", _("Roles")),
    ]
    rows = [
        [
            *(getattr(account, code) for code, _label in columns[:-1]),
            " · ".join(word(role) for role in queries.roles(connection, account.id)),
        ]
        for account in queries.accounts(connection, person_id)
    ]
    return section("account", _("Account"), columns, rows)


def _sessions(found: Iterable[Any]) -> dict[str, Any]:
    columns = [("address", _("Address")), ("opened_at", _("Since")), ("seen_at", _("Last used"))]
    return section("sessions", _("Sessions not ended"), columns, _rows(found, columns))


def _tries(found: Iterable[Any]) -> dict[str, Any]:
    columns = [("at", _("Time")), ("address", _("Address")), ("succeeded", _("Signed in"))]
    return section("tries", _("Tries to sign in"), columns, _rows(found, columns))


def _slips(found: Iterable[Any]) -> dict[str, Any]:
    columns = [("issued_at", _("Printed at")), ("expires_at", _("Usable until")), ("settled_at", _("Used or replaced at"))]
    return section("slips", _("Activation slips"), columns, _rows(found, columns))


def _identities(found: Iterable[Any]) -> dict[str, Any]:
    columns = [("issuer", _("OpenID provider")), ("subject", _("You are known there as")), ("linked_at", _("Since"))]
    return section("identities", _("Linked sign-in"), columns, _rows(found, columns))


def _rows(found: Iterable[Any], columns: Columns) -> list[list[Any]]:
    return [[getattr(row, code) for code, _label in columns] for row in found]


OWN_DATA = OwnData("portal", _sections, queries.things)
