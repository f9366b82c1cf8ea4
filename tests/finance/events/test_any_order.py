"""Whatever the order in which streams arrive, and however often, the totals are the same."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from services.finance.domain.figures import Figures
from services.finance.domain.period import Filters, Period, year_of
from services.finance.domain.totals import count, figures
from services.finance.events.listens import LISTENS
from services.finance.queries.agreement import differences
from services.finance.queries.totals import Grouping, groups, totals
from shared.contracts import EVENT_TYPES
from shared.contracts.enrollment import TRAINEE_SUBSTITUTED
from shared.messaging import envelope, inbox
from shared.vocabulary import Category, Delivery, HalfDay, OrganizedBy
from tests.conftest import RunningService
from tests.finance.hearing import hear
from tests.finance.history import COUNTIES, History, a_random_history

MakeService = Callable[..., RunningService]

REPORTS = [
    Filters(),
    Filters(period=year_of(2022)),
    Filters(period=year_of(2023)),
    Filters(period=Period(date(2022, 12, 30), date(2023, 1, 2))),
    *(Filters(category=category) for category in Category),
    *(Filters(delivery=delivery, period=Period(None, date(2023, 1, 4))) for delivery in Delivery),
    *(Filters(county_code=code) for code in COUNTIES),
    Filters(category=Category.PUBLIC_SCHOOL, delivery=Delivery.OFFLINE, county_code="131002"),
]


def reports(service: RunningService) -> list[Figures]:
    return [service.look(totals, filters) for filters in REPORTS]


def recounted(history: History) -> list[Figures]:
    return [figures(count(history.facts), filters) for filters in REPORTS]


@pytest.mark.parametrize("seed", range(6))
def test_told_in_order_the_totals_equal_a_count_by_hand(make_service: MakeService, seed: int) -> None:
    history, finance = a_random_history(seed), make_service("finance")
    hear(finance, history.told)
    assert reports(finance) == recounted(history)
    assert recounted(history)[0].participations > 0
    assert finance.look(lambda connection: list(differences(connection))) == []


@pytest.mark.parametrize("seed", range(6))
def test_told_shuffled_and_twice_the_totals_are_the_same(make_service: MakeService, seed: int) -> None:
    history, finance = a_random_history(seed), make_service("finance")
    told = [*history.told, *history.told]
    random.Random(seed).shuffle(told)
    hear(finance, told)
    assert finance.look(inbox.backlog).pending == 0
    assert reports(finance) == recounted(history)
    assert finance.look(lambda connection: list(differences(connection))) == []


def test_on_both_databases_the_totals_are_the_same(make_service: MakeService, both_databases: str) -> None:
    history, finance = a_random_history(11), make_service("finance", both_databases)
    told = [*history.told, *history.told]
    random.Random(11).shuffle(told)
    hear(finance, told)
    assert reports(finance) == recounted(history)
    for by in Grouping:
        finance.look(groups, Filters(), by)
    assert finance.look(lambda connection: list(differences(connection))) == []


@pytest.mark.parametrize("seed", range(3))
def test_told_again_backwards_and_past_the_inbox_nothing_changes(make_service: MakeService, seed: int) -> None:
    history, finance = a_random_history(seed), make_service("finance")
    hear(finance, history.told)
    before = reports(finance)
    for received in (one for one in reversed(history.told) if one.type in LISTENS):
        event = envelope.read(received, EVENT_TYPES[received.type])
        finance.work(LISTENS[received.type], event)
    assert reports(finance) == before
    assert finance.look(lambda connection: list(differences(connection))) == []


@pytest.mark.parametrize("seed", range(3))
def test_each_group_equals_the_report_narrowed_to_it(make_service: MakeService, seed: int) -> None:
    history, finance = a_random_history(seed), make_service("finance")
    hear(finance, history.told)
    counted = count(history.facts)
    narrowed = {
        Grouping.CATEGORY: lambda key: Filters(category=key),
        Grouping.DELIVERY: lambda key: Filters(delivery=key),
        Grouping.COUNTY: lambda key: Filters(county_code=key),
        Grouping.INTAKE: lambda key: Filters(intake_id=key),
        Grouping.YEAR: lambda key: Filters(period=year_of(key)),
        Grouping.MONTH: lambda key: Filters(period=month_of(key)),
    }
    for by, narrow in narrowed.items():
        found = finance.look(groups, Filters(), by)
        assert found, by
        for key, seen in found.items():
            assert seen == figures(counted, narrow(key)), (by, key)
        assert sum(seen.participations for seen in found.values()) == figures(counted, Filters()).participations
        assert sum(seen.quarter_hours for seen in found.values()) == figures(counted, Filters()).quarter_hours


def month_of(key: str) -> Period:
    year, month = map(int, key.split("-"))
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return Period(first, date.fromordinal(following.toordinal() - 1))


def test_names_are_blank_before_they_reach_finance(make_service: MakeService) -> None:
    history, finance = a_random_history(1), make_service("finance")
    hear(finance, history.told)
    with finance.database.reading() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM inbox").scalars().all()
    kept = json.dumps([json.loads(body) for body in bodies], ensure_ascii=False)
    assert "三河市" in kept
    assert "张三" not in kept


def test_the_history_tells_what_is_worth_counting() -> None:
    everything = [figures(count(a_random_history(seed).facts), Filters()) for seed in range(6)]
    assert all(one.offline and one.online and one.people < one.participations for one in everything)
    assert all(one.certified < one.participations and one.completed < one.participations for one in everything)
    assert any(one != replace(one, taught_quarter_hours=0) for one in everything)


@pytest.mark.parametrize("completes", [True, False], ids=["completes", "not yet"])
def test_who_was_withdrawn_and_reinstated_counts_by_what_came_of_it(make_service: MakeService, completes: bool) -> None:
    history, finance = History(), make_service("finance")
    intake = history.plan_intake(Delivery.OFFLINE, date(2023, 5, 12), category=Category.PUBLIC_SCHOOL, organized_by=OrganizedBy.CITY)
    cohort, (place,) = history.confirm(intake, [history.id()])
    history.record(cohort, date(2023, 5, 8), {place.enrollment_id: 16}, HalfDay.MORNING)
    history.withdraw(place)
    history.reinstate(place)
    if completes:
        history.complete(place)
    hear(finance, history.told)
    assert finance.look(inbox.backlog).pending == 0
    found = finance.look(totals, Filters())
    assert (found.participations, found.completed) == (1, int(completes))
    assert finance.look(lambda connection: list(differences(connection))) == []


def test_of_two_words_about_one_place_the_later_stands_however_late_the_earlier_is_told(make_service: MakeService) -> None:
    history, finance = History(), make_service("finance")
    intake = history.plan_intake(Delivery.OFFLINE, date(2023, 5, 12), category=Category.PUBLIC_SCHOOL, organized_by=OrganizedBy.CITY)
    _, places = history.confirm(intake, [history.id()])
    history.substitute(places[0], history.id())
    history.leave(places[0])
    hear(finance, history.told)
    substituted = next(received for received in history.told if received.type == TRAINEE_SUBSTITUTED.name)
    finance.work(LISTENS[substituted.type], envelope.read(substituted, TRAINEE_SUBSTITUTED))
    assert finance.look(totals, Filters()) == figures(count(history.facts), Filters())
