"""From a county's roster to certificates and finance totals, embedded and on PostgreSQL and RabbitMQ."""

import os
from collections import Counter
from datetime import date
from typing import Any

import pytest

from demo.history import History
from demo.plan import PARTY, PUBLIC, Intake
from tests.journeys.houses import Neighborhood, connected, deployed, embedded

SEATS = 48
ADDITIVE = ("offline", "online", "participations", "person_days", "person_hours")
INTAKES = (
    Intake(1, date(2023, 5, 8), PUBLIC, "offline", 1),
    Intake(2, date(2023, 6, 5), PARTY, "online", 1),
    Intake(3, date(2023, 12, 30), PUBLIC, "offline", 1, planned=False),
)


# A house that is already up, such as the one of docker compose, is taken when it is named.
KINDS = ["deployed"] if "LINGHANG_JOURNEY_URL" in os.environ else ["embedded", "connected"]


@pytest.fixture(params=KINDS)
def neighborhood(request, tmp_path):
    if request.param == "embedded":
        opened = embedded(tmp_path)
    elif request.param == "deployed":
        opened = deployed()
    else:
        opened = connected(tmp_path, request.getfixturevalue("new_postgres_database"), request.getfixturevalue("rabbitmq"))
    with opened as house:
        yield house


def totals(house: Neighborhood, **query: Any) -> dict[str, Any]:
    report = house.doors.get("/api/finance/totals", **query)
    return {part: report[part] for part in ("totals", "by_delivery", "groups")}


def every_total(house: Neighborhood) -> list[dict[str, Any]]:
    """The totals, whole and broken down in every way."""
    return [totals(house, by=by) for by in (None, "category", "county", "year", "intake")]


def test_a_roster_becomes_certificates_and_totals_that_reconcile(neighborhood):
    house = neighborhood
    history = History(house.doors, settle=house.settle, step=lambda name: None, intakes=INTAKES, seats=SEATS)
    history.play()
    house.settle()
    assert house.problems() == []

    figures = totals(house)["totals"]
    assert (figures["intakes"], figures["cohorts"]) == (3, 3)
    # Withdrawal and no-show were filled from the waiting list, the substitute came: 48 in each cohort.
    assert (figures["offline"], figures["online"], figures["participations"]) == (2 * SEATS, SEATS, 3 * SEATS)
    assert figures["people"] <= figures["participations"]

    statuses = Counter(place["status"] for place in house.doors.get(f"/api/enrollment/cohorts/{history.cohorts[0].id}/enrollments"))
    assert statuses == {"enrolled": SEATS - 1, "withdrawn": 1, "left": 2, "substituted": 1, "waiting": 1}

    # In the first cohort one was withdrawn for missed hours and one failed the assessment.
    first = house.doors.get("/api/certificates/certificates", cohort_id=history.cohorts[0].id)
    assert len(first) == SEATS - 2
    assert sorted(certificate["number"][-4:] for certificate in first) == [f"{number:04d}" for number in range(1, SEATS - 1)]
    assert figures["funnel"]["certified"] == figures["funnel"]["completed"] == 3 * SEATS - 2

    before = every_total(house)
    for broken_down in before[1:]:
        for figure in ADDITIVE:
            assert sum(group["figures"][figure] for group in broken_down["groups"]) == figures[figure], figure
    house.send_everything_again()
    assert every_total(house) == before
    house.rebuild_finance()
    assert every_total(house) == before
