"""The test set A–J once more, as the services tell it: from events to totals."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.finance.domain.facts import Cohort, Place
from services.finance.domain.figures import Figures
from services.finance.domain.period import Filters, year_of
from services.finance.queries.totals import totals
from shared.vocabulary import Category, Delivery, HalfDay, OrganizedBy
from tests.conftest import RunningService
from tests.finance.hearing import hear
from tests.finance.history import History

LAST_DAY = date(2023, 5, 12)


@pytest.fixture
def city() -> History:
    return History(seed=2)


@pytest.fixture
def seen(make_service: Callable[..., RunningService], city: History) -> Callable[..., Figures]:
    """Let finance hear all that was told, backwards by stream, and answer the totals."""

    def look(filters: Filters | None = None) -> Figures:
        finance = make_service("finance")
        hear(finance, list(reversed(city.told)))
        figures: Figures = finance.look(totals, filters or Filters())
        return figures

    return look


def hold(city: History, *people: UUID, delivery: Delivery = Delivery.OFFLINE, ends_on: date = LAST_DAY) -> tuple[Cohort, list[Place]]:
    intake = city.plan_intake(delivery, ends_on, category=Category.PUBLIC_SCHOOL, organized_by=OrganizedBy.CITY)
    confirmed = city.confirm(intake, people)
    city.close(intake)
    return confirmed


def attend(city: History, cohort: Cohort, half_days: int, *places: Place, quarter_hours: int = 16) -> None:
    last = city.intakes[cohort.intake_id].ends_on
    for number in range(half_days):
        day = last - timedelta(days=4 - number // 2)
        city.record(cohort, day, {place.enrollment_id: quarter_hours for place in places}, list(HalfDay)[number % 2])


def watch(city: History, cohort: Cohort, units: int, *places: Place) -> None:
    for _ in range(units):
        city.record(cohort, LAST_DAY, {place.enrollment_id: 16 for place in places})


def test_A_offline_in_one_intake_and_online_in_another(city: History, seen: Callable[..., Figures]) -> None:
    person = city.id()
    offline, places = hold(city, person)
    attend(city, offline, 10, *places)
    online, places = hold(city, person, delivery=Delivery.ONLINE)
    watch(city, online, 8, *places)
    figures = seen()
    assert (figures.participations, figures.offline, figures.online, figures.people) == (2, 1, 1, 1)


def test_B_enrolled_no_show(city: History, seen: Callable[..., Figures]) -> None:
    cohort, places = hold(city, city.id())
    attend(city, cohort, 10, *places, quarter_hours=0)
    figures = seen()
    assert (figures.participations, figures.people, figures.intakes, figures.cohorts) == (0, 0, 0, 0)


def test_C_three_of_five_days_then_withdrawn(city: History, seen: Callable[..., Figures]) -> None:
    cohort, places = hold(city, city.id())
    city.check_in(places[0])
    attend(city, cohort, 6, *places)
    city.withdraw(places[0])
    city.leave(places[0], checked_in=True)
    figures = seen()
    assert (figures.participations, figures.completed, float(figures.person_days)) == (1, 0, 3.0)


def test_D_one_half_day(city: History, seen: Callable[..., Figures]) -> None:
    cohort, places = hold(city, city.id())
    attend(city, cohort, 1, *places)
    assert (seen().participations, float(seen().person_days)) == (1, 0.5)


def test_E_substituted_by_F_before_check_in(city: History, seen: Callable[..., Figures]) -> None:
    cohort, places = hold(city, city.id())
    f = city.substitute(places[0], city.id())
    city.check_in(f)
    attend(city, cohort, 10, f)
    figures = seen()
    assert (figures.confirmed, figures.checked_in, figures.participations, figures.people) == (1, 1, 1, 1)


def test_G_merged_with_a_duplicate(city: History, seen: Callable[..., Figures]) -> None:
    g, duplicate = city.id(), city.id()
    for person in (g, duplicate):
        cohort, places = hold(city, person)
        attend(city, cohort, 10, *places)
    assert (seen().participations, seen().people) == (2, 2)
    city.merge(g, duplicate)
    assert (seen().participations, seen().people) == (2, 1)


def test_H_offline_class_and_online_replay_in_one_intake(city: History, seen: Callable[..., Figures]) -> None:
    cohort, places = hold(city, city.id())
    attend(city, cohort, 10, *places)
    watch(city, cohort, 4, *places)
    figures = seen()
    assert (figures.participations, figures.offline, figures.online) == (1, 1, 0)


def test_I_a_provincial_class(city: History, seen: Callable[..., Figures]) -> None:
    intake = city.plan_intake(Delivery.OFFLINE, LAST_DAY, category=Category.PUBLIC_SCHOOL, organized_by=OrganizedBy.PROVINCE)
    cohort, places = city.confirm(intake, [city.id()])
    city.check_in(places[0])
    city.hold(cohort, LAST_DAY)
    attend(city, cohort, 10, *places)
    city.close(intake)
    assert seen() == Figures()


def test_J_a_class_over_new_year(city: History, seen: Callable[..., Figures]) -> None:
    cohort, places = hold(city, city.id(), ends_on=date(2023, 1, 3))
    attend(city, cohort, 10, *places)
    earlier, later = seen(Filters(period=year_of(2022))), seen(Filters(period=year_of(2023)))
    assert (earlier.intakes, earlier.participations, float(earlier.person_hours)) == (0, 0, 16.0)
    assert (later.intakes, later.participations, float(later.person_hours)) == (1, 1, 24.0)
