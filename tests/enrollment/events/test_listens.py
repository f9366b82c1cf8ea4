"""Courses withdraws a trainee and takes it back; enrollment follows, in that order and once (R15)."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.enrollment.domain import errors
from services.enrollment.events.listens import LISTENS
from services.enrollment.operations import intakes, quotas
from services.enrollment.queries.agreement import differences
from services.enrollment.storage.tables import COHORTS, ENROLLMENT_HISTORY
from shared.contracts.courses import TRAINEE_REINSTATED, TRAINEE_WITHDRAWN
from shared.messaging.envelope import Event
from tests.enrollment.places import A, County

OUT, BACK = TRAINEE_WITHDRAWN, TRAINEE_REINSTATED


@pytest.fixture
def county(make_service):
    county = County(make_service("enrollment"))
    county.open(seats=1, cells={A: 1})
    return county


@pytest.fixture
def place(county):
    """The one enrolled person of a confirmed cohort in which a second waits."""
    nomination = county.nominate(1)
    county.nominate(2)
    county.confirm()
    return nomination


def payload(county, place, event_type):
    ids = {"cohort_id": county.cohort_id, "enrollment_id": place.enrollment_id, "person_id": place.person_id}
    return ids | ({"missed_quarter_hours": 24, "total_quarter_hours": 160} if event_type is OUT else {})


def tell(county, place, event_type, version=None, *, apply=True):
    county.service.deliver(event_type, place.enrollment_id, payload(county, place, event_type), version, apply=apply)


def tell_past_the_inbox(county, place, event_type):
    stream = event_type.stream(place.enrollment_id)
    moment = datetime(2023, 5, 12, tzinfo=UTC)
    event = Event(f"{stream}#1", event_type.name, stream, 1, place.enrollment_id, moment, payload(county, place, event_type))
    county.service.work(LISTENS[event_type.name], event)


def steps(county, place):
    """What became of the place since the roster was confirmed."""
    wanted = select(ENROLLMENT_HISTORY.c.change).where(ENROLLMENT_HISTORY.c.enrollment_id == place.enrollment_id)
    changes = county.service.look(lambda c: list(c.execute(wanted.order_by(ENROLLMENT_HISTORY.c.id)).scalars()))
    return changes[changes.index("confirmed") + 1 :]


def status(county):
    return county.places()[0][1]


def test_who_is_reinstated_holds_the_same_place_again_and_nobody_moves(county, place):
    tell(county, place, OUT)
    assert county.places() == [(A, "withdrawn", None), (A, "waiting", 1)]
    tell(county, place, BACK)
    assert county.places() == [(A, "enrolled", None), (A, "waiting", 1)]
    assert steps(county, place) == ["withdrawn", "reinstated"]
    assert county.service.look(lambda c: c.execute(select(COHORTS.c.taken)).scalar_one()) == 1


def test_following_courses_tells_nothing_back(county, place):
    before = county.service.outbox()
    for event_type in (OUT, BACK, OUT):
        tell(county, place, event_type)
    assert county.service.outbox() == before


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (2, 1, 3)])
def test_withdrawn_returned_and_withdrawn_again_end_withdrawn_in_whatever_order_they_arrive(county, place, order):
    said = {1: OUT, 2: BACK, 3: OUT}
    for version in order:
        tell(county, place, said[version], version, apply=version == order[-1])
    assert status(county) == "withdrawn"
    assert steps(county, place) == ["withdrawn", "reinstated", "withdrawn"]


def test_the_same_return_delivered_again_changes_nothing(county, place):
    for version, event_type in ((1, OUT), (2, BACK), (3, OUT), (2, BACK), (1, OUT)):
        tell(county, place, event_type, version)
    assert status(county) == "withdrawn"
    assert steps(county, place) == ["withdrawn", "reinstated", "withdrawn"]


def test_reinstated_twice_counts_once(county, place):
    tell(county, place, OUT)
    for _ in range(2):
        tell_past_the_inbox(county, place, BACK)
    assert status(county) == "enrolled"
    assert steps(county, place) == ["withdrawn", "reinstated"]


def test_who_gave_the_place_up_is_not_brought_back(county, place):
    county.check_in(place.enrollment_id)
    county.withdraw(place.enrollment_id)
    tell(county, place, BACK)
    assert status(county) == "left"
    assert steps(county, place) == ["checked_in", "left"]


def test_who_has_another_place_in_the_intake_meanwhile_is_reinstated_only_when_that_one_is_given_up(county, place):
    tell(county, place, OUT)
    second = county.service.work(intakes.open_cohort, county.intake_id, seats=1)
    county.service.work(quotas.set_grid, second, cells={A: 1})
    other = county.nominate(1, cohort_id=second)
    with pytest.raises(errors.AlreadyInIntake):
        tell_past_the_inbox(county, place, BACK)
    assert status(county) == "withdrawn"
    county.withdraw(other.enrollment_id)
    tell_past_the_inbox(county, place, BACK)
    assert status(county) == "enrolled"


def test_a_place_nobody_knows_is_passed_over(county, place):
    stranger = type(place)(uuid4(), uuid4(), place.status, None)
    tell(county, stranger, OUT)
    tell(county, stranger, BACK)
    assert status(county) == "enrolled"


@pytest.mark.parametrize("reported", [True, False], ids=["reported", "never came"])
def test_withdrawn_and_reinstated_the_books_agree(county, place, reported):
    if reported:
        county.check_in(place.enrollment_id)
    for event_type in (OUT, BACK):
        tell(county, place, event_type)
        assert county.service.look(lambda connection: list(differences(connection))) == []
