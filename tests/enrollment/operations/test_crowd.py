"""Two thousand at once: seats, cells and the waiting list hold on both databases (R1, R4)."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from services.enrollment.domain.errors import CohortNotOpen
from services.enrollment.domain.words import CohortState, EnrollmentStatus
from services.enrollment.operations import enrollments, nominations
from services.enrollment.storage import cohorts
from services.enrollment.storage.tables import COHORTS, ENROLLMENT_HISTORY, ENROLLMENTS, QUOTA_CELLS
from shared.contracts.enrollment import COHORT_CONFIRMED, TRAINEE_ADMITTED
from tests.enrollment.places import A, B, County

CROWD, SEATS = 2000, 100
THREADS = 16
CELLS = {A: 60, B: 40}
SCHOOLS = (f"{A}0001", f"{A}0002", f"{B}0001", f"{B}0002")


@pytest.fixture
def county(make_service, both_databases):
    return County(make_service("enrollment", both_databases))


def at_once(work: Callable[[int], object], numbers: range) -> list:
    """`work` for each number, from many threads that begin together."""
    together = threading.Barrier(THREADS)

    def share(first: int) -> list:
        together.wait()
        return [work(number) for number in numbers[first::THREADS]]

    with ThreadPoolExecutor(THREADS) as pool:
        return [result for results in pool.map(share, range(THREADS)) for result in results]


@contextmanager
def watching(county: County) -> Iterator[list[tuple[int, int]]]:
    """Look at the waiting list again and again, as others see it: how many wait, and the highest number."""
    seen: list[tuple[int, int]] = []
    over = threading.Event()
    wanted = select(func.count(), func.coalesce(func.max(ENROLLMENTS.c.waiting_number), 0)).where(ENROLLMENTS.c.waiting_number.is_not(None))

    def look() -> None:
        while not over.wait(0.05):
            with county.service.database.reading() as connection:
                seen.append(tuple(connection.execute(wanted).one()))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def standing(county: County) -> Counter:
    """How many places there are by county and status."""
    counted = select(ENROLLMENTS.c.county_code, ENROLLMENTS.c.status, func.count()).group_by(
        ENROLLMENTS.c.county_code, ENROLLMENTS.c.status
    )
    with county.service.database.reading() as connection:
        return Counter({(code, status.value): number for code, status, number in connection.execute(counted)})


def books(county: County) -> tuple[int, dict[str, int]]:
    """The seats and cells as they are booked."""
    with county.service.database.reading() as connection:
        taken = connection.execute(select(COHORTS.c.taken)).scalar_one()
        cells = connection.execute(select(QUOTA_CELLS.c.county_code, QUOTA_CELLS.c.used)).all()
    return taken, {row.county_code: row.used for row in cells}


def test_two_thousand_nominations_for_a_hundred_seats(county):
    county.open(seats=SEATS, cells=CELLS)
    nominees = [county.nominee(number, SCHOOLS[number % 4]) for number in range(CROWD)]

    def nominate(number: int) -> object:
        return county.service.work(nominations.nominate, county.cohort_id, nominee=nominees[number], secrets=county.secrets)

    with watching(county) as seen:
        answers = at_once(nominate, range(CROWD))

    told = Counter(answer.status.value for answer in answers)
    assert told == {"enrolled": SEATS, "waiting": CROWD - SEATS}
    assert standing(county) == {(A, "enrolled"): 60, (B, "enrolled"): 40, (A, "waiting"): 940, (B, "waiting"): 960}
    assert books(county) == (SEATS, CELLS)
    assert sorted(answer.waiting_number for answer in answers if answer.waiting_number) == list(range(1, CROWD - SEATS + 1))
    # A number that others can see means that every earlier one is committed: the order of the list is the order of commits.
    assert len(seen) > 3
    assert all(waiting == highest for waiting, highest in seen)
    _nobody_waits_before_the_cell_is_full(county)


def _nobody_waits_before_the_cell_is_full(county: County) -> None:
    wanted = (
        select(ENROLLMENT_HISTORY.c.id, ENROLLMENTS.c.county_code, ENROLLMENTS.c.status, ENROLLMENTS.c.waiting_number)
        .join(ENROLLMENTS, ENROLLMENTS.c.id == ENROLLMENT_HISTORY.c.enrollment_id)
        .order_by(ENROLLMENT_HISTORY.c.id)
    )
    with county.service.database.reading() as connection:
        rows = connection.execute(wanted).all()
    for code in CELLS:
        states = [row.status for row in rows if row.county_code == code]
        assert states == sorted(states, key=lambda status: status is EnrollmentStatus.WAITING)
    numbers = [row.waiting_number for row in rows if row.waiting_number]
    assert numbers == sorted(numbers)


def test_a_seat_given_up_in_the_crowd_never_stays_empty_while_somebody_waits(county):
    county.open(seats=20, cells={A: 12, B: 8})
    first = [county.nominate(number, SCHOOLS[number % 4]) for number in range(22)]
    enrolled = [place.enrollment_id for place in first if place.status is EnrollmentStatus.ENROLLED]
    nominees = [county.nominee(number, SCHOOLS[number % 4]) for number in range(200, 300)]

    def come_or_go(number: int) -> object:
        if number % 2:
            return county.service.work(enrollments.withdraw, enrolled[number // 2], reason="有事")
        return county.service.work(nominations.nominate, county.cohort_id, nominee=nominees[number // 2], secrets=county.secrets)

    at_once(come_or_go, range(2 * len(enrolled)))
    now = standing(county)
    taken, cells = books(county)
    assert taken == sum(cells.values()) == now[A, "enrolled"] + now[B, "enrolled"]
    for code, seats in {A: 12, B: 8}.items():
        assert cells[code] == now[code, "enrolled"] <= seats
        assert cells[code] == seats or not now[code, "waiting"]


def test_whoever_is_nominated_while_the_roster_is_confirmed_is_on_it_or_refused(county):
    county.open(seats=SEATS, cells=CELLS)
    county.nominate(0)
    nominees = [county.nominee(number, SCHOOLS[number % 4]) for number in range(1, 80)]

    def nominate_or_confirm(number: int) -> object:
        if number == 40:
            return county.confirm()
        try:
            return county.service.work(nominations.nominate, county.cohort_id, nominee=nominees[number - 1], secrets=county.secrets)
        except CohortNotOpen:
            return None

    at_once(nominate_or_confirm, range(1, 80))
    (confirmed,) = county.service.outbox(COHORT_CONFIRMED)
    published = {place["enrollment_id"] for place in confirmed["data"]["roster"]}
    published |= {event["data"]["place"]["enrollment_id"] for event in county.service.outbox(TRAINEE_ADMITTED)}
    with county.service.database.reading() as connection:
        rows = connection.execute(select(ENROLLMENTS.c.id).where(ENROLLMENTS.c.status == EnrollmentStatus.ENROLLED)).scalars().all()
    assert {str(row) for row in rows} == published


def test_nobody_is_numbered_for_a_seat_that_has_just_become_free(county):
    county.open(seats=1, cells={A: 1})
    place = county.nominate(1)
    with county.service.database.writing() as connection:
        assert cohorts.next_waiting_number(connection, county.cohort_id) == 1
    county.withdraw(place.enrollment_id)
    with county.service.database.writing() as connection:
        assert cohorts.next_waiting_number(connection, county.cohort_id) is None


def test_nobody_waits_or_sits_in_a_cohort_that_has_just_been_confirmed(county):
    county.open(seats=2, cells={A: 2})
    county.nominate(1)
    county.confirm()
    with county.service.database.writing() as connection:
        assert not cohorts.take_seat(connection, county.cohort_id, state=CohortState.OPEN)
        assert cohorts.take_seat(connection, county.cohort_id, state=CohortState.CONFIRMED)
        assert cohorts.next_waiting_number(connection, county.cohort_id) is None
