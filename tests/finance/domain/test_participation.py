"""One person in one intake: what makes it count, and how it was taken."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from services.finance.domain.facts import Outcome, Place, Slot, Standing
from services.finance.domain.participation import participation_of
from shared.vocabulary import Delivery, HalfDay

DAY = date(2023, 5, 8)
COHORT, INTAKE, PERSON = uuid4(), uuid4(), uuid4()


def place(**what: object) -> Place:
    return Place(uuid4(), PERSON, COHORT, INTAKE, "131002", **what)  # type: ignore[arg-type]


def half_day(of: Place, half: HalfDay = HalfDay.MORNING, attended: bool = True, quarter_hours: int = 16) -> Slot:
    return Slot(uuid4(), of.enrollment_id, Delivery.OFFLINE, DAY, half, attended, quarter_hours)


def unit(of: Place, quarter_hours: int) -> Slot:
    return Slot(uuid4(), of.enrollment_id, Delivery.ONLINE, DAY, None, quarter_hours > 0, quarter_hours)


def counted(intake: Delivery, places: list[Place], slots: list[Slot], billable: dict[UUID, int] | None = None):
    return participation_of(intake, places, slots, billable or {COHORT: 5})


@pytest.mark.parametrize(("quarter_hours", "counts"), [([1, 2], False), ([2, 2], True), ([4], True), ([0], False)])
def test_online_one_earned_class_hour_makes_a_participation(quarter_hours: list[int], counts: bool) -> None:
    one = place()
    assert counted(Delivery.ONLINE, [one], [unit(one, hours) for hours in quarter_hours]).counted is counts


def test_what_does_not_count_brings_no_days_and_no_hours() -> None:
    one = place(checked_in=True)
    seen = counted(Delivery.ONLINE, [one], [unit(one, 3)])
    assert (seen.half_days, seen.quarter_hours, seen.checked_in) == (0, 0, True)


def test_mixed_within_one_enrollment_is_the_enrollments_delivery() -> None:
    one = place()
    slots = [half_day(one), unit(one, 16)]
    assert counted(Delivery.ONLINE, [one], slots).delivery is Delivery.ONLINE
    assert counted(Delivery.OFFLINE, [one], slots).delivery is Delivery.OFFLINE


def test_a_class_on_one_record_and_its_replay_on_the_other_is_offline() -> None:
    one, other = place(), place()
    assert counted(Delivery.ONLINE, [one, other], [half_day(one), unit(other, 16)]).delivery is Delivery.OFFLINE


def test_who_attended_only_online_took_part_online_whatever_the_intake() -> None:
    one = place()
    assert counted(Delivery.OFFLINE, [one], [unit(one, 4)]).delivery is Delivery.ONLINE


def test_two_records_of_one_person_give_a_half_day_once() -> None:
    one, other = place(), place()
    seen = counted(Delivery.OFFLINE, [one, other], [half_day(one), half_day(other, quarter_hours=12), half_day(other, HalfDay.AFTERNOON)])
    assert (seen.half_days, seen.quarter_hours) == (2, 32)


def test_billable_days_follow_the_check_in_and_not_the_attendance() -> None:
    came, only_enrolled = place(checked_in=True), place()
    assert counted(Delivery.OFFLINE, [came], []).billable_days == 5
    assert counted(Delivery.OFFLINE, [only_enrolled], [half_day(only_enrolled)]).billable_days == 0


@pytest.mark.parametrize("standing", [Standing.LEFT, Standing.SUBSTITUTED])
def test_who_left_has_not_completed(standing: Standing) -> None:
    one = place(standing=standing, outcome=Outcome.COMPLETED)
    assert counted(Delivery.OFFLINE, [one], [half_day(one)]).completed is False


def test_a_completion_undone_is_none() -> None:
    one = place(outcome=Outcome.UNDONE)
    assert counted(Delivery.OFFLINE, [one], [half_day(one)]).completed is False
    assert counted(Delivery.OFFLINE, [place(outcome=Outcome.COMPLETED)], []).completed is False, "nobody completes without attending"


def test_the_place_that_attended_most_shows_county_and_cohort() -> None:
    idle = Place(UUID(int=1), PERSON, COHORT, INTAKE, "131002")
    busy = Place(UUID(int=2), PERSON, COHORT, INTAKE, "131082")
    assert counted(Delivery.OFFLINE, [idle, busy], [half_day(busy)]).county_code == "131082"
