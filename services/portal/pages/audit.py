"""The auditor's page: the audit logs of all services as one, to search, to verify and to take away (R45, R47)."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from services.portal.pages.actions import action_name, chain_break
from services.portal.pages.parts import Parts, ServiceName
from services.portal.queries.accounts import names_of
from services.portal.storage.accounts import id_of_login
from shared.domain import CITY_TIME, now
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role
from shared.web import audit_log as own_log
from shared.web.access import allow
from shared.web.doors import reading, run
from shared.web.language import gettext as _
from shared.web.language import word

audit_log = Blueprint("audit_log", __name__, url_prefix="/portal/audit")
audit_log.add_app_template_filter(action_name)
audit_log.add_app_template_filter(lambda broken: chain_break(**broken), "chain_break")
ON_A_PAGE = 100
EXPORTED = 10_000
FIELDS = {"service": 20, "from": 10, "to": 10, "account": 80, "action": 60, "subject": 120, "before": 40}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass
class Search:
    """What the auditor looks for, as typed and as the services are asked; `problems` by field when it cannot be asked."""

    typed: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)
    services: tuple[ServiceName, ...] = tuple(ServiceName)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> dict[str, str]:
        """What was typed at all."""
        return {name: text for name, text in self.typed.items() if text}


@dataclass(frozen=True)
class Found:
    """Entries of all services asked, the newest first; those before `rest` are on the next page."""

    entries: list[dict[str, Any]]
    names: dict[str, str]
    missing: list[ServiceName]
    rest: str | None


@audit_log.get("")
@allow(Role.AUDITOR)
def show_entries() -> tuple[str, int]:
    """A page of entries that fit."""
    search = _read_search()
    found = _gather(search, ON_A_PAGE) if not search.problems else Found([], {}, [], None)
    next_url = f"{request.path}?{urlencode({**search.asked, 'before': found.rest})}" if found.rest else None
    return _page(search, found, next_url=next_url), 422 if search.problems else 200


@audit_log.get("/verdicts")
@allow(Role.AUDITOR)
def show_verdicts() -> str:
    """Whether the chain of each service holds."""
    parts = Parts()
    verdicts = [(name, _own_or_asked(parts, name, "verdict", {})) for name in ServiceName]
    return render_template("portal/audit_verdicts.html", verdicts=verdicts, at=now())


@audit_log.get("/export")
@allow(Role.AUDITOR)
def export_entries() -> Response | tuple[str, int]:
    """What fits as a table for Excel, ten thousand entries at most; none when a service is silent, since a gap would not show."""
    search = _read_search()
    found = _gather(search, EXPORTED) if not search.problems else Found([], {}, [], None)
    if search.problems or found.missing:
        return _page(search, found, not_exported=True), 422 if search.problems else 503
    run(_note_export, len(found.entries), search)
    table = io.StringIO()
    writer = csv.writer(table)
    headings = (
        _("Time"),
        _("Service"),
        _("Account"),
        _("Name"),
        _("Address"),
        _("Action"),
        _("Object"),
        _("Facts"),
        _("Place in the chain"),
    )
    writer.writerow(headings)
    writer.writerows(_line(entry, found.names) for entry in found.entries)
    if found.rest:
        writer.writerow((_("There are older entries that fit. Narrow the period to export them."),))
    name = f"audit-{now().astimezone(CITY_TIME):%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + table.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _note_export(work: UnitOfWork, entries: int, search: Search) -> None:
    period = {name: search.typed[name] for name in ("from", "to") if search.typed[name]}
    work.note("audit.exported", "audit", entries=entries, services=[name.value for name in search.services], **period)


def _page(search: Search, found: Found, **shown: Any) -> str:
    return render_template("portal/audit.html", search=search, found=found, services=tuple(ServiceName), **shown)


def _line(entry: dict[str, Any], names: dict[str, str]) -> Iterable[str]:
    cells = (
        f"{datetime.fromisoformat(entry['at']).astimezone(CITY_TIME):%Y-%m-%d %H:%M:%S}",
        word(entry["service"]),
        entry["account"],
        names.get(entry["account"], ""),
        entry["address"],
        f"{action_name(entry['action'])} {entry['action']}",
        entry["subject"],
        json.dumps(entry["facts"], ensure_ascii=False),
        str(entry["position"] or ""),
    )
    # A table calculates what begins like this; an apostrophe makes it text again.
    return (f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)


def _read_search() -> Search:
    search = Search({name: request.args.get(name, "").strip()[:longest] for name, longest in FIELDS.items()})
    typed = search.typed
    if typed["service"]:
        if typed["service"] in set(ServiceName):
            search.services = (ServiceName(typed["service"]),)
        else:
            search.problems["service"] = _("Choose one of the services.")
    for name, asked, days in (("from", "after", 0), ("to", "before", 1)):
        if typed[name]:
            try:
                day = date.fromisoformat(typed[name]) + timedelta(days=days)
                search.query[asked] = datetime.combine(day, time(), CITY_TIME).astimezone(UTC).isoformat()
            except (ValueError, OverflowError):
                search.problems[name] = _("“%(text)s” is not a day; write 2023-05-09.", text=typed[name])
    if typed["before"]:
        try:
            search.query["before"] = datetime.fromisoformat(typed["before"]).astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            search.problems["before"] = _("This address is incomplete; search again.")
    search.query |= {name: typed[name] for name in ("action", "subject") if typed[name]}
    if typed["account"]:
        with reading() as connection:
            search.query["account"] = str(id_of_login(connection, typed["account"]) or typed["account"])
    return search


def _gather(search: Search, limit: int) -> Found:
    parts = Parts()
    entries: list[dict[str, Any]] = []
    for name in search.services:
        answer = _own_or_asked(parts, name, "entries", {**search.query, "limit": str(limit + 1)})
        entries += [{**entry, "service": name} for entry in (answer["entries"] if answer else [])]
    entries.sort(key=lambda entry: datetime.fromisoformat(entry["at"]), reverse=True)
    rest = None
    if len(entries) > limit:
        # Whatever happened in one moment stays on one page, or the next page would leave some of it out.
        rest = entries[limit - 1]["at"]
        entries = [entry for entry in entries if datetime.fromisoformat(entry["at"]) >= datetime.fromisoformat(rest)]
    with reading() as connection:
        names = names_of(connection, {name for entry in entries for name in (entry["account"], entry["subject"].removeprefix("account/"))})
    return Found(entries, names, parts.missing, rest)


def _own_or_asked(parts: Parts, name: ServiceName, what: str, query: dict[str, str]) -> Any:
    if name is not ServiceName.PORTAL:
        return parts.ask(name, f"/api/{name.value}/audit/{what}", **query)
    answer = own_log.list_entries(own_log.EntriesQuery().load(query)) if what == "entries" else own_log.show_verdict()
    return answer.get_json()
