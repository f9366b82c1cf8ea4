"""The own data of who asks, as every service answers it: what it keeps, who dealt with it, and a copy to take away (R47, R48)."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask_smorest import Blueprint
from sqlalchemy import Connection

from shared.domain import NotFound
from shared.storage.audit import about
from shared.storage.work import NOBODY, UnitOfWork
from shared.vocabulary import Role, Word
from shared.web.access import allow, current_actor
from shared.web.doors import reading, run
from shared.web.language import city_date, city_moment, class_hours, gettext, word


@dataclass(frozen=True)
class OwnData:
    """What service `name` keeps of a person: the sections of it, and the ids of what its audit log may name."""

    name: str
    sections: Callable[[Connection, UUID], list[dict[str, Any]]]
    things: Callable[[Connection, UUID], Iterable[UUID]]

    def kept(self) -> dict[str, Any]:
        """All of it, as it stands."""
        with reading() as connection:
            return self._all(connection, _person())

    def copy(self) -> dict[str, Any]:
        """The same to take away, which leaves an audit entry."""

        def take(work: UnitOfWork) -> dict[str, Any]:
            work.note("data.exported", f"person/{_person()}")
            return self._all(work.connection, _person())

        return run(take)

    def blueprint(self) -> Blueprint:
        """Both as routes of the service."""
        me = Blueprint("own_data", __name__, url_prefix=f"/api/{self.name}/me", description="The own data (R48)")

        @me.get("/data")
        @allow(Role.TRAINEE)
        def show_own_data() -> Response:
            """What is kept of you, and what the audit log says was done with it."""
            return jsonify(self.kept())

        @me.post("/exports")
        @allow(Role.TRAINEE)
        def export_own_data() -> Response:
            """The same to take away; the audit log keeps that you did."""
            return jsonify(self.copy())

        return me

    def _all(self, connection: Connection, person_id: UUID) -> dict[str, Any]:
        rows = about(connection, self.things(connection, person_id))
        entries = [
            {"at": row.at.isoformat(), "account": row.account, "action": row.action, "reason": json.loads(row.facts).get("reason", "")}
            for row in rows
        ]
        return {"service": self.name, "sections": self.sections(connection, person_id), "entries": entries}


def section(code: str, title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """A table of what is kept; `columns` are (code, label). Each row stands as machines read it, and `shown` as people do."""
    codes, listed = [code for code, _ in columns], [tuple(row) for row in rows]
    return {
        "code": code,
        "title": title,
        "columns": [{"code": code, "label": label} for code, label in columns],
        "rows": [dict(zip(codes, map(_plain, row), strict=True)) for row in listed],
        "shown": [[_shown(name, cell) for name, cell in zip(codes, row, strict=True)] for row in listed],
    }


def _person() -> UUID:
    person_id = (current_actor() or NOBODY).person_id
    if person_id is None:
        raise NotFound
    return person_id


def _plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date) else str(cell) if isinstance(cell, Word | UUID) else cell


def _shown(column: str, cell: Any) -> str:
    if isinstance(cell, bool):
        return gettext("Yes") if cell else gettext("No")
    if isinstance(cell, date):
        return city_moment(cell) if isinstance(cell, datetime) else city_date(cell)
    return class_hours(cell) if column.endswith("quarter_hours") else word(cell)
