"""The page of the city finance bureau: totals by delivery, category, county and period (R22–R31)."""

from calendar import monthrange
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from markupsafe import Markup
from marshmallow import EXCLUDE, ValidationError
from werkzeug.wrappers import Response

from services.finance.api.schemas import ReportQuery, filters_of
from services.finance.pages import chart
from services.finance.pages.wording import GROUPING_NAMES, LINE, LINES, SCOPE, filters_in_words, written
from services.finance.queries.freshness import freshness
from services.finance.queries.intakes import Choices, choices
from services.finance.queries.report import Group, Report, report
from services.finance.queries.totals import Grouping
from shared.domain import Malformed, Problem
from shared.vocabulary import Category, Delivery, Role, Word
from shared.web.access import allow
from shared.web.doors import reading
from shared.web.language import gettext, input_message, word
from shared.web.problems import explain_problem

GROUP_LINES = ("intakes", "cohorts", "participations", "offline", "online", "people", "person_days", "person_hours")
# These stand as columns where a table is split by delivery anyway.
SPLIT = ("offline", "online")
# Where a click on a group leads: the report narrowed to it, broken down by this.
NEXT = {
    Grouping.CATEGORY: Grouping.COUNTY,
    Grouping.DELIVERY: Grouping.CATEGORY,
    Grouping.COUNTY: Grouping.INTAKE,
    Grouping.INTAKE: Grouping.COUNTY,
    Grouping.YEAR: Grouping.MONTH,
    Grouping.MONTH: Grouping.INTAKE,
}
FILTER_NAMES = ("year", "from", "to", "category", "delivery", "county_code", "intake_id")

blueprint = Blueprint("totals_page", __name__, url_prefix="/finance", template_folder="templates")


@dataclass(frozen=True)
class Asked:
    """What the reader asked for, as it was sent and as it was understood; `problems` when it was not."""

    sent: dict[str, str]
    query: dict[str, Any]
    problems: list[dict[str, Any]]


@blueprint.get("/")
@allow(Role.FINANCE, Role.ORGANIZER)
def start() -> Response:
    """The way in."""
    return redirect("/finance/totals")


@blueprint.get("/totals")
@allow(Role.FINANCE, Role.ORGANIZER)
def show_totals() -> tuple[str, int]:
    """Totals with chart and table, for the filters of the form."""
    asked = _asked()
    by = asked.query["by"] or Grouping.CATEGORY
    with reading() as connection:
        offered, fresh = choices(connection), freshness(connection)
        drawn = None if asked.problems else report(connection, filters_of(asked.query), by)
    page = render_template(
        "finance/totals.html",
        report=drawn,
        fresh=fresh,
        sent=asked.sent,
        problems=asked.problems,
        options=_options(offered),
        by=by,
        query_string=urlencode(asked.sent),
        scope=gettext(SCOPE),
        **(_shown(drawn, asked.sent) if drawn else {}),
    )
    return page, 422 if asked.problems else 200


def _asked() -> Asked:
    sent = {name: value.strip() for name in (*FILTER_NAMES, "by") if (value := request.args.get(name, "")).strip()}
    nothing: dict[str, Any] = ReportQuery().load({})
    try:
        query = ReportQuery(unknown=EXCLUDE).load(sent)
        filters_of(query)
    except ValidationError as error:
        messages = error.messages_dict
        problems = [{"where": name, "message": input_message(str(text))} for name, texts in messages.items() for text in texts]
        return Asked(sent, nothing, problems)
    except Malformed as error:
        return Asked(sent, nothing, [_explained(problem) for problem in error.problems])
    return Asked(sent, query, [])


def _explained(problem: Problem) -> dict[str, Any]:
    return {**explain_problem(problem), "where": ""}


def _shown(drawn: Report, sent: dict[str, str]) -> dict[str, Any]:
    """The report in the cells and words of the page."""
    columns = [drawn.totals, *(drawn.by_delivery[delivery] for delivery in Delivery)]
    return {
        "cards": {code: written(LINE[code], drawn.totals) for code in LINE},
        "filters": filters_in_words(drawn),
        "figure_rows": [[gettext(line.name), *(written(line, column) for column in columns)] for line in LINES if line.code not in SPLIT],
        "group_headings": [gettext(GROUPING_NAMES[drawn.by or Grouping.CATEGORY]), *_group_columns()],
        "group_rows": [
            [_link(group, drawn.by, sent), *(written(LINE[code], group.figures) for code in GROUP_LINES)] for group in drawn.groups
        ],
        "group_total": [gettext("Total"), *(written(LINE[code], drawn.totals) for code in GROUP_LINES)],
        "bars": chart.bars(drawn.groups),
        "chart_width": chart.WIDTH,
        "chart_height": chart.height(drawn.groups),
        "bar_height": chart.BAR,
        "definitions": [(gettext(line.name), line.rule, gettext(line.meaning)) for line in LINES],
    }


def _group_columns() -> list[str]:
    return [word(Delivery(code)) if code in SPLIT else gettext(LINE[code].name) for code in GROUP_LINES]


def _link(group: Group, by: Grouping | None, sent: dict[str, str]) -> Markup | str:
    """The group's name, leading to the report narrowed to it: always to counts, never to persons."""
    name = word(group.name) if isinstance(group.name, Word) else group.name
    if by is None:
        return name
    narrowed = {
        **{key: value for key, value in sent.items() if key not in _replaced(by)},
        **_narrowing(by, group.key),
        "by": NEXT[by].value,
    }
    return Markup('<a href="/finance/totals?{}">{}</a>').format(urlencode(narrowed), name)


def _replaced(by: Grouping) -> set[str]:
    return {"year", "from", "to"} if by in (Grouping.YEAR, Grouping.MONTH) else set()


def _narrowing(by: Grouping, key: str) -> dict[str, str]:
    if by is Grouping.MONTH:
        year, month = int(key[:4]), int(key[5:])
        return {"from": f"{key}-01", "to": f"{key}-{monthrange(year, month)[1]}"}
    names = {Grouping.COUNTY: "county_code", Grouping.INTAKE: "intake_id"}
    return {names.get(by, by.value): key}


def _options(offered: Choices) -> dict[str, list[tuple[str, str]]]:
    everything = [("", gettext("all"))]
    return {
        "year": everything + [(str(year), str(year)) for year in offered.years],
        "category": everything + [(category.value, word(category)) for category in Category],
        "delivery": everything + [(delivery.value, word(delivery)) for delivery in Delivery],
        "county_code": everything + list(offered.counties.items()),
        "intake_id": everything + [(str(key), title) for key, title in offered.intakes.items()],
        "by": [(by.value, gettext(name)) for by, name in GROUPING_NAMES.items()],
    }
