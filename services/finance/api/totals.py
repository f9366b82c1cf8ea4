"""Totals, intakes, the workbook and how fresh the figures are."""

from dataclasses import asdict
from typing import Any

from flask import Response, current_app, request
from flask_smorest import Blueprint

from services.finance.api.schemas import FreshnessSchema, IntakesSchema, ReportQuery, TotalsSchema, filters_of
from services.finance.api.workbook import sheets_of, workbook
from services.finance.domain.period import Filters
from services.finance.pages.wording import LINES, SCOPE
from services.finance.queries.freshness import freshness
from services.finance.queries.intakes import intakes
from services.finance.queries.report import Report, report
from shared.domain import Malformed, Problem
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import reading
from shared.web.language import gettext, word

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

blueprint = Blueprint("totals", __name__, url_prefix="/api/finance", description="What took part: counts, never persons")


@blueprint.route("/totals")
@blueprint.arguments(ReportQuery, location="query")
@blueprint.response(200, TotalsSchema)
@allow(Role.FINANCE, Role.ORGANIZER)
def get_totals(query: dict[str, Any]) -> dict[str, Any]:
    """Totals for any filter, whole and by group, with rule version, cut-off and definitions (R22–R31)."""
    with reading() as connection:
        drawn = report(connection, _filters(query), query["by"])
    return _as_answer(drawn)


@blueprint.route("/intakes")
@blueprint.response(200, IntakesSchema)
@allow(Role.FINANCE, Role.ORGANIZER)
def list_intakes() -> dict[str, Any]:
    """Every intake heard of, with its figures."""
    with reading() as connection:
        return {"intakes": intakes(connection)}


@blueprint.route("/report.xlsx")
@blueprint.arguments(ReportQuery, location="query")
@blueprint.response(200, content_type=XLSX)
@allow(Role.FINANCE, Role.ORGANIZER)
def download_report(query: dict[str, Any]) -> Response:
    """The report as a workbook; filters, cut-off and definitions are printed in it."""
    filters = _filters(query)
    with reading() as connection:
        whole = report(connection, filters)
        sheets = [report(connection, filters, by) for by in sheets_of(query["by"])]
    answer = current_app.response_class(workbook(whole, sheets), mimetype=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="finance-{whole.drawn_at:%Y%m%d-%H%M}.xlsx"'
    return answer


@blueprint.route("/freshness")
@blueprint.response(200, FreshnessSchema)
@allow(Role.FINANCE, Role.ORGANIZER)
def get_freshness() -> dict[str, Any]:
    """The last event applied, and what still waits."""
    with reading() as connection:
        return asdict(freshness(connection))


def _filters(query: dict[str, Any]) -> Filters:
    # A filter misspelled and dropped would give totals nobody asked for, under a heading that looks right.
    known = {field.data_key or name for name, field in ReportQuery().fields.items()} | {"lang"}
    if unknown := sorted(request.args.keys() - known):
        raise Malformed([Problem("unknown_filter", name) for name in unknown])
    return filters_of(query)


def _as_answer(drawn: Report) -> dict[str, Any]:
    definitions = [{"code": line.code, "rule": line.rule, "name": gettext(line.name), "meaning": gettext(line.meaning)} for line in LINES]
    basis = {
        "rules": drawn.rules,
        "drawn_at": drawn.drawn_at,
        "cut_off": drawn.cut_off,
        "filters": drawn.filters,
        "scope": gettext(SCOPE),
        "definitions": definitions,
    }
    return {
        "basis": basis,
        "totals": drawn.totals,
        "by_delivery": {delivery.value: figures for delivery, figures in drawn.by_delivery.items()},
        "by": drawn.by,
        "groups": [{"key": group.key, "name": word(group.name), "figures": group.figures} for group in drawn.groups],
    }
