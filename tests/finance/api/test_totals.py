"""The door for machines: totals, intakes, the workbook, freshness; counts and never persons."""

import json
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from services.finance.domain.period import Filters
from services.finance.domain.totals import count, figures
from shared.messaging import inbox
from shared.vocabulary import Category, Delivery, OrganizedBy, Role
from tests.conftest import RunningService
from tests.finance.hearing import hear
from tests.finance.history import History, a_random_history

DOORS = [
    "/api/finance/totals", "/api/finance/intakes", "/api/finance/report.xlsx", "/api/finance/freshness", "/finance/", "/finance/totals",
]  # fmt: skip
READERS = {Role.FINANCE, Role.ORGANIZER}


@pytest.fixture
def history() -> History:
    return a_random_history(3)


@pytest.fixture
def finance(make_service: Callable[..., RunningService], history: History) -> RunningService:
    service = make_service("finance")
    hear(service, history.told)
    return service


def ask(service: RunningService, address: str) -> Any:
    answer = service.client(Role.FINANCE).get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def test_totals_say_what_was_counted_and_what_they_rest_on(finance: RunningService, history: History) -> None:
    expected = figures(count(history.facts), Filters(category=Category.PUBLIC_SCHOOL))
    told = ask(finance, "/api/finance/totals?category=public_school&by=county")
    assert told["totals"]["participations"] == told["totals"]["offline"] + told["totals"]["online"] == expected.participations
    assert told["totals"]["people"] == expected.people
    assert told["totals"]["person_days"] == float(expected.person_days)
    assert told["totals"]["funnel"]["attended"] == expected.participations
    assert sum(group["figures"]["participations"] for group in told["groups"]) == expected.participations
    assert told["by_delivery"]["offline"]["participations"] == expected.offline
    assert told["basis"]["filters"]["category"] == "public_school"
    assert told["basis"]["rules"] == "R22–R31 / 2026-1"
    assert told["basis"]["cut_off"].startswith("2023-01-01T")
    assert {"R22", "R23", "R24", "R25", "R26", "R27", "R28", "R29", "R30"} == {line["rule"] for line in told["basis"]["definitions"]}


def test_a_year_counts_intakes_that_ended_in_it_and_hours_attended_in_it(finance: RunningService, history: History) -> None:
    by_year = {group["key"]: group["figures"] for group in ask(finance, "/api/finance/totals?by=year")["groups"]}
    for year, seen in by_year.items():
        assert ask(finance, f"/api/finance/totals?year={year}")["totals"] == seen


def test_a_filter_misspelled_is_refused_and_not_dropped(finance: RunningService) -> None:
    refused = finance.client(Role.FINANCE).get("/api/finance/totals?categroy=public_school&yaer=2023")
    assert refused.status_code == 422
    assert [error["where"] for error in refused.json["errors"]] == ["categroy", "yaer"]


@pytest.mark.parametrize(
    "query", ["year=abc", "year=99999", "from=2023-13-01", "category=teachers", "county_code=1%27--", "intake_id=7", "by=name",
              "from=2023-02-01&to=2023-01-01", "year=2023&from=2023-01-01"],
)  # fmt: skip
def test_a_filter_that_cannot_be_meant_is_refused_by_every_door(finance: RunningService, query: str) -> None:
    for door in ("/api/finance/totals", "/api/finance/report.xlsx", "/finance/totals"):
        assert finance.client(Role.FINANCE).get(f"{door}?{query}").status_code == 422, door


def test_intakes_are_listed_with_their_figures_and_the_provinces_with_none(finance: RunningService, history: History) -> None:
    listed = ask(finance, "/api/finance/intakes")["intakes"]
    assert [intake["ends_on"] for intake in listed] == sorted(intake["ends_on"] for intake in listed)
    assert len(listed) == len(history.intakes)
    counted = count(history.facts)
    for intake in listed:
        known = next(one for one in history.intakes.values() if str(one.id) == intake["id"])
        assert intake["figures"]["participations"] == figures(counted, Filters(intake_id=known.id)).participations
        if intake["organized_by"] == "province":
            assert not any(value for name, value in intake["figures"].items() if name != "funnel")


def test_nothing_that_finance_answers_names_a_person(finance: RunningService, history: History) -> None:
    persons = {str(place.person_id) for place in history.places.values()} | {str(key) for key in history.places}
    for door in DOORS:
        answer = finance.client(Role.FINANCE).get(door, follow_redirects=True)
        text = answer.get_data(as_text=True) if "xlsx" not in door else json.dumps(cells_of(answer.data))
        assert not [person for person in persons if person in text], door


@pytest.mark.parametrize("door", DOORS)
def test_only_finance_and_organizers_may_read(finance: RunningService, door: str) -> None:
    for role in Role:
        status = finance.client(role).get(door).status_code
        assert (status in (200, 302)) if role in READERS else status == 403, role
    assert finance.client().get(door).status_code in (401, 302)


def cells_of(data: bytes) -> list[str]:
    sheets = load_workbook(BytesIO(data)).worksheets
    return [str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


def test_the_workbook_prints_filters_cut_off_and_definitions(finance: RunningService) -> None:
    answer = finance.client(Role.FINANCE).get("/api/finance/report.xlsx?delivery=online&year=2023&by=month")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    cells = cells_of(answer.data)
    for expected in (
        "线上",
        "2023年1月1日 – 2023年12月31日",
        "R22–R31 / 2026-1",
        "期数",
        "一人参加一期计一次：线下至少出勤一个半天，或线上至少获得一个学时。",
    ):
        assert expected in cells, expected
    titles = [sheet.title for sheet in load_workbook(BytesIO(answer.data)).worksheets]
    assert titles == ["统计", "培训对象", "县（市、区）", "年度", "期", "月份", "统计口径"]


def test_a_title_that_looks_like_a_formula_stays_text(make_service: Callable[..., RunningService]) -> None:
    formula = '=HYPERLINK("http://evil.example","培训班")'
    history, service = History(title=formula), make_service("finance")
    intake = history.plan_intake(Delivery.OFFLINE, date(2023, 5, 12), category=Category.PUBLIC_SCHOOL, organized_by=OrganizedBy.CITY)
    history.confirm(intake, [uuid4()])
    hear(service, history.told)
    book = load_workbook(BytesIO(service.client(Role.FINANCE).get("/api/finance/report.xlsx").data))
    found = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value == formula]
    assert found
    assert {cell.data_type for cell in found} == {"s"}
    assert not any(cell.hyperlink for cell in found)


def test_freshness_tells_the_last_event_and_what_waits(make_service: Callable[..., RunningService], history: History) -> None:
    service = make_service("finance")
    assert ask(service, "/api/finance/freshness")["latest_type"] is None
    hear(service, history.told[:3])
    with service.database.writing() as connection:
        inbox.store(connection, history.told[3:5])
    fresh = ask(service, "/api/finance/freshness")
    assert fresh["pending"] == 2
    assert fresh["cut_off"] == "2023-01-01T00:00:02+00:00"
    assert fresh["applied_at"] is not None


def test_attendance_before_its_roster_waits_and_says_so(make_service: Callable[..., RunningService]) -> None:
    history, service = History(), make_service("finance")
    intake = history.plan_intake(Delivery.ONLINE, date(2023, 5, 12), category=Category.PUBLIC_SCHOOL, organized_by=OrganizedBy.CITY)
    cohort, places = history.confirm(intake, [uuid4(), uuid4()])
    history.record(cohort, date(2023, 5, 12), {place.enrollment_id: 16 for place in places})
    roster, *others = history.told
    hear(service, others)
    assert ask(service, "/api/finance/freshness")["awaited"] == 2
    assert ask(service, "/api/finance/totals")["totals"]["participations"] == 0
    hear(service, [roster])
    assert ask(service, "/api/finance/freshness")["awaited"] == 0
    assert ask(service, "/api/finance/totals")["totals"]["participations"] == 2
