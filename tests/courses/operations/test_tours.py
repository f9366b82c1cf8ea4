"""R12: the tour is attended when all stops, less the allowed number, are checked in."""

from datetime import UTC, datetime, timedelta

import pytest

from services.courses.domain.errors import InTheFuture, ModeOutOfOrder, NoTourSession, SessionIsCancelled, StopsVisited
from services.courses.operations.sessions import cancel_session
from services.courses.operations.tours import Stop, check_in_at_stop, plan_stops
from services.courses.storage import tours
from shared.contracts.courses import TRAINING_COMPLETED
from shared.domain import Malformed

STOPS = [Stop("三河市示例第一小学"), Stop("香河县示例第二中学"), Stop("永清县示例第三小学")]


@pytest.fixture
def toured(courses, make_cohort):
    """A cohort before its tour, which has three stops, one of which may be missed."""
    cohort = make_cohort(2)
    cohort.teach(leave_open=2)
    cohort.stops = courses.work(plan_stops, cohort.sessions()[8].id, STOPS, allowed_missing=1)
    return cohort


def test_r12_the_stops_stand_in_their_order(courses, toured):
    assert [stop.host_school for stop in courses.look(tours.stops, toured.id)] == [stop.host_school for stop in STOPS]


def test_r12_two_of_three_stops_complete_when_one_may_be_missed(courses, toured):
    toured.teach()
    toured.settle()
    first, second, _third = toured.stops
    courses.work(check_in_at_stop, first, toured.ids)
    assert courses.outbox(TRAINING_COMPLETED) == []
    assert courses.work(check_in_at_stop, second, toured.ids[:1]) == 1
    assert [event["data"]["enrollment_id"] for event in courses.outbox(TRAINING_COMPLETED)] == [str(toured.ids[0])]


def test_r12_a_check_in_repeats_without_effect(courses, toured):
    first = toured.stops[0]
    assert courses.work(check_in_at_stop, first, [*toured.ids, toured.ids[0]]) == 2
    assert courses.work(check_in_at_stop, first, toured.ids) == 0


def test_r12_stops_are_fixed_once_somebody_was_there(courses, toured):
    courses.work(check_in_at_stop, toured.stops[0], toured.ids[:1])
    with pytest.raises(StopsVisited):
        courses.work(plan_stops, toured.sessions()[8].id, STOPS[:1])


def test_r12_a_stop_takes_no_strangers_and_no_future_and_nobody_out_of_order(courses, toured, make_cohort):
    other = make_cohort(1)
    with pytest.raises(Malformed):
        courses.work(check_in_at_stop, toured.stops[0], other.ids)
    with pytest.raises(InTheFuture):
        courses.work(check_in_at_stop, toured.stops[0], toured.ids, at=datetime.now(UTC) + timedelta(days=2))
    (early,) = courses.work(plan_stops, other.sessions()[8].id, STOPS[:1])
    with pytest.raises(ModeOutOfOrder):
        courses.work(check_in_at_stop, early, other.ids)


def test_r12_only_a_tour_has_stops_and_not_all_may_be_missed(courses, toured):
    with pytest.raises(NoTourSession):
        courses.work(plan_stops, toured.sessions()[0].id, STOPS)
    with pytest.raises(Malformed):
        courses.work(plan_stops, toured.sessions()[8].id, STOPS, allowed_missing=4)


def test_a_cancelled_tour_is_visited_by_nobody(courses, toured):
    courses.work(cancel_session, toured.sessions()[8].id, reason="大雨")
    with pytest.raises(SessionIsCancelled):
        courses.work(check_in_at_stop, toured.stops[0], toured.ids)
